//! The request of query order: two parameters in the query string.

use super::codes::MktCode;
use crate::aksk::canonical::{canonical_query_of_pairs, percent_decoded};
use crate::wording::Wording;

/// Most characters of an order id or order line id. Source: open APIs §3.1.
const MAX_ID_CHARACTERS: usize = 64;

/// Which order, and which of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Store order id.
    pub order_id: String,
    /// Narrows the answer to one line.
    pub order_line_id: Option<String>,
}

/// What the store does with parameters it does not know (`store.openapi.surplus`, decision D37).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surplus {
    /// `MKT.0101`, as the tables say.
    #[default]
    Refuse,
    /// Not looked at.
    Ignore,
}

/// Why a query string is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.wording().en)]
pub enum QueryRefusal {
    /// `orderId` is absent or empty.
    MissingOrderId,
    /// A parameter nobody knows.
    SurplusParameter {
        /// Its name.
        name: String,
    },
    /// A parameter occurs twice.
    RepeatedParameter {
        /// Its name.
        name: &'static str,
    },
    /// Longer than 64 characters.
    TooLong {
        /// Its name.
        name: &'static str,
    },
}

impl Query {
    /// The query string to send, without `?`.
    pub fn to_query_string(&self) -> String {
        let mut pairs = vec![("orderId", self.order_id.as_str())];
        pairs.extend(self.order_line_id.as_deref().map(|line| ("orderLineId", line)));
        canonical_query_of_pairs(&pairs)
    }

    /// Reads a query string as received.
    pub fn parse(raw_query: &str, surplus: Surplus) -> Result<Self, QueryRefusal> {
        let (mut order_id, mut order_line_id) = (None, None);
        for pair in raw_query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name);
            match (name.as_str(), surplus) {
                ("orderId", _) => keep(&mut order_id, "orderId", value)?,
                ("orderLineId", _) => keep(&mut order_line_id, "orderLineId", value)?,
                (_, Surplus::Refuse) => return Err(QueryRefusal::SurplusParameter { name }),
                (_, Surplus::Ignore) => {}
            }
        }
        let order_id = order_id.filter(|id| !id.is_empty()).ok_or(QueryRefusal::MissingOrderId)?;
        Ok(Self { order_id, order_line_id: order_line_id.filter(|id| !id.is_empty()) })
    }
}

impl QueryRefusal {
    /// The code of the answer.
    pub fn code(&self) -> MktCode {
        match self {
            Self::MissingOrderId | Self::SurplusParameter { .. } | Self::RepeatedParameter { .. } => {
                MktCode::InvalidParameter
            }
            Self::TooLong { .. } => MktCode::BadInput,
        }
    }

    /// The refusal as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::MissingOrderId => Wording::fixed("缺少参数 orderId", "orderId is missing"),
            Self::SurplusParameter { name } => {
                Wording::of(format!("多余的参数 {name}"), format!("surplus parameter {name}"))
            }
            Self::RepeatedParameter { name } => {
                Wording::of(format!("参数 {name} 重复"), format!("{name} occurs twice"))
            }
            Self::TooLong { name } => {
                Wording::of(format!("参数 {name} 超过 64 个字符"), format!("{name} is longer than 64 characters"))
            }
        }
    }
}

fn keep(slot: &mut Option<String>, name: &'static str, value: &str) -> Result<(), QueryRefusal> {
    let value = decoded(value);
    if value.chars().count() > MAX_ID_CHARACTERS {
        return Err(QueryRefusal::TooLong { name });
    }
    match slot.replace(value) {
        Some(_) => Err(QueryRefusal::RepeatedParameter { name }),
        None => Ok(()),
    }
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent_decoded(text)).into_owned()
}
