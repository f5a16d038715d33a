//! The outbox's promises, kept on every engine and by several processes at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::outbox::{
    AttemptRecord, FailureReason, Job, JobState, NewJob, Outbox, OutboxSettings, Outcome, Restart, RetryPolicy,
    Settlement, Work,
};
use mercer_testkit::engine::on_every_engine;
use tokio_util::sync::CancellationToken;

/// Plays back outcomes per job id and remembers who was called when.
struct Script {
    clock: Clock,
    outcomes: Mutex<HashMap<String, Vec<Outcome>>>,
    calls: Mutex<Vec<(String, i64)>>,
}

impl Work for Script {
    type Answer = Outcome;
    type Error = DbError;

    fn policy(&self, _: &Job) -> RetryPolicy {
        RetryPolicy::Fixed { max_attempts: 3, interval_ms: 60_000 }
    }

    async fn call(&self, job: &Job) -> Outcome {
        self.calls.lock().unwrap().push((job.id.clone(), self.clock.now().as_millis() / 1_000));
        assert_ne!(job.kind, "panics", "as the script wants it");
        let mut outcomes = self.outcomes.lock().unwrap();
        outcomes.get_mut(&job.id).filter(|left| !left.is_empty()).map_or(Outcome::Done, |left| left.remove(0))
    }

    async fn settle(&self, _: &Job, answer: &Outcome) -> Result<Settlement, DbError> {
        Ok(Settlement { outcome: answer.clone(), effects: Batch::new(), record: Some(AttemptRecord::default()) })
    }
}

struct World {
    db: Db,
    clock: Clock,
    outbox: Outbox,
    work: Arc<Script>,
}

async fn world(db: &Db, outcomes: &[(&str, &[Outcome])]) -> World {
    let clock = Clock::manual(Instant::from_millis(0));
    let outbox = open(db, &clock, &clock).await;
    let outcomes = outcomes.iter().map(|(id, list)| ((*id).to_owned(), list.to_vec())).collect();
    let work = Arc::new(Script { clock: clock.clone(), outcomes: Mutex::new(outcomes), calls: Mutex::default() });
    World { db: db.clone(), clock, outbox, work }
}

async fn open(db: &Db, clock: &Clock, wall: &Clock) -> Outbox {
    let settings = OutboxSettings { poll_ms: 20, ..OutboxSettings::default() };
    Outbox::open(db, "test", (clock, wall), &Entropy::system(), settings).await.unwrap()
}

fn job(id: &str, lane: &str, due: Instant) -> NewJob {
    NewJob {
        id: id.to_owned(),
        lane: lane.to_owned(),
        kind: "test".to_owned(),
        endpoint: "there".to_owned(),
        merchant_id: String::new(),
        subject: lane.to_owned(),
        payload: serde_json::json!({ "note": "中文" }),
        due,
    }
}

impl World {
    async fn put(&self, id: &str, lane: &str) {
        let mut batch = Batch::new();
        self.outbox.put(&mut batch, job(id, lane, self.clock.now()));
        self.db.apply(batch).await.unwrap();
    }

    async fn restart(&self, id: &str, how: Restart) {
        let mut batch = Batch::new();
        self.outbox.restart(&mut batch, id, how, self.clock.now());
        self.db.apply(batch).await.unwrap();
    }

    async fn run_for_seconds(&self, seconds: i64) {
        let end = Instant::from_millis(self.clock.now().as_millis() + seconds * 1_000);
        while let Some(due) = self.outbox.next_due().await.unwrap().filter(|due| *due <= end) {
            self.clock.set(due.max(self.clock.now()));
            self.outbox.run_due(&self.work, 4).await.unwrap();
        }
        self.clock.set(end);
    }

    async fn state(&self, id: &str) -> JobState {
        self.outbox.job(id).await.unwrap().unwrap().state
    }

    fn times(&self) -> Vec<i64> {
        self.work.calls.lock().unwrap().iter().map(|(_, at)| *at).collect()
    }
}

