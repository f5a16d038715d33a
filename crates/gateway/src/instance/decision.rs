//! What goes into a decision about an instance and what comes out of it.

use mercer_protocol::Wording;

use super::{Event, Instance};

/// What is known when a command is decided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The instance the command is about, if there is one.
    pub(crate) instance: Option<Instance>,
    /// Content of an earlier command with the same [`Effect::key`].
    pub(crate) earlier_content: Option<String>,
}

/// What a decided command does.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// The instance as it becomes; none when nothing changes.
    pub(crate) change: Option<Change>,
    /// What the app is told, in this order; nothing when nothing changes for it.
    pub(crate) events: Vec<Event>,
    /// What the caller is told.
    pub(crate) answer: Answer,
    /// How the command was taken.
    pub(crate) verdict: Verdict,
    /// Remembered so that a repetition is recognised.
    pub(crate) effect: Option<Effect>,
}

/// How the row changes.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A new row.
    Insert(Instance),
    /// A changed row; its `version` is the one that was read.
    Update(Instance),
}

/// Identity of a command that must take effect once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    /// Unique per merchant.
    pub(crate) key: String,
    /// The same key with another content is a conflict.
    pub(crate) content: String,
}

/// How a command was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    /// It took effect.
    Accepted,
    /// It had taken effect before, or the state was already reached.
    Repeated,
    /// Refused for a named reason; nothing changed.
    Refused(Refusal),
}

/// Why a rule said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Refusal {
    /// No such instance.
    UnknownInstance,
    /// It was released.
    Released,
    /// It could not be opened.
    ProvisioningFailed,
    /// It is not open yet.
    NotReady,
    /// The same order came before with another content.
    OrderConflict,
    /// It is already in use.
    AlreadyOpen,
    /// The app does not allow a change on renewal.
    ChangeRefused,
}

impl Refusal {
    /// The stable name where it is stored and in our APIs.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::UnknownInstance => "unknown_instance",
            Self::Released => "instance_released",
            Self::ProvisioningFailed => "provisioning_failed",
            Self::NotReady => "instance_not_ready",
            Self::OrderConflict => "order_conflict",
            Self::AlreadyOpen => "instance_already_open",
            Self::ChangeRefused => "change_refused",
        }
    }

    /// The refusal as a sentence; `detail` is what the answer adds.
    pub(crate) fn wording(self, detail: &str) -> Wording {
        let (zh, en) = match self {
            Self::UnknownInstance => ("没有这个实例", "there is no such instance"),
            Self::Released => ("实例已释放", "the instance was released"),
            Self::ProvisioningFailed => ("实例开通失败", "the instance could not be opened"),
            Self::NotReady => ("实例尚未开通完成", "the instance is not open yet"),
            Self::OrderConflict => ("同一订单此前的内容不同", "the order came before with another content"),
            Self::AlreadyOpen => ("实例已在使用中", "the instance is already in use"),
            Self::ChangeRefused => ("应用不允许此变更", "the application does not allow the change"),
        };
        if detail.is_empty() {
            return Wording::fixed(zh, en);
        }
        Wording::of(format!("{zh}：{detail}"), format!("{en}: {detail}"))
    }
}

/// What the caller is told, in no protocol's words yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The kind of result.
    pub(crate) result: ResultKind,
    /// More than the kind's own text; empty when there is nothing to add.
    pub(crate) detail: String,
    /// The instance, when the answer names one.
    pub(crate) instance_id: Option<String>,
}

/// Kinds of result every protocol version has a code for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ResultKind {
    /// Done.
    Success,
    /// Taken, not done yet.
    Processing,
    /// No such instance.
    UnknownInstance,
    /// A parameter does not fit.
    InvalidParameter,
    /// Refused or failed for the reason given.
    InternalError,
}

impl Answer {
    /// An answer without more words.
    pub(crate) const fn of(result: ResultKind) -> Self {
        Self { result, detail: String::new(), instance_id: None }
    }
}
