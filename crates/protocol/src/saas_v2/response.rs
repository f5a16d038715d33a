//! Answers of a merchant: how it writes them, how the store reads them.

use serde_json::{Map, Value};

use super::MAX_RESULT_MSG_CHARACTERS;
use super::app_info::InstanceInfo;
use crate::json::{self, Members, WrongKind};
use crate::result_code::ResultCode;
use crate::wording::Wording;

/// How characters outside ASCII are written. Source: decision D29.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextForm {
    /// As `\uXXXX`, the only form the guide asks for.
    #[default]
    AsciiEscapes,
    /// As UTF-8.
    RawUtf8,
}

/// Answer of the interfaces without further members. Source: SaaS V2.0 §3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseResponse {
    /// Result code.
    pub result_code: ResultCode,
    /// Text; when absent the code's default text is sent (decision D9).
    pub result_msg: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Answer of `newInstance`. Source: SaaS V2.0 §3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInstanceResponse {
    /// Result code.
    pub result_code: ResultCode,
    /// Text; when absent the code's default text is sent.
    pub result_msg: Option<String>,
    /// The merchant's instance id; always there on `000000` and `000004`.
    pub instance_id: Option<String>,
    /// Front address, wherever it stood (decision D10).
    pub front_end_url: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Answer of `queryInstance`. Source: SaaS V2.0 §3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryInstanceResponse {
    /// Result code.
    pub result_code: ResultCode,
    /// Text; when absent the code's default text is sent.
    pub result_msg: Option<String>,
    /// One entry per instance that is ready.
    pub info: Vec<InstanceInfo>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Why the store cannot use an answer. Source: SaaS V2.0 §3.8, §5.3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseFailure {
    /// Not one JSON object.
    #[error("the answer is not a JSON object")]
    UnreadableBody,
    /// No `resultCode`.
    #[error("the answer has no resultCode")]
    MissingResultCode,
    /// A mandatory member is absent.
    #[error("the answer lacks {field}")]
    MissingField {
        /// Its name.
        field: &'static str,
    },
    /// A member has a value of the wrong kind.
    #[error("{field} has a value of the wrong kind")]
    MalformedField {
        /// Its name.
        field: &'static str,
    },
}

impl ResponseFailure {
    /// Stable text of the failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnreadableBody => "response.unreadable_body",
            Self::MissingResultCode => "response.missing_result_code",
            Self::MissingField { .. } => "response.missing_field",
            Self::MalformedField { .. } => "response.malformed_field",
        }
    }

    /// The failure as the seller centre words it (SaaS V2.0 §5.3), and in English.
    pub fn wording(&self) -> Wording {
        match self {
            Self::UnreadableBody | Self::MissingResultCode => Wording::fixed(
                "解析响应体失败，响应格式参考{\"resultCode\":\"000000\",\"resultMsg\":\"success.\"}",
                "the answer cannot be read; it should look like {\"resultCode\":\"000000\",\"resultMsg\":\"success.\"}",
            ),
            Self::MissingField { field } => {
                Wording::of(format!("接口响应缺少{field}"), format!("the answer lacks {field}"))
            }
            Self::MalformedField { field } => {
                Wording::of(format!("接口响应字段{field}类型不正确"), format!("{field} has a value of the wrong kind"))
            }
        }
    }
}

impl From<WrongKind> for ResponseFailure {
    fn from(wrong: WrongKind) -> Self {
        Self::MalformedField { field: wrong.name }
    }
}

impl BaseResponse {
    /// An answer with the code's default text.
    pub fn new(result_code: ResultCode) -> Self {
        Self { result_code, result_msg: None, unknown: Map::new() }
    }

    /// An answer with its own text.
    pub fn with_message(result_code: ResultCode, message: impl Into<String>) -> Self {
        Self { result_code, result_msg: Some(message.into()), unknown: Map::new() }
    }

    /// The body to send.
    pub fn to_json(&self, form: TextForm) -> String {
        let mut members = head(&self.result_code, self.result_msg.as_deref());
        members.extend(self.unknown.clone());
        write(&members, form)
    }