const DOWN: Outcome = Outcome::Retry(FailureReason::ConnectFailed);

#[tokio::test]
async fn a_lane_keeps_its_order_and_does_not_hold_others_up() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[("a1", &[DOWN])]).await;
        world.put("a1", "a").await;
        world.put("a2", "a").await;
        world.put("b1", "b").await;
        world.run_for_seconds(120).await;
        let calls = world.work.calls.lock().unwrap().clone();
        assert_eq!(calls.len(), 4);
        assert!(calls[..2].contains(&("b1".to_owned(), 0)));
        assert_eq!(calls[2..], [("a1".to_owned(), 60), ("a2".to_owned(), 60)]);
    })
    .await;
}

#[tokio::test]
async fn an_exhausted_job_fails_and_a_person_restarts_it() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[("a", &[DOWN, DOWN, DOWN, DOWN])]).await;
        world.put("a", "").await;
        world.run_for_seconds(600).await;
        assert_eq!(world.state("a").await, JobState::Failed);
        assert_eq!(world.times(), [0, 60, 120]);
        world.restart("a", Restart::Once).await;
        world.run_for_seconds(600).await;
        assert_eq!(world.state("a").await, JobState::Failed, "an extra attempt is one attempt");
        world.restart("a", Restart::Afresh).await;
        world.run_for_seconds(600).await;
        assert_eq!(world.state("a").await, JobState::Done);
        assert_eq!(world.outbox.attempts("a").await.unwrap().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_restart_inside_the_window_does_not_use_up_an_automatic_attempt() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[("a", &[DOWN, DOWN, DOWN])]).await;
        world.put("a", "").await;
        world.run_for_seconds(30).await;
        world.restart("a", Restart::Once).await;
        world.run_for_seconds(300).await;
        assert_eq!(world.times(), [0, 30, 60, 120]);
        assert_eq!(world.state("a").await, JobState::Done);
    })
    .await;
}

#[tokio::test]
async fn a_timer_moves_and_a_cancelled_job_does_not_run() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[("t", &[Outcome::Again(Instant::from_millis(90_000))])]).await;
        world.put("t", "").await;
        world.put("c", "").await;
        let mut batch = Batch::new();
        world.outbox.cancel(&mut batch, "c", "superseded", world.clock.now());
        world.db.apply(batch).await.unwrap();
        world.run_for_seconds(100).await;
        assert_eq!(world.times(), [0, 90]);
        assert_eq!(world.state("c").await, JobState::Cancelled);
        let mut batch = Batch::new();
        world.outbox.put_or_move(&mut batch, job("t", "", Instant::from_millis(150_000)));
        world.db.apply(batch).await.unwrap();
        world.run_for_seconds(100).await;
        assert_eq!(world.times(), [0, 90, 150]);
    })
    .await;
}

#[tokio::test]
async fn the_same_id_put_twice_is_one_job() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[]).await;
        world.put("a", "").await;
        world.run_for_seconds(1).await;
        world.put("a", "").await;
        world.run_for_seconds(1).await;
        assert_eq!(world.times(), [0]);
    })
    .await;
}

#[tokio::test]
async fn a_crash_in_the_code_of_an_attempt_is_a_failed_attempt() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[]).await;
        let mut batch = Batch::new();
        world.outbox.put(&mut batch, NewJob { kind: "panics".to_owned(), ..job("a", "", world.clock.now()) });
        world.db.apply(batch).await.unwrap();
        world.run_for_seconds(600).await;
        assert_eq!(world.state("a").await, JobState::Failed);
        assert_eq!(world.outbox.job("a").await.unwrap().unwrap().reason.as_deref(), Some("crashed"));
    })
    .await;
}

