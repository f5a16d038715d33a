//! Body-Sign: the signature a merchant puts on its answer.
//!
//! Source: SaaS V2.0 §2.5 (optional there, decision D1), SaaS V1.0 §2.3 (rules of the header).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::digest::{equal, hmac_sha256};
use crate::wording::Wording;

/// Name of the header; the real store reads the letter case as shown.
pub const HEADER_NAME: &str = "Body-Sign";

const SIGN_TYPE: &str = "HMAC-SHA256";

/// What a look at the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No header: nothing to check in V2.
    Absent,
    /// Right key, exactly these bytes.
    Valid,
    /// The header does not have the documented form.
    Malformed,
    /// Well formed, made with another key or over other bytes.
    Wrong,
}

impl Verdict {
    /// Stable text of the verdict.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent => "body_sign.absent",
            Self::Valid => "body_sign.valid",
            Self::Malformed => "body_sign.malformed",
            Self::Wrong => "body_sign.wrong",
        }
    }

    /// The verdict as a sentence.
    pub fn wording(&self) -> Wording {
        match self {
            Self::Absent => Wording::fixed("响应未携带 Body-Sign", "the answer carries no Body-Sign"),
            Self::Valid => Wording::fixed("Body-Sign 正确", "Body-Sign is right"),
            Self::Malformed => Wording::fixed(
                "Body-Sign 格式错误，应为 sign_type=\"HMAC-SHA256\", signature=\"…\"",
                "Body-Sign is malformed; expected sign_type=\"HMAC-SHA256\", signature=\"…\"",
            ),
            Self::Wrong => Wording::fixed(
                "Body-Sign 与响应体不符（密钥不同，或签名的不是实际发送的字节）",
                "Body-Sign does not fit the body (another key, or other bytes than those sent were signed)",
            ),
        }
    }
}

/// The Base64 signature of `body`.
pub fn signature(access_key: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(access_key.as_bytes(), &[body]))
}

/// The header value for `body`, in the strict form.
pub fn header_value(access_key: &str, body: &[u8]) -> String {
    format!("sign_type=\"{SIGN_TYPE}\", signature=\"{}\"", signature(access_key, body))
}

/// Checks a received header against the exact bytes of the body.
pub fn verify(access_key: &str, body: &[u8], header: Option<&str>) -> Verdict {
    let Some(header) = header else { return Verdict::Absent };
    let Some((sign_type, presented)) = parse(header) else { return Verdict::Malformed };
    if !sign_type.eq_ignore_ascii_case(SIGN_TYPE) {
        return Verdict::Malformed;
    }
    if equal(presented, &signature(access_key, body)) { Verdict::Valid } else { Verdict::Wrong }
}

/// Reads `sign_type="…", signature="…"`; blanks around `=` and `,` are free, the quotes are not.
fn parse(header: &str) -> Option<(&str, &str)> {
    let (sign_type, rest) = quoted_member(header, "sign_type")?;
    let rest = rest.trim_start().strip_prefix(',')?;
    let (signature, rest) = quoted_member(rest, "signature")?;
    rest.trim().is_empty().then_some((sign_type, signature))
}

fn quoted_member<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let after_name = text.trim_start().strip_prefix(name)?;
    let after_equals = after_name.trim_start().strip_prefix('=')?;
    after_equals.trim_start().strip_prefix('"')?.split_once('"')
}
