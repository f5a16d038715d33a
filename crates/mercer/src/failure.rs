//! Why a command did not succeed, as a person needs to hear it: what happened, which input, what is
//! allowed, what to do next. The exit code says the same to a script.

use mercer_protocol::Wording;
use serde_json::{Value, json};

use crate::language::Language;

/// How the program ended, for scripts. Zero is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 1: it was tried and failed, or a check said no.
    Failed,
    /// 2: the command line or the configuration is wrong.
    Usage,
    /// 3: the other side was reached and refused.
    Refused,
    /// 4: the other side was not reached.
    Unreachable,
    /// 5: the data folder, the master key or the database cannot be used.
    Data,
    /// 6: an address is taken or cannot be listened on.
    Address,
}

impl Exit {
    /// The number the operating system gets.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Unreachable => 4,
            Self::Data => 5,
            Self::Address => 6,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Data => "data",
            Self::Address => "address",
        }
    }
}

/// A failure on its way to the person.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    /// Boxed, so that every `Result` stays small.
    told: Box<Told>,
}

#[derive(Debug, Clone)]
struct Told {
    /// Stable code of a refusing peer; empty for our own failures.
    code: String,
    what: Wording,
    input: String,
    allowed: Option<Wording>,
    next: Option<Wording>,
}

impl Failure {
    /// A failure with what happened, in Chinese and English.
    pub(crate) fn new(exit: Exit, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let what = Wording::of(zh.into(), en.into());
        let told = Told { code: String::new(), what, input: String::new(), allowed: None, next: None };
        Self { exit, told: Box::new(told) }
    }

    /// Which input it was about.
    #[must_use]
    pub(crate) fn input(mut self, input: impl Into<String>) -> Self {
        self.told.input = input.into();
        self
    }

    /// What would have been allowed.
    #[must_use]
    pub(crate) fn allowed(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.told.allowed = Some(Wording::of(zh.into(), en.into()));
        self
    }

    /// What to do next.
    #[must_use]
    pub(crate) fn next(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.told.next = Some(Wording::of(zh.into(), en.into()));
        self
    }

    /// The stable code of the peer that refused.
    #[must_use]
    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.told.code = code.into();
        self
    }

    /// The lines for a person.
    pub(crate) fn lines(&self, language: Language) -> String {
        let labels = match language {
            Language::Zh => ["错误", "输入", "允许", "下一步"],
            Language::En => ["error", "input", "allowed", "next"],
        };
        let code = if self.told.code.is_empty() { String::new() } else { format!(" ({})", self.told.code) };
        let mut text = format!("{}: {}{code}", labels[0], language.of(&self.told.what));
        if !self.told.input.is_empty() {
            text.push_str(&format!("\n  {}: {}", labels[1], self.told.input));
        }
        for (label, wording) in [(labels[2], &self.told.allowed), (labels[3], &self.told.next)] {
            if let Some(wording) = wording {
                text.push_str(&format!("\n  {label}: {}", language.of(wording)));
            }
        }
        text
    }

    /// The same for a machine.
    pub(crate) fn json(&self, language: Language) -> Value {
        let text = |wording: &Option<Wording>| wording.as_ref().map(|wording| language.of(wording).to_owned());
        json!({"error": {
            "kind": self.exit.name(),
            "exitCode": self.exit.code(),
            "code": self.told.code,
            "message": language.of(&self.told.what),
            "input": self.told.input,
            "allowed": text(&self.told.allowed),
            "next": text(&self.told.next),
        }})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_which_allowed_and_next() {
        let failure = Failure::new(Exit::Usage, "端口无效", "the port is not valid")
            .input("--store 127.0.0.1:99999")
            .allowed("0 到 65535", "0 to 65535")
            .next("换一个端口", "choose another port");
        assert_eq!(
            failure.lines(Language::En),
            "error: the port is not valid\n  input: --store 127.0.0.1:99999\n  allowed: 0 to 65535\n  next: choose another port"
        );
        assert!(failure.lines(Language::Zh).starts_with("错误: 端口无效\n  输入: "));
        assert_eq!(failure.json(Language::En)["error"]["exitCode"], 2);
    }
}