#[tokio::test]
async fn two_processes_deliver_everything_once_and_in_order() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[]).await;
        for lane in 0..10 {
            for step in 0..10 {
                world.put(&format!("{lane}-{step}"), &lane.to_string()).await;
            }
        }
        let second_db = database.reopen().await;
        let wall = Clock::real();
        // The second handle must not take back what the first one holds, so it is opened before any work starts.
        let outboxes = [open(&database.db, &world.clock, &wall).await, open(&second_db, &world.clock, &wall).await];
        let shutdown = CancellationToken::new();
        let workers: Vec<_> = outboxes
            .into_iter()
            .map(|outbox| {
                tokio::spawn({
                    let (work, shutdown) = (Arc::clone(&world.work), shutdown.clone());
                    async move { outbox.run(work, shutdown).await }
                })
            })
            .collect();
        let give_up = wall.now().plus(Duration::from_secs(30));
        let finished = async || {
            let counts = world.outbox.count_by_state("").await.unwrap();
            counts.iter().all(|(state, _)| !state.is_open())
        };
        while !finished().await && wall.now() < give_up {
            wall.wake_at(wall.now().plus(Duration::from_millis(10))).await;
        }
        shutdown.cancel();
        for worker in workers {
            worker.await.unwrap();
        }
        let calls = world.work.calls.lock().unwrap().clone();
        assert_eq!(calls.len(), 100);
        for lane in 0..10 {
            let prefix = format!("{lane}-");
            let steps: Vec<_> =
                calls.iter().filter(|(id, _)| id.starts_with(&prefix)).map(|(id, _)| id.clone()).collect();
            assert_eq!(steps, (0..10).map(|step| format!("{lane}-{step}")).collect::<Vec<_>>());
        }
    })
    .await;
}

#[tokio::test]
async fn every_statement_of_the_outbox_is_valid() {
    on_every_engine(async |database| {
        let _world = world(&database.db, &[]).await;
        let own = Outbox::engine_statements(database.db.engine());
        let common = mercer_kernel::outbox::STATEMENTS.iter().filter(|(name, _)| !name.ends_with("SQLITE"));
        for statement in common.map(|(_, sql)| *sql).chain(own) {
            database.db.check_statement(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_taken_job_is_tried_by_its_writer_alone_and_then_follows_the_policy() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[("a1", &[DOWN])]).await;
        let mut batch = Batch::new();
        let taken = world.outbox.put_taken(&mut batch, job("a1", "a", world.clock.now()));
        world.outbox.put(&mut batch, job("a2", "a", world.clock.now()));
        world.db.apply(batch).await.unwrap();
        assert_eq!(world.state("a1").await, JobState::Running);
        assert_eq!(world.outbox.run_due(&world.work, 4).await.unwrap(), 0, "no worker may have it, nor what follows");
        world.outbox.attempt_taken(&world.work, taken.unwrap()).await;
        assert_eq!(world.state("a1").await, JobState::Retrying);
        world.run_for_seconds(60).await;
        let calls = world.work.calls.lock().unwrap().clone();
        assert_eq!(calls, [("a1".to_owned(), 0), ("a1".to_owned(), 60), ("a2".to_owned(), 60)]);
        assert_eq!(world.outbox.attempts("a1").await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_taken_job_whose_writer_is_gone_is_taken_over_by_a_worker() {
    on_every_engine(async |database| {
        let world = world(&database.db, &[]).await;
        let mut batch = Batch::new();
        drop(world.outbox.put_taken(&mut batch, job("a", "", world.clock.now())));
        world.db.apply(batch).await.unwrap();
        world.clock.advance(Duration::from_secs(121));
        let shutdown = CancellationToken::new();
        let work = Arc::clone(&world.work);
        let (outbox, stop) = (world.outbox.clone(), shutdown.clone());
        let worker = tokio::spawn(async move { outbox.run(work, stop).await });
        while world.state("a").await != JobState::Done {
            tokio::task::yield_now().await;
        }
        shutdown.cancel();
        worker.await.unwrap();
        assert_eq!(world.times(), [121]);
    })
    .await;
}
