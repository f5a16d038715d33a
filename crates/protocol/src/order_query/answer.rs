//! The answer of query order, both ways.

use serde_json::{Map, Value};

use super::codes::{CodePrefix, MktCode};
use super::order::OrderInfo;
use crate::aksk::GatewayError;
use crate::json::{self, Members};

/// What the store answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Result code.
    pub code: MktCode,
    /// Text; the documented one when nothing more precise is known.
    pub message: String,
    /// Detail of the codes that carry one (decision D29).
    pub extra_info: Option<String>,
    /// The order, on success.
    pub order: Option<Box<OrderInfo>>,
}

/// What a merchant got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The order.
    Found(Box<OrderInfo>),
    /// The store refused.
    Refused(Response),
    /// The API gateway in front refused.
    Gateway {
        /// HTTP status.
        http_status: u16,
        /// Its body.
        error: GatewayError,
    },
    /// Nothing that can be understood.
    Unreadable {
        /// HTTP status.
        http_status: u16,
        /// What was wrong.
        detail: String,
    },
}

/// Whether asking again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// The same question gets the same answer.
    Final,
    /// Wait and ask again.
    Repeat,
}

impl Response {
    /// Success.
    pub fn found(order: OrderInfo) -> Self {
        Self {
            code: MktCode::Success,
            message: MktCode::Success.message().to_owned(),
            extra_info: None,
            order: Some(Box::new(order)),
        }
    }

    /// A refusal; the detail goes into the text too, and into `extra_info` where the code carries one.
    pub fn refused(code: MktCode, detail: &str) -> Self {
        let message =
            if detail.is_empty() { code.message().to_owned() } else { format!("{}: {detail}", code.message()) };
        Self { extra_info: code.has_extra_info().then(|| detail.to_owned()), code, message, order: None }
    }

    /// HTTP status of the answer.
    pub fn http_status(&self) -> u16 {
        self.code.http_status()
    }

    /// The body to send.
    pub fn to_json(&self, prefix: CodePrefix) -> String {
        let mut members = Map::new();
        members.insert("resultCode".to_owned(), self.code.to_text(prefix).into());
        members.insert("resultMsg".to_owned(), json::shortened(&self.message, 1024).into());
        if let Some(order) = &self.order {
            members.insert("orderInfo".to_owned(), Value::from(order.as_ref().clone()));
        }
        if let Some(extra) = &self.extra_info {
            members.insert("extra_info".to_owned(), extra.clone().into());
        }
        json::compact(&members)
    }
}

impl Answer {
    /// Reads status and body of an answer.
    pub fn read(http_status: u16, body: &[u8]) -> Self {
        if let Some(error) = GatewayError::parse(body) {
            return Self::Gateway { http_status, error };
        }
        match read_body(body) {
            Ok(Response { order: Some(order), code: MktCode::Success, .. }) => Self::Found(order),
            Ok(Response { order: None, code: MktCode::Success, .. }) => {
                Self::Unreadable { http_status, detail: "orderInfo is missing".to_owned() }
            }
            Ok(refused) => Self::Refused(refused),
            Err(detail) => Self::Unreadable { http_status, detail },
        }
    }

    /// Whether asking again can help. Source: open APIs §2.4, decisions D10 and D13.
    pub fn recovery(&self) -> Recovery {
        let by_status = |http_status: u16| {
            if http_status == 429 || http_status >= 500 { Recovery::Repeat } else { Recovery::Final }
        };
        match self {
            Self::Found(_) => Recovery::Final,
            Self::Refused(response) => match response.code {
                MktCode::InternalError | MktCode::TooFrequent => Recovery::Repeat,
                _ => Recovery::Final,
            },
            Self::Gateway { http_status, .. } => by_status(*http_status),
            // A proxy in between may have answered a page with status 200.
            Self::Unreadable { http_status: 200, .. } => Recovery::Repeat,
            Self::Unreadable { http_status, .. } => by_status(*http_status),
        }
    }
}

fn read_body(body: &[u8]) -> Result<Response, String> {
    let mut members = Members::of_body(body).ok_or("the answer is not a JSON object")?;
    let wrong = |name: &str| format!("{name} has a value of the wrong kind");
    let code = members.text("resultCode").map_err(|found| wrong(found.name))?.ok_or("resultCode is missing")?;
    let message = members.text("resultMsg").map_err(|found| wrong(found.name))?.unwrap_or_default();
    let extra_info = members.value("extra_info").map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    });
    let code = MktCode::parse(&code);
    let order = match (&code, members.value("orderInfo")) {
        (MktCode::Success, Some(value)) => {
            Some(Box::new(OrderInfo::try_from(value).map_err(|error| error.to_string())?))
        }
        _ => None,
    };
    Ok(Response { code, message, extra_info, order })
}
