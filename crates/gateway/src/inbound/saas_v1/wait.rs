//! V1.0 has no asynchronous opening: the call that opens an instance offers it to the app itself and waits
//! as long as the store's time-out safely allows (decision D19).
//!
//! Everything is on disk before; whatever goes wrong here, the committed answer holds.

use std::sync::Arc;
use std::time::Duration;

use mercer_kernel::outbox::TakenJob;
use mercer_protocol::saas_v1::{Activity, redacted};

use super::super::callback::{self, Verdict};
use super::super::desk::Taken;
use super::super::step::Step;
use super::command::{Talk, opened_app_info};
use crate::error::GatewayError;
use crate::instance::State;
use crate::instance::repo::{self, Found};
use crate::instance::rules::{Answer, ResultKind};
use crate::work::GatewayWork;

/// How long the one direct attempt may hold the answer up, whatever the setting: the store gives up after 20 s.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);
/// First pause between two looks at an instance that is still being opened; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(320);

/// The answer to a committed call: after a first call the app's own one, if it comes in time.
pub(super) async fn finished(talk: &Talk<'_>, taken: Taken) -> String {
    let Taken { callback_id, mut step } = taken;
    if !opens(&step) {
        return step.rendered.body;
    }
    match opened(talk, step.taken.take(), &step.instance_id).await {
        Ok(Some(found)) => match replaced(talk, &callback_id, &found).await {
            Ok(body) => body,
            Err(error) => told(talk, &step, &error),
        },
        Ok(None) => step.rendered.body,
        Err(error) => told(talk, &step, &error),
    }
}

fn opens(step: &Step) -> bool {
    step.activity == Activity::NewInstance.as_str()
        && step.verdict == Verdict::Accepted
        && !step.test
        && step.state_before.is_empty()
}

fn told(talk: &Talk<'_>, step: &Step, error: &GatewayError) -> String {
    tracing::error!(
        merchant_id = talk.merchant_id(),
        instance_id = step.instance_id,
        %error,
        "a new instance could not be watched; the store gets the answer that was committed"
    );
    step.rendered.body.clone()
}

/// The instance once it is open or has failed; none when time runs out before.
async fn opened(talk: &Talk<'_>, taken: Option<TakenJob>, instance_id: &str) -> Result<Option<Found>, GatewayError> {
    let (gateway, wall) = (talk.gateway, &talk.gateway.foundation().wall);
    let deadline = wall.now().plus(gateway.settings().saas_v1.wait);
    if let Some(job) = taken {
        let work = Arc::new(GatewayWork::new(gateway.clone()));
        let limit = deadline.max(wall.now().plus(ATTEMPT_LIMIT));
        tokio::select! {
            () = gateway.outbox().attempt_taken(&work, job) => {}
            () = wall.wake_at(limit) => {}
        }
    }
    let mut pause = FIRST_PAUSE;
    loop {
        let found = repo::find(gateway.db(), talk.merchant_id(), instance_id, None).await?;
        if let Some(found) = found.filter(|found| found.instance.state != State::Provisioning) {
            return Ok(Some(found));
        }
        let now = wall.now();
        if now >= deadline {
            return Ok(None);
        }
        wall.wake_at(deadline.min(now.plus(pause))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The answer about the open instance, put in the place of the committed one.
async fn replaced(talk: &Talk<'_>, callback_id: &str, found: &Found) -> Result<String, GatewayError> {
    let app_info = opened_app_info(talk.gateway, found)?;
    let answer = Answer::of(ResultKind::Success);
    let rendered = talk.new_instance_answer(&answer, Some(&found.instance), app_info.as_ref());
    let place = (talk.merchant_id(), callback_id);
    let kept = redacted(rendered.body.as_bytes());
    let state = found.instance.state.as_str();
    callback::set_answer(talk.gateway.db(), place, (rendered.code.as_str(), &kept), state).await?;
    Ok(rendered.body)
}
