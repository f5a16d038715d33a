//! A decided call, ready to be committed: what every adapter hands to the desk.

use mercer_kernel::db::Batch;
use mercer_kernel::outbox::TakenJob;
use mercer_protocol::{ResultCode, Wording};

use super::callback::Verdict;
use crate::instance::rules::Effect;

/// A finished answer.
pub(crate) struct Rendered {
    /// The body to send.
    pub(crate) body: String,
    /// Its code.
    pub(crate) code: ResultCode,
}

/// A decided call.
pub(crate) struct Step {
    pub(crate) activity: &'static str,
    /// The instance it is about; several are joined by commas.
    pub(crate) instance_id: String,
    pub(crate) order_id: String,
    pub(crate) test: bool,
    pub(crate) verdict: Verdict,
    /// Stable code of a refusal; empty otherwise.
    pub(crate) refusal: &'static str,
    pub(crate) detail: Option<Wording>,
    pub(crate) rendered: Rendered,
    /// The answer as it is kept, where the one that is sent carries secrets.
    pub(crate) kept_answer: Option<String>,
    pub(crate) state_before: &'static str,
    pub(crate) state_after: &'static str,
    /// Ids of the events it put into `effects`, in order.
    pub(crate) event_ids: Vec<String>,
    /// Remembered so that a repetition is recognised.
    pub(crate) effect: Option<Effect>,
    /// Keys that were used beside the one the call is signed with.
    pub(crate) used_keys: Vec<String>,
    /// Everything it changes, events included.
    pub(crate) effects: Batch,
    /// The job of the first event, when this caller offers it to the app itself.
    pub(crate) taken: Option<TakenJob>,
}

impl Step {
    /// A call that changes nothing and is answered with `rendered`. `verdict` is refused unless changed.
    pub(crate) fn refused(rendered: Rendered) -> Self {
        Self {
            activity: "",
            instance_id: String::new(),
            order_id: String::new(),
            test: false,
            verdict: Verdict::Refused,
            refusal: "",
            detail: None,
            rendered,
            kept_answer: None,
            state_before: "",
            state_after: "",
            event_ids: Vec::new(),
            effect: None,
            used_keys: Vec::new(),
            effects: Batch::new(),
            taken: None,
        }
    }
}
