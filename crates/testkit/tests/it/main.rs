//! The whole system in one process, on every database.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod architecture;
mod database;
mod database_texts;
mod kit;
mod life;
mod order_notification;
mod order_notify;
mod outbox;
mod protocol_page;
mod purchase;
mod retry_rows;
mod statements;
mod twins;
mod v1_life;

use mercer_kernel::db::EngineKind;
use mercer_testkit::world::World;

/// Runs a conversation with a fresh world, once on every engine that is there.
async fn on_every_world(conversation: impl AsyncFn(World)) {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        if let Some(world) = World::create(engine).await {
            conversation(world).await;
        }
    }
}
