//! SaaS V1.0 base interfaces: the store calls with GET, everything stands in the query.
//!
//! The store builds a [`Request`], turns it into [`Parameters`] with the time of this attempt, signs
//! and writes them with [`auth_token::signed_query`] and reads the answer with
//! [`NewInstanceResponse::parse`] and its siblings. The merchant checks with [`auth_token::verify_any`],
//! reads with [`Request::parse`] and writes answers with `to_json`, each with a Body-Sign
//! ([`crate::body_sign`]). Phone, mail and accounts travel encrypted: [`crate::cipher`].

mod account;
mod activity;
pub mod auth_token;
pub mod diagnosis;
mod extend_params;
pub mod fields;
mod parameters;
mod parse;
mod redact;
mod request;
mod response;
mod write;

pub use crate::saas_v2::{
    AppInfo, BaseResponse, InstanceInfo, MAX_INSTANCE_ID_CHARACTERS, MAX_QUERIED_INSTANCES, MAX_RESULT_MSG_CHARACTERS,
    ResponseFailure, TestFlag, TextForm, UsageInfo, redacted,
};
pub use account::{Account, decrypt_account, encrypt_account};
pub use activity::Activity;
pub use extend_params::ExtendParams;
pub use parameters::{DecodeFailure, MAX_PARAMETERS, Parameters, Reading, encoded};
pub use redact::redacted_query;
pub use request::{
    ChangeStatus, ExpireInstance, LinearValues, NewInstance, QueryInstance, RefreshInstance, ReleaseInstance, Request,
    ResourceStatus, TrialFlag, Upgrade,
};
pub use response::{NewInstanceResponse, QueryInstanceResponse};

/// Request headers that go with every call. Source: SaaS V1.0 §1.2.
pub const REQUEST_HEADERS: [(&str, &str); 1] = [("Accept", "application/json")];
