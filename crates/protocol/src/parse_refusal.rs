//! Why a request is refused before anything is done with it, the same for every family.

use crate::json::{self, Members, WrongKind};
use crate::result_code::ResultCode;
use crate::saas_v2::TestFlag;
use crate::wording::Wording;

/// Why a body is no request. Always answered with `000002`.
/// Source: SaaS V2.0 §2.4 step 8 and decision D27, SaaS V1.0 §2.2 step 7.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub struct ParseRefusal {
    /// The member at fault; `body` when the whole body is.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: ParseReason,
}

/// What is wrong with a member of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseReason {
    /// The body is not one JSON object.
    NotAnObject,
    /// Mandatory and absent, null or blank.
    Missing,
    /// An object or list where a text is meant, or the other way round.
    WrongKind,
    /// A value outside the allowed ones.
    UnknownValue {
        /// What was given, shortened.
        given: String,
        /// What would be allowed.
        allowed: &'static str,
    },
    /// More entries than allowed.
    TooMany {
        /// Entries given.
        count: usize,
        /// Entries allowed.
        max: usize,
    },
    /// Longer than allowed.
    TooLong {
        /// Characters given.
        characters: usize,
        /// Characters allowed.
        max: usize,
    },
}

impl ParseRefusal {
    /// The code of the answer, `000002`.
    pub fn result_code(&self) -> ResultCode {
        ResultCode::InvalidParameter
    }

    /// The `resultMsg` of the answer; it names the member.
    pub fn result_message(&self) -> String {
        self.result_code().message_with(&self.wording())
    }

    /// Stable text of the reason.
    pub fn code(&self) -> &'static str {
        match self.reason {
            ParseReason::NotAnObject => "request.not_an_object",
            ParseReason::Missing => "request.field_missing",
            ParseReason::WrongKind => "request.field_kind",
            ParseReason::UnknownValue { .. } => "request.field_value",
            ParseReason::TooMany { .. } => "request.field_count",
            ParseReason::TooLong { .. } => "request.field_length",
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        let field = self.field;
        match &self.reason {
            ParseReason::NotAnObject => Wording::fixed("请求体不是 JSON 对象", "the body is not a JSON object"),
            ParseReason::Missing => Wording::of(format!("缺少字段 {field}"), format!("{field} is missing")),
            ParseReason::WrongKind => {
                Wording::of(format!("字段 {field} 类型不正确"), format!("{field} has a value of the wrong kind"))
            }
            ParseReason::UnknownValue { given, allowed } => Wording::of(
                format!("字段 {field} 的值“{given}”不合法，允许：{allowed}"),
                format!("{field} is \"{given}\", allowed: {allowed}"),
            ),
            ParseReason::TooMany { count, max } => Wording::of(
                format!("字段 {field} 有 {count} 项，最多 {max} 项"),
                format!("{field} has {count} entries, at most {max} are allowed"),
            ),
            ParseReason::TooLong { characters, max } => Wording::of(
                format!("字段 {field} 中有一项长 {characters} 个字符，最多 {max} 个"),
                format!("an entry of {field} has {characters} characters, at most {max} are allowed"),
            ),
        }
    }
}

impl From<WrongKind> for ParseRefusal {
    fn from(wrong: WrongKind) -> Self {
        refusal(wrong.name, ParseReason::WrongKind)
    }
}

/// Takes a text that must be there.
pub(crate) fn mandatory(members: &mut Members, field: &'static str) -> Result<String, ParseRefusal> {
    members.text(field)?.ok_or_else(|| refusal(field, ParseReason::Missing))
}

/// Takes the debug flag, number or text.
pub(crate) fn test_flag(members: &mut Members) -> Result<TestFlag, ParseRefusal> {
    match members.text("testFlag")?.as_deref().map(str::trim) {
        None => Ok(TestFlag::Absent),
        Some("0" | "false") => Ok(TestFlag::Off),
        Some("1" | "true") => Ok(TestFlag::On),
        Some(other) => Err(unknown_value("testFlag", other, "0, 1")),
    }
}

/// A refusal of one member.
pub(crate) fn refusal(field: &'static str, reason: ParseReason) -> ParseRefusal {
    ParseRefusal { field, reason }
}

/// A refusal of a value outside the allowed ones.
pub(crate) fn unknown_value(field: &'static str, given: &str, allowed: &'static str) -> ParseRefusal {
    refusal(field, ParseReason::UnknownValue { given: json::shortened(given, 64), allowed })
}
