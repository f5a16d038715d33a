//! The store's clock: read, frozen, resumed, advanced.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::fault::Fault;
use super::operation::Operation;
use super::rim::{Checked, written};
use super::rules::{AdvanceBody, Target, advance_target};
use crate::Core;
use crate::clock::{self, Advance};

/// What can be done with the clock.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/clock", "getClock", get)
            .about("云商店时钟，推进期间含进度", "The store's clock, with progress while it is advanced")
            .answers(200, "Clock"),
        Operation::post("/clock/freeze", "freezeClock", freeze)
            .about("停住时钟", "Stop the clock")
            .answers(200, "Clock"),
        Operation::post("/clock/resume", "resumeClock", resume)
            .about("让时钟继续走", "Let the clock run on")
            .answers(200, "Clock"),
        Operation::post("/clock/advance", "advanceClock", advance)
            .about(
                "推进时钟：期间到期的一切按顺序执行，完成后才返回",
                "Advance the clock: everything due on the way runs in order; answers when done",
            )
            .takes("Advance")
            .answers(200, "Advanced"),
    ]
}

async fn get(State(core): State<Arc<Core>>) -> Result<Json<Value>, Fault> {
    Ok(Json(written(&clock::view(&core))?))
}

async fn freeze(State(core): State<Arc<Core>>) -> Result<Json<Value>, Fault> {
    clock::freeze(&core).await?;
    get(State(core)).await
}

async fn resume(State(core): State<Arc<Core>>) -> Result<Json<Value>, Fault> {
    clock::resume(&core).await?;
    get(State(core)).await
}

async fn advance(
    State(core): State<Arc<Core>>,
    Checked { value, .. }: Checked<AdvanceBody>,
) -> Result<Json<Value>, Fault> {
    let target = match advance_target(&value, core.foundation.clock.now())? {
        Target::To(at) => Advance::To(at),
        Target::Idle => Advance::UntilIdle,
    };
    Ok(Json(written(&clock::advance(&core, target).await?)?))
}
