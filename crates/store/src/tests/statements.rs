//! Every statement of the core is valid on the engine at hand.

use super::World;

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let world = World::open().await;
    let all = crate::statements();
    assert!(all.len() > 30);
    for (name, sql) in all {
        world.core().foundation.db.check_statement(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
