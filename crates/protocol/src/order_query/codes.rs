//! Error table of the open APIs. Source: open APIs §3.1, decision D1.

use crate::wording::Wording;

/// Result code of an open API; the published copies differ only in the prefix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MktCode {
    /// `.0000`
    Success,
    /// `.0999`
    InternalError,
    /// `.0100`: out of range, illegal value, unknown order.
    BadInput,
    /// `.0101`: surplus or missing parameter.
    InvalidParameter,
    /// `.0199`
    RequestError,
    /// `.0150`: the product belongs to another merchant.
    IllegalOperation,
    /// `.0151`
    NoAuthority,
    /// `.0154`
    IllegalToken,
    /// `.0250`
    TooFrequent,
    /// `.9001`
    InstanceNotFound,
    /// `.9002`
    InvalidUsage,
    /// `.9003`
    TooManyRecords,
    /// `.9004`
    RecordTooOld,
    /// Another code, as received.
    Other(String),
}

/// Which of the two prefixes is written (`store.openapi.code_prefix`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodePrefix {
    /// `MKT.`
    #[default]
    Mkt,
    /// `CBC.`
    Cbc,
}

struct Entry {
    code: MktCode,
    digits: &'static str,
    http_status: u16,
    message: &'static str,
    extra_info: bool,
    meaning: Wording,
}

impl Entry {
    const fn new(
        code: MktCode,
        digits: &'static str,
        http_status: u16,
        message: &'static str,
        meaning: Wording,
    ) -> Self {
        Self { code, digits, http_status, message, extra_info: false, meaning }
    }

    /// The answer carries `extra_info`.
    const fn detailed(mut self) -> Self {
        self.extra_info = true;
        self
    }
}

const TABLE: &[Entry] = &[
    Entry::new(MktCode::Success, "0000", 200, "Success", Wording::fixed("成功", "success")),
    Entry::new(
        MktCode::InternalError,
        "0999",
        500,
        "System internal error.",
        Wording::fixed("系统内部错误", "internal error of the store"),
    ),
    Entry::new(
        MktCode::BadInput,
        "0100",
        500,
        "Failure of input parameter",
        Wording::fixed("输入参数错误或订单不存在", "illegal value, or the order is unknown"),
    )
    .detailed(),
    Entry::new(
        MktCode::InvalidParameter,
        "0101",
        400,
        "Invalid parameter",
        Wording::fixed("参数多余或缺少必填参数", "surplus parameter or missing mandatory one"),
    ),
    Entry::new(
        MktCode::RequestError,
        "0199",
        400,
        "Request parameter error",
        Wording::fixed("请求参数错误", "other request error"),
    ),
    Entry::new(
        MktCode::IllegalOperation,
        "0150",
        401,
        "Illegal operation",
        Wording::fixed("商品不是该商家发布的", "the product was not published by this merchant"),
    )
    .detailed(),
    Entry::new(
        MktCode::NoAuthority,
        "0151",
        401,
        "No authority",
        Wording::fixed("令牌不是商家角色", "the token is not of a merchant role"),
    ),
    Entry::new(MktCode::IllegalToken, "0154", 401, "Illegal token", Wording::fixed("令牌不合法", "illegal token")),
    Entry::new(
        MktCode::TooFrequent,
        "0250",
        406,
        "Access frequency overlimit",
        Wording::fixed("访问频率超限", "called too often"),
    )
    .detailed(),
    Entry::new(
        MktCode::InstanceNotFound,
        "9001",
        500,
        "Instance ID not found.",
        Wording::fixed("实例ID不存在", "unknown instance"),
    )
    .detailed(),
    Entry::new(
        MktCode::InvalidUsage,
        "9002",
        500,
        "Invalid usage enties.",
        Wording::fixed("话单不合法", "invalid usage records"),
    )
    .detailed(),
    Entry::new(
        MktCode::TooManyRecords,
        "9003",
        500,
        "Usage records extends size limit.",
        Wording::fixed("话单条数超限", "too many usage records"),
    ),
    Entry::new(
        MktCode::RecordTooOld,
        "9004",
        500,
        "Record beginTime extends Limit.",
        Wording::fixed("话单开始时间超出允许范围", "a usage record is too old"),
    )
    .detailed(),
];

impl MktCode {
    /// Reads a code with either prefix, blanks after the dot included (one printed copy has one).
    pub fn parse(text: &str) -> Self {
        let digits = text
            .trim()
            .split_once('.')
            .filter(|(prefix, _)| ["MKT", "CBC"].contains(prefix))
            .map(|(_, digits)| digits.trim());
        TABLE
            .iter()
            .find(|entry| Some(entry.digits) == digits)
            .map_or_else(|| Self::Other(text.trim().to_owned()), |entry| entry.code.clone())
    }

    /// The code with a prefix, for example `MKT.0000`.
    pub fn to_text(&self, prefix: CodePrefix) -> String {
        match (self, self.entry(), prefix) {
            (Self::Other(text), _, _) => text.clone(),
            (_, Some(entry), CodePrefix::Mkt) => format!("MKT.{}", entry.digits),
            (_, Some(entry), CodePrefix::Cbc) => format!("CBC.{}", entry.digits),
            (_, None, _) => String::new(),
        }
    }

    /// HTTP status of the answer.
    pub fn http_status(&self) -> u16 {
        self.entry().map_or(500, |entry| entry.http_status)
    }

    /// Documented text.
    pub fn message(&self) -> &'static str {
        self.entry().map_or("unknown code", |entry| entry.message)
    }

    /// Whether the answer carries `extra_info`.
    pub fn has_extra_info(&self) -> bool {
        self.entry().is_some_and(|entry| entry.extra_info)
    }

    /// What the code means, for people.
    pub fn meaning(&self) -> Wording {
        self.entry().map_or(Wording::fixed("未知错误码", "unknown code"), |entry| entry.meaning.clone())
    }

    /// Every code of the table.
    pub fn all() -> impl Iterator<Item = MktCode> {
        TABLE.iter().map(|entry| entry.code.clone())
    }

    fn entry(&self) -> Option<&'static Entry> {
        TABLE.iter().find(|entry| entry.code == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_prefixes_and_the_printed_blank_are_read() {
        assert_eq!(MktCode::parse("CBC.0150"), MktCode::IllegalOperation);
        assert_eq!(MktCode::parse("MKT. 0250"), MktCode::TooFrequent);
        assert_eq!(MktCode::parse("CBC.91380150"), MktCode::Other("CBC.91380150".to_owned()));
        for code in MktCode::all() {
            for prefix in [CodePrefix::Mkt, CodePrefix::Cbc] {
                assert_eq!(MktCode::parse(&code.to_text(prefix)), code);
            }
        }
    }
}
