//! Order notification (订单通知): the notice that an order was paid.
//!
//! It carries ids only; the merchant asks for the order's content ([`crate::order_query`]). Its signature
//! is that of SaaS V2.0 ([`crate::saas_v2::signature`]) with the access key of the general interface.
//! Source: open APIs §4.

use serde_json::{Map, Value};

use crate::json::{self, Members};
use crate::parse_refusal::{ParseReason, ParseRefusal, mandatory, refusal, test_flag, unknown_value};
pub use crate::saas_v2::{BaseResponse, TestFlag, TextForm};

/// The value of `activity`.
pub const ACTIVITY: &str = "orderNotify";

/// Request headers that go with every call. Source: open APIs §4.3.
pub const REQUEST_HEADERS: [(&str, &str); 2] =
    [("Accept", "application/json"), ("Content-Type", "application/json;charset=utf-8")];

/// `orderNotify`. Source: open APIs §4.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderNotify {
    /// Store order id.
    pub order_id: String,
    /// Store order line id.
    pub order_line_id: String,
    /// Debug request or real call; a real one says `0`, unlike the base interfaces.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

impl OrderNotify {
    /// Reads a body. It never looks at the signature; check that first.
    pub fn parse(body: &[u8]) -> Result<Self, ParseRefusal> {
        let mut members = Members::of_body(body).ok_or_else(|| refusal("body", ParseReason::NotAnObject))?;
        let activity = mandatory(&mut members, "activity")?;
        if activity != ACTIVITY {
            return Err(unknown_value("activity", &activity, ACTIVITY));
        }
        Ok(Self {
            order_id: mandatory(&mut members, "orderId")?,
            order_line_id: mandatory(&mut members, "orderLineId")?,
            test_flag: test_flag(&mut members)?,
            unknown: members.rest(),
        })
    }

    /// The body in the form in which the store sends and signs it: members ascending, no nulls, compact.
    pub fn to_body(&self) -> String {
        let mut members = self.unknown.clone();
        let mut put = |name: &str, text: &str| {
            members.insert(name.to_owned(), Value::from(text));
        };
        put("activity", ACTIVITY);
        put("orderId", &self.order_id);
        put("orderLineId", &self.order_line_id);
        if let Some(flag) = self.test_flag.to_text() {
            put("testFlag", flag);
        }
        json::compact(&json::sorted(json::dropping_nulls(members)))
    }
}

/// Whether a body says it is an order notification. It decides which keys a call is checked with and
/// proves nothing.
pub fn is_order_notify(body: &[u8]) -> bool {
    // Nearly every call is another one: without the word, or an escape that could hide it, nothing is parsed.
    let has_word = body.windows(ACTIVITY.len()).any(|part| part == ACTIVITY.as_bytes());
    if !has_word && !body.contains(&b'\\') {
        return false;
    }
    let Some(mut members) = Members::of_body(body) else { return false };
    matches!(members.text("activity"), Ok(Some(activity)) if activity == ACTIVITY)
}

/// The field tables of open APIs §4.3 and §4.4, as data.
pub mod fields {
    use crate::field::FieldRule;

    /// Request.
    pub const REQUEST: &[FieldRule] = &[
        FieldRule::mandatory("activity", 20, "接口请求标识", "which interface is called"),
        FieldRule::mandatory("orderId", 64, "云商店订单ID", "store order id"),
        FieldRule::mandatory("orderLineId", 64, "云商店订单行ID", "store order line id"),
        FieldRule::optional("testFlag", 2, "是否调试请求：1 是，默认 0", "debug request when 1, default 0"),
    ];

    /// Answer.
    pub const RESPONSE: &[FieldRule] = crate::saas_v2::fields::BASE_RESPONSE;
}
