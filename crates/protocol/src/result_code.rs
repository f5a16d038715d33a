//! Result codes (调用结果码): what a merchant answers to the store.
//!
//! Source: SaaS V2.0 §4. A code the tables do not know is kept as it came, so that an operator can see
//! what a merchant really answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::wording::Wording;

/// A result code (调用结果码), six digits. Source: SaaS V2.0 §4.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ResultCode {
    /// `000000`
    Success,
    /// `000001`
    AuthenticationFailed,
    /// `000002`
    InvalidParameter,
    /// `000003`
    UnknownInstance,
    /// `000004`: provisioning goes on, ask again.
    Processing,
    /// `000005`
    OtherError,
    /// `000100`
    NoResource,
    /// `000101`
    MobileNumber,
    /// `000102`
    Email,
    /// `000103`
    NotBuyableAgain,
    /// `000104`
    ProductServiceError,
    /// `000105`
    BenefitOwned,
    /// `000106`
    SoldOut,
    /// `000107`
    EmailDomain,
    /// A code outside the tables, as received.
    Other(String),
}

struct Entry {
    code: ResultCode,
    text: &'static str,
    message: &'static str,
    meaning: Wording,
}

const fn entry(
    code: ResultCode,
    text: &'static str,
    message: &'static str,
    zh: &'static str,
    en: &'static str,
) -> Entry {
    Entry { code, text, message, meaning: Wording::fixed(zh, en) }
}

const TABLE: &[Entry] = &[
    entry(ResultCode::Success, "000000", "success.", "成功", "success"),
    entry(ResultCode::AuthenticationFailed, "000001", "token is invalid", "鉴权失败", "authentication failed"),
    entry(ResultCode::InvalidParameter, "000002", "param is invalid", "请求参数不合法", "invalid request parameter"),
    entry(ResultCode::UnknownInstance, "000003", "instance is invalid", "实例ID不存在", "instance id does not exist"),
    entry(ResultCode::Processing, "000004", "request is processing", "请求处理中", "request being processed"),
    entry(ResultCode::OtherError, "000005", "other inner error", "其它服务内部错误", "other internal error"),
    entry(
        ResultCode::NoResource,
        "000100",
        "no available resource",
        "无可用实例资源分配",
        "no instance resource available",
    ),
    entry(
        ResultCode::MobileNumber,
        "000101",
        "mobile phone is empty or duplicate",
        "手机号为空或重复",
        "mobile number empty or duplicate",
    ),
    entry(ResultCode::Email, "000102", "email is empty or duplicate", "邮箱为空或重复", "e-mail empty or duplicate"),
    entry(
        ResultCode::NotBuyableAgain,
        "000103",
        "product cannot be bought again",
        "商品不允许重复购买",
        "product may not be bought again",
    ),
    entry(
        ResultCode::ProductServiceError,
        "000104",
        "product service error",
        "商品服务内部错误",
        "internal service error of the product",
    ),
    entry(
        ResultCode::BenefitOwned,
        "000105",
        "benefit already owned",
        "账号已购买过该权益，不能再次开通",
        "account already bought the benefit, cannot be opened again",
    ),
    entry(ResultCode::SoldOut, "000106", "sold out", "商品资源已售罄", "product resources sold out"),
    entry(
        ResultCode::EmailDomain,
        "000107",
        "email domain is duplicate",
        "SaaS邮箱域名重复",
        "SaaS e-mail domain duplicate",
    ),
];

impl ResultCode {
    /// Reads a code; an unknown one is kept.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        TABLE
            .iter()
            .find(|entry| entry.text == text)
            .map_or_else(|| Self::Other(text.to_owned()), |entry| entry.code.clone())
    }

    /// The code as it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(text) => text,
            known => known.entry().map_or("", |entry| entry.text),
        }
    }

    /// The `resultMsg` that goes with the code when nothing more precise is known.
    pub fn default_message(&self) -> &'static str {
        self.entry().map_or("unknown result code", |entry| entry.message)
    }

    /// The `resultMsg` that says what exactly is wrong.
    pub(crate) fn message_with(&self, wording: &Wording) -> String {
        format!("{}: {}", self.default_message(), wording.en)
    }

    /// What the code means, for people.
    pub fn meaning(&self) -> Wording {
        self.entry().map_or(Wording::fixed("未知结果码", "unknown result code"), |entry| entry.meaning.clone())
    }

    /// Whether this is `000000`.
    pub fn is_success(&self) -> bool {
        *self == Self::Success
    }

    /// Every code of the tables, in their order.
    pub fn all() -> impl Iterator<Item = ResultCode> {
        TABLE.iter().map(|entry| entry.code.clone())
    }

    fn entry(&self) -> Option<&'static Entry> {
        TABLE.iter().find(|entry| entry.code == *self)
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl From<String> for ResultCode {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<ResultCode> for String {
    fn from(code: ResultCode) -> Self {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_reads_back_as_itself() {
        for code in ResultCode::all() {
            assert_eq!(ResultCode::parse(code.as_str()), code);
            assert_eq!(code.as_str().len(), 6);
            assert!(!code.default_message().is_empty());
        }
    }

    #[test]
    fn an_unknown_code_is_kept_as_text() {
        let code = ResultCode::parse("000999");
        assert_eq!(code, ResultCode::Other("000999".to_owned()));
        assert_eq!(code.to_string(), "000999");
        assert!(!code.is_success());
    }
}