    /// Reads an answer.
    pub fn parse(body: &[u8]) -> Result<Self, ResponseFailure> {
        let (result_code, result_msg, members) = read_head(body)?;
        Ok(Self { result_code, result_msg, unknown: members.rest() })
    }
}

impl NewInstanceResponse {
    /// An answer that names the instance.
    pub fn with_instance(result_code: ResultCode, instance_id: impl Into<String>) -> Self {
        Self {
            result_code,
            result_msg: None,
            instance_id: Some(instance_id.into()),
            front_end_url: None,
            unknown: Map::new(),
        }
    }

    /// The body to send.
    pub fn to_json(&self, form: TextForm) -> String {
        let mut members = head(&self.result_code, self.result_msg.as_deref());
        for (name, text) in [("instanceId", &self.instance_id), ("frontEndUrl", &self.front_end_url)] {
            if let Some(text) = text {
                members.insert(name.to_owned(), text.clone().into());
            }
        }
        members.extend(self.unknown.clone());
        write(&members, form)
    }

    /// Reads an answer; with `000000` and `000004` the instance id must be there.
    pub fn parse(body: &[u8]) -> Result<Self, ResponseFailure> {
        let (result_code, result_msg, mut members) = read_head(body)?;
        let instance_id = members.text("instanceId")?;
        if instance_id.is_none() && matches!(result_code, ResultCode::Success | ResultCode::Processing) {
            return Err(ResponseFailure::MissingField { field: "instanceId" });
        }
        let front_end_url = members.text("frontEndUrl")?;
        let unknown = members.rest();
        let nested = || unknown.get("appInfo")?.get("frontEndUrl")?.as_str().map(str::to_owned);
        let front_end_url = front_end_url.or_else(nested);
        Ok(Self { result_code, result_msg, instance_id, front_end_url, unknown })
    }
}

impl QueryInstanceResponse {
    /// A successful answer with these entries.
    pub fn found(info: Vec<InstanceInfo>) -> Self {
        Self { result_code: ResultCode::Success, result_msg: None, info, unknown: Map::new() }
    }

    /// The entry of one instance.
    pub fn entry(&self, instance_id: &str) -> Option<&InstanceInfo> {
        self.info.iter().find(|entry| entry.instance_id == instance_id)
    }

    /// The body to send.
    pub fn to_json(&self, form: TextForm) -> String {
        let mut members = head(&self.result_code, self.result_msg.as_deref());
        if !self.info.is_empty() {
            members.insert("info".to_owned(), self.info.iter().cloned().map(Value::from).collect());
        }
        members.extend(self.unknown.clone());
        write(&members, form)
    }

    /// Reads an answer; each entry must name its instance, each usage its value and time.
    pub fn parse(body: &[u8]) -> Result<Self, ResponseFailure> {
        let (result_code, result_msg, mut members) = read_head(body)?;
        let info = members.list("info")?.into_iter().map(InstanceInfo::try_from).collect::<Result<_, _>>()?;
        Ok(Self { result_code, result_msg, info, unknown: members.rest() })
    }
}

/// Code and text, with which every answer begins.
pub(crate) fn head(result_code: &ResultCode, result_msg: Option<&str>) -> Map<String, Value> {
    let message = result_msg.unwrap_or_else(|| result_code.default_message());
    let mut members = Map::new();
    members.insert("resultCode".to_owned(), result_code.as_str().into());
    members.insert("resultMsg".to_owned(), json::shortened(message, MAX_RESULT_MSG_CHARACTERS).into());
    members
}

/// Reads code and text and hands out the rest.
pub(crate) fn read_head(body: &[u8]) -> Result<(ResultCode, Option<String>, Members), ResponseFailure> {
    let mut members = Members::of_body(body).ok_or(ResponseFailure::UnreadableBody)?;
    let code = members.text("resultCode")?.ok_or(ResponseFailure::MissingResultCode)?;
    let message = members.text("resultMsg")?;
    Ok((ResultCode::parse(&code), message, members))
}

/// The body of an answer.
pub(crate) fn write(members: &Map<String, Value>, form: TextForm) -> String {
    let text = json::compact(members);
    match form {
        TextForm::AsciiEscapes => json::escape_non_ascii(&text),
        TextForm::RawUtf8 => text,
    }
}
