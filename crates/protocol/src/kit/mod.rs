//! The joint-operation kit (联营kit): five calls of the store that carry enterprises, applications,
//! members and departments to the merchant, in two versions.
//!
//! The store builds a [`Request`], writes it with [`Request::to_body`] and signs the bytes with
//! [`x_sign::sign`] (V2.0) or [`auth_token::sign`] (V1.0). The merchant tells the version by the path
//! ([`Interface::of_path`]), never by content, checks with `verify_any` of the same module and reads
//! with [`Request::parse`]. The client secret inside is encrypted once more: [`client_secret`].

pub mod auth_token;
pub mod client_secret;
pub mod diagnosis;
pub mod fields;
mod interface;
mod member;
mod parse;
mod redact;
mod request;
mod write;
pub mod x_sign;

pub use crate::saas_v2::{BaseResponse, ResponseFailure, TestFlag, TextForm};
pub use interface::{Interface, Version};
pub use member::{Enable, OrgInfo, Role, User};
pub use redact::redacted;
pub use request::{AllOrgSync, ApplicationSync, AuthSync, Flag, Request, SingleOrgSync, TenantSync, normal_domain};

/// Most members one `authSync` carries; larger sets are split by the store. Source: kit D7.
pub const MAX_USERS_PER_CALL: usize = 500;

/// Request headers that go with every call. Source: kit §2.1.
pub const REQUEST_HEADERS: [(&str, &str); 2] =
    [("Accept", "application/json"), ("Content-Type", "application/json;charset=utf-8")];
