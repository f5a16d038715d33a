//! Field rules as data: which member a message has, whether it must be there, how long it may be.
//!
//! The same tables serve the debugger, the conformance suite and the documentation. Receiving a call
//! does not enforce lengths (decision D31); only whoever checks a peer does.

use serde_json::{Map, Value};

use crate::json;
use crate::wording::Wording;

/// Whether a member must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Mandatory, "M" in the tables.
    Mandatory,
    /// Optional, "O" in the tables.
    Optional,
}

/// What kind of value a member holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A text.
    Text,
    /// A number with at most this many decimals; a numeric text is accepted.
    Decimal {
        /// Most digits after the point.
        max_decimals: usize,
    },
    /// A whole number; a numeric text is accepted.
    Integer,
    /// An object with its own members.
    Object(&'static [FieldRule]),
    /// A list of such objects.
    List(&'static [FieldRule]),
}

/// The rule of one member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldRule {
    /// Name on the wire.
    pub name: &'static str,
    /// Mandatory or optional.
    pub presence: Presence,
    /// Kind of its value.
    pub kind: FieldKind,
    /// Most characters (Unicode characters, decision D31); none where the tables give none.
    pub max_characters: Option<usize>,
    /// What it means, in Chinese.
    pub zh: &'static str,
    /// What it means, in English.
    pub en: &'static str,
}

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the member, for example `info[0].appInfo.memo`.
    pub path: String,
    /// Name of the member alone, as the seller centre prints it (`{fileId}`).
    pub name: &'static str,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Mandatory and absent, null or blank.
    Missing,
    /// Holds a value of another kind.
    WrongKind,
    /// Longer than allowed.
    TooLong {
        /// Characters found.
        characters: usize,
        /// Characters allowed.
        max: usize,
    },
    /// More decimals than allowed.
    TooManyDecimals {
        /// Decimals allowed.
        max: usize,
    },
}

impl FieldRule {
    /// A mandatory text.
    pub const fn mandatory(name: &'static str, max_characters: usize, zh: &'static str, en: &'static str) -> Self {
        Self {
            name,
            presence: Presence::Mandatory,
            kind: FieldKind::Text,
            max_characters: Some(max_characters),
            zh,
            en,
        }
    }

    /// An optional text.
    pub const fn optional(name: &'static str, max_characters: usize, zh: &'static str, en: &'static str) -> Self {
        Self { name, presence: Presence::Optional, kind: FieldKind::Text, max_characters: Some(max_characters), zh, en }
    }

    /// The same rule for another kind of value.
    pub const fn of_kind(mut self, kind: FieldKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same rule without a length.
    pub const fn unlimited(mut self) -> Self {
        self.max_characters = None;
        self
    }
}

impl Violation {
    /// The breach as a sentence.
    pub fn wording(&self) -> Wording {
        let path = &self.path;
        match &self.problem {
            Problem::Missing => Wording::of(format!("缺少字段 {path}"), format!("{path} is missing")),
            Problem::WrongKind => {
                Wording::of(format!("字段 {path} 类型不正确"), format!("{path} has a value of the wrong kind"))
            }
            Problem::TooLong { characters, max } => Wording::of(
                format!("字段 {path} 长度为 {characters} 个字符，最多 {max} 个"),
                format!("{path} has {characters} characters, at most {max} are allowed"),
            ),
            Problem::TooManyDecimals { max } => {
                Wording::of(format!("字段 {path} 最多 {max} 位小数"), format!("{path} may have at most {max} decimals"))
            }
        }
    }
}

/// Every breach of `rules` in `members`, in the order of the table. Unknown members break no rule.
pub fn violations(rules: &'static [FieldRule], members: &Map<String, Value>) -> Vec<Violation> {
    let mut found = Vec::new();
    check_members(rules, members, "", &mut found);
    found
}

fn check_members(rules: &'static [FieldRule], members: &Map<String, Value>, prefix: &str, found: &mut Vec<Violation>) {
    for rule in rules {
        let path = format!("{prefix}{}", rule.name);
        match members.get(rule.name).filter(|value| !is_absent(value)) {
            Some(value) => check_value(rule, value, &path, found),
            None if rule.presence == Presence::Mandatory => {
                found.push(Violation { path, name: rule.name, problem: Problem::Missing });
            }
            None => {}
        }
    }
}

fn check_value(rule: &FieldRule, value: &Value, path: &str, found: &mut Vec<Violation>) {
    let breach = |problem| Violation { path: path.to_owned(), name: rule.name, problem };
    match (rule.kind, value) {
        (FieldKind::Object(inner), Value::Object(members)) => check_members(inner, members, &format!("{path}."), found),
        (FieldKind::List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                match item {
                    Value::Object(members) => check_members(inner, members, &format!("{path}[{index}]."), found),
                    _ => found.push(breach(Problem::WrongKind)),
                }
            }
        }
        (
            FieldKind::Text | FieldKind::Decimal { .. } | FieldKind::Integer,
            Value::String(_) | Value::Number(_) | Value::Bool(_),
        ) => {
            found.extend(scalar_problem(rule, value).map(breach));
        }
        _ => found.push(breach(Problem::WrongKind)),
    }
}

fn scalar_problem(rule: &FieldRule, value: &Value) -> Option<Problem> {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let characters = text.chars().count();
    if let Some(max) = rule.max_characters.filter(|max| characters > *max) {
        return Some(Problem::TooLong { characters, max });
    }
    match rule.kind {
        FieldKind::Decimal { max_decimals } => {
            if text.trim().parse::<serde_json::Number>().is_err() {
                return Some(Problem::WrongKind);
            }
            let decimals = text.trim().split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
            (decimals > max_decimals).then_some(Problem::TooManyDecimals { max: max_decimals })
        }
        FieldKind::Integer => {
            let whole = text.trim().parse().ok().and_then(|number| json::whole_number(&number));
            whole.is_none().then_some(Problem::WrongKind)
        }
        FieldKind::Text | FieldKind::Object(_) | FieldKind::List(_) => None,
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}
