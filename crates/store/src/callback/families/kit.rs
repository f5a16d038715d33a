//! The joint-operation kit (联营kit), V2.0 and V1.0.

use mercer_kernel::db::Batch;
use mercer_kernel::http::Answer as HttpAnswer;

use super::super::call::{Prepared, not_configured};
use super::super::judge::{Judged, Question, by_code, with_code};
use crate::Core;
use crate::error::Answer;
use crate::message::Message;

/// Writes and signs one call.
pub(super) async fn prepare(_core: &Core, _message: &Message, _url: &str) -> Answer<Prepared> {
    Err(not_configured("this store does not call the kit").into())
}

/// Reads an answer.
pub(super) fn judge(question: Question<'_>, answer: &HttpAnswer) -> Judged {
    with_code(answer, |code| Judged::plain(by_code(question.policy, code)))
}

/// Adds what follows from success.
pub(super) async fn succeeded(_core: &Core, _batch: &mut Batch, _message: &mut Message) -> Answer<()> {
    Ok(())
}

/// Adds what follows when the series is given up.
pub(super) async fn exhausted(_core: &Core, _batch: &mut Batch, _message: &Message) -> Answer<()> {
    Ok(())
}
