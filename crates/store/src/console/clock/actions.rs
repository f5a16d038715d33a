//! Freezing, resuming and advancing from a page. The advance itself runs in the background.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::session::safe_path;

use super::rules;
use crate::clock;
use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, tell};
use crate::console::fields::{Fields, Sent};
use crate::error::StoreError;

/// Advances the clock.
pub(super) async fn advance(
    State(console): State<Console>,
    staff: Staff,
    Sent(fields): Sent,
) -> Result<Response, Fault> {
    let now = console.core.foundation.clock.now();
    let target = rules::advance(fields.text("by"), fields.text("to"), fields.text("until"), now);
    let answer = target.map_err(StoreError::from).and_then(|target| clock::request(&console.core, target));
    let done = staff.language().pick("The clock is being advanced.", "时钟正在推进。");
    tell(answer, staff.language(), done, next(&fields))
}

/// Stops the clock.
pub(super) async fn freeze(
    State(console): State<Console>,
    staff: Staff,
    Sent(fields): Sent,
) -> Result<Response, Fault> {
    let answer = clock::freeze(&console.core).await;
    let done = staff.language().pick("The clock is frozen.", "时钟已冻结。");
    tell(answer, staff.language(), done, next(&fields))
}

/// Lets the clock run on.
pub(super) async fn resume(
    State(console): State<Console>,
    staff: Staff,
    Sent(fields): Sent,
) -> Result<Response, Fault> {
    let answer = clock::resume(&console.core).await;
    let done = staff.language().pick("The clock runs again.", "时钟已恢复走时。");
    tell(answer, staff.language(), done, next(&fields))
}

fn next(fields: &Fields) -> &str {
    match fields.text("next") {
        "" => "/operator/clock",
        next => safe_path(next),
    }
}
