//! The store's clock: frozen, resumed, advanced.

use std::time::Duration;

use mercer_kernel::clock::Reading;
use mercer_kernel::db::Db;

use super::{World, at, refusal};
use crate::clock::{self, Advance};

#[tokio::test]
async fn an_advance_never_goes_back_and_ends_where_it_was_told_to() {
    let world = World::open().await;
    let core = world.core();
    assert_eq!(refusal(clock::advance(core, Advance::To(at("2026-02-28T00:00:00Z"))).await), "clock.target");
    assert_eq!(refusal(clock::advance(core, Advance::To(at("2101-01-02T00:00:00Z"))).await), "clock.target");
    let done = clock::advance(core, Advance::To(at("2026-03-01T05:00:00Z"))).await.unwrap();
    assert_eq!(done.now, at("2026-03-01T05:00:00Z"));
    assert_eq!(clock::view(core).mode, "frozen");
    assert_eq!(clock::view(core).advancing, None);
}

#[tokio::test]
async fn a_running_clock_runs_on_after_an_advance_and_after_a_restart() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    let world = World::open_on(&db).await;
    let core = world.core();
    clock::resume(core).await.unwrap();
    clock::advance(core, Advance::To(at("2026-03-02T04:00:00Z"))).await.unwrap();
    core.foundation.wall.advance(Duration::from_secs(60));
    assert_eq!(world.now(), at("2026-03-02T04:01:00Z"));
    assert_eq!(clock::view(core).mode, "running");
    clock::freeze(core).await.unwrap();
    core.foundation.wall.advance(Duration::from_secs(60));
    assert_eq!(world.now(), at("2026-03-02T04:01:00Z"));

    core.foundation.clock.adjust(Reading::Running { offset_micros: 0 });
    clock::restore(&core.foundation).await.unwrap();
    assert_eq!(world.now(), at("2026-03-02T04:01:00Z"));
}

#[tokio::test]
async fn a_dropped_advance_leaves_the_clock_usable() {
    let world = World::open().await;
    let core = world.core();
    clock::resume(core).await.unwrap();
    let journey = clock::advance(core, Advance::To(at("2027-03-01T04:00:00Z")));
    let _ = tokio::time::timeout(Duration::from_millis(5), journey).await;
    assert_eq!(clock::view(core).advancing, None);
    assert_ne!(clock::view(core).mode, "frozen");
    let on = world.now();
    clock::advance(core, Advance::To(on.plus(Duration::from_secs(1)))).await.unwrap();
    assert_eq!(world.now(), on.plus(Duration::from_secs(1)));
}

#[tokio::test]
async fn an_advance_that_was_asked_for_is_carried_out_and_shows_at_once() {
    let world = World::open().await;
    let core = world.core();
    let target = at("2026-03-04T00:00:00Z");
    clock::request(core, Advance::To(target)).unwrap();
    assert_eq!(clock::view(core).advancing.unwrap().target, Some(target));
    assert_eq!(refusal(clock::request(core, Advance::UntilIdle)), "clock.busy");
    let shutdown = tokio_util::sync::CancellationToken::new();
    let mut progress = clock::progress(core);
    let watcher = async {
        progress.wait_for(Option::is_none).await.unwrap();
        shutdown.cancel();
    };
    tokio::join!(clock::carry_out_requests(core, shutdown.clone()), watcher);
    assert_eq!((world.now(), clock::view(core).advancing), (target, None));
}

#[tokio::test]
async fn until_idle_leaves_timers_that_nobody_waits_for() {
    let world = World::open().await;
    world.buy("basic-month", Some(1)).await;
    assert_eq!(world.now(), at(super::START));
}

#[tokio::test]
async fn progress_is_seen_by_whoever_watches() {
    let world = World::open().await;
    let mut progress = clock::progress(world.core());
    let watching = tokio::spawn(async move {
        progress.changed().await.unwrap();
        let first = (*progress.borrow_and_update()).unwrap();
        first.target
    });
    world.advance_to("2026-03-05T00:00:00Z").await;
    assert_eq!(watching.await.unwrap(), Some(at("2026-03-05T00:00:00Z")));
}
