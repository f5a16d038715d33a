//! SDK-HMAC-SHA256 (AK/SK): how a merchant signs calls of the store's open APIs, and how the store
//! checks them.
//!
//! Source: open APIs §2. The signer is [`sign()`]; the verifier works in two phases, because the secret
//! lies in the caller's database: [`read()`] does every check that needs no secret and names the access
//! key id, [`Presented::check`] compares.

pub mod canonical;
mod gateway_error;
mod refusal;
mod sign;
mod verify;

pub use gateway_error::{APIGW_FAULTS, ApigwFault, GatewayError};
pub use refusal::{Refusal, Step};
pub use sign::{Credentials, RequestToSign, SignedRequest, sign};
pub use verify::{Hosts, Presented, Received, Settings, SkewCode, UnsignedPayload, read};

/// Name of the scheme, first word of the `Authorization` header. Source: open APIs §2.1.
pub const SCHEME: &str = "SDK-HMAC-SHA256";

/// Header with the time of the request.
pub const DATE_HEADER: &str = "X-Sdk-Date";

/// Header that announces the hash of the body, or that the body is not signed.
pub const CONTENT_HASH_HEADER: &str = "X-Sdk-Content-Sha256";

/// Value of [`CONTENT_HASH_HEADER`] for a body that is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// SHA-256 of an empty body. Source: open APIs §2.1.
pub const EMPTY_BODY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// How far `x-sdk-date` may differ from the time of receipt. Source: open APIs §1.6.
pub const MAX_SKEW_SECONDS: i64 = 900;
