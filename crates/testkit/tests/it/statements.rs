//! Every statement of the program is valid on every engine.

use mercer_kernel::db::EngineKind;
use mercer_testkit::engine::TestDatabase;
use mercer_testkit::world::World;

#[tokio::test]
async fn every_statement_can_be_prepared_on_every_engine() {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        let Some(world) = World::create(engine).await else { continue };
        let store = world.store_db();
        let gateway = world.gateway_db();
        let mut checked = 0;
        for (db, statements) in [
            (store, mercer_store::statements()),
            (gateway, mercer_gateway::Gateway::statements().collect()),
            (store, mercer_kernel::web::STATEMENTS.to_vec()),
        ] {
            for (name, sql) in statements {
                db.check_statement(sql).await.unwrap_or_else(|error| panic!("{name} on {engine:?}: {error}\\n{sql}"));
                checked += 1;
            }
        }
        assert!(checked > 100, "only {checked} statements were found; is a table missing from the list?");
    }
}

#[tokio::test]
async fn a_second_start_on_the_same_database_changes_nothing() {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        let Some(mut world) = World::create(engine).await else { continue };
        let order_id = world.buy("monitor-basic-month", None).await;
        world.run_for(std::time::Duration::from_secs(300)).await;
        let before = world.instance(&order_id).await;
        world.restart().await;
        world.run_for(std::time::Duration::from_secs(300)).await;
        assert_eq!(world.instance(&order_id).await, before);
    }
}

#[tokio::test]
async fn both_faces_can_share_one_database() {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        let Some(database) = TestDatabase::create(engine).await else { continue };
        let world = World::on((database.reopen().await, database.reopen().await)).await;
        let order_id = world.buy("monitor-basic-month", None).await;
        world.run_for(std::time::Duration::from_secs(300)).await;
        assert_eq!(world.order_state(&order_id).await, "completed", "{}", world.story());
    }
}
