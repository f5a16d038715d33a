//! The usual mistakes of integrators, with their names.

use crate::wording::Wording;

/// A usual mistake that reproduces the presented `x-sign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XSignMistake {
    /// Timestamp before nonce.
    TimestampFirst,
    /// Text to sign without the leading access key.
    KeyNotInMessage,
    /// Body digest of the two-step form made with plain SHA-256.
    PlainDigest,
    /// Body digest of the two-step form in upper case.
    UpperCaseDigest,
    /// Plain SHA-256 instead of HMAC.
    UnkeyedHash,
    /// Signature in Base64.
    Base64Signature,
    /// The right signature, cut off or with something appended.
    WrongLength,
    /// Access key copied with a blank or line break.
    KeyWithBlank,
}

/// A usual mistake that reproduces the presented V1.0 token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthTokenMistake {
    /// Key without the timeStamp behind it.
    KeyWithoutTimestamp,
    /// Members in the order of the body.
    Unsorted,
    /// The JSON text signed instead of the joined members.
    JsonSigned,
    /// One member left out.
    MemberLeftOut,
    /// Token in hexadecimal.
    HexToken,
    /// Values percent-encoded before signing.
    EncodedValues,
    /// Key copied with a blank or line break.
    KeyWithBlank,
}

impl XSignMistake {
    /// Stable text of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::TimestampFirst => "mistake.timestamp_first",
            Self::KeyNotInMessage => "mistake.key_not_in_message",
            Self::PlainDigest => "mistake.plain_digest",
            Self::UpperCaseDigest => "mistake.upper_case_digest",
            Self::UnkeyedHash => "mistake.unkeyed_hash",
            Self::Base64Signature => "mistake.base64_signature",
            Self::WrongLength => "mistake.wrong_length",
            Self::KeyWithBlank => "mistake.key_with_blank",
        }
    }

    /// The mistake as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::TimestampFirst => {
                Wording::fixed("顺序应为 x-nonce 在前、x-timestamp 在后", "x-nonce comes first, then x-timestamp")
            }
            Self::KeyNotInMessage => {
                Wording::fixed("待签名串开头缺少 accessKey", "the text to sign must begin with the access key")
            }
            Self::PlainDigest => Wording::fixed(
                "请求体摘要用了普通 SHA-256，应为 HMAC-SHA256",
                "the body digest was made with plain SHA-256 instead of HMAC-SHA256",
            ),
            Self::UpperCaseDigest => {
                Wording::fixed("请求体摘要应为小写十六进制", "the body digest must be lower-case hexadecimal")
            }
            Self::UnkeyedHash => {
                Wording::fixed("用了普通 SHA-256，应为 HMAC-SHA256", "plain SHA-256 was used instead of HMAC-SHA256")
            }
            Self::Base64Signature => {
                Wording::fixed("签名应为十六进制，而不是 Base64", "the signature must be hexadecimal, not Base64")
            }
            Self::WrongLength => {
                Wording::fixed("签名被截断或多出字符", "the signature was cut off or has extra characters")
            }
            Self::KeyWithBlank => {
                Wording::fixed("密钥前后多了空白字符", "the access key was copied with a blank or line break")
            }
        }
    }
}

impl AuthTokenMistake {
    /// Stable text of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyWithoutTimestamp => "mistake.key_without_timestamp",
            Self::Unsorted => "mistake.unsorted",
            Self::JsonSigned => "mistake.json_signed",
            Self::MemberLeftOut => "mistake.member_left_out",
            Self::HexToken => "mistake.hex_token",
            Self::EncodedValues => "mistake.encoded_values",
            Self::KeyWithBlank => "mistake.key_with_blank",
        }
    }

    /// The mistake as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::KeyWithoutTimestamp => Wording::fixed(
                "HMAC 密钥应为 Key 加 timeStamp，而不是单独的 Key",
                "the MAC key is Key followed by timeStamp, not Key alone",
            ),
            Self::Unsorted => Wording::fixed("参数未按名称升序排列", "the members were not sorted by name"),
            Self::JsonSigned => Wording::fixed(
                "应对拼接后的参数签名，而不是 JSON 文本",
                "the joined members are signed, not the JSON text",
            ),
            Self::MemberLeftOut => Wording::fixed(
                "有参数未参与签名，所有顶层参数都要参与",
                "a member was left out; every top-level member takes part",
            ),
            Self::HexToken => {
                Wording::fixed("authToken 应为 Base64，而不是十六进制", "the token is Base64, not hexadecimal")
            }
            Self::EncodedValues => {
                Wording::fixed("签名前不应对值做 URL 编码", "the values must not be percent-encoded before signing")
            }
            Self::KeyWithBlank => {
                Wording::fixed("密钥前后多了空白字符", "the key was copied with a blank or line break")
            }
        }
    }
}
