//! SaaS V2.0 base interfaces (基础接口): the store calls, the merchant answers.
//!
//! The store builds a [`Request`], writes it with [`Request::to_body`], signs the bytes with
//! [`signature::sign`] and reads the answer with [`NewInstanceResponse::parse`] and its siblings. The
//! merchant checks with [`signature::verify`], reads with [`Request::parse`] and writes answers with
//! `to_json`.

mod activity;
mod app_info;
pub mod diagnosis;
pub mod fields;
mod parse;
mod redact;
mod request;
mod response;
pub mod signature;

pub use crate::parse_refusal::{ParseReason, ParseRefusal};
pub use activity::Activity;
pub use app_info::{AppInfo, InstanceInfo, UsageInfo};
pub use redact::redacted;
pub use request::{
    ChangeInstanceCheck, InstanceStatus, NewInstance, ProductInfo, ProductInfoForm, QueryInstance, RefreshInstance,
    ReleaseInstance, Request, Scene, TestFlag, UpdateInstanceStatus, UpgradeInstance,
};
pub use response::{BaseResponse, NewInstanceResponse, QueryInstanceResponse, ResponseFailure, TextForm};
pub(crate) use response::{head, read_head, write};

/// Most instances one `queryInstance` may ask for. Source: SaaS V2.0 §3.2, decision D19.
pub const MAX_QUERIED_INSTANCES: usize = 100;

/// Most characters of one instance id. Source: SaaS V2.0 §3.1.
pub const MAX_INSTANCE_ID_CHARACTERS: usize = 64;

/// Most characters of a `resultMsg`. Source: SaaS V2.0 §3.
pub const MAX_RESULT_MSG_CHARACTERS: usize = 255;

/// Request headers that go with every call. Source: SaaS V2.0 §2.2.
pub const REQUEST_HEADERS: [(&str, &str); 2] =
    [("Accept", "application/json"), ("Content-Type", "application/json;charset=utf8")];
