//! The fixed words of orders. A word the tables do not know is kept as it came.

use std::fmt;

/// Kind of an order (订单类型). Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrderType {
    /// 新购
    New,
    /// 试用
    Trial,
    /// 试用转正
    TrialToFormal,
    /// 退订
    Unsubscribe,
    /// 续费
    Renew,
    /// 变更（升配、扩容）
    Change,
    /// Another word, as received.
    Other(String),
}

/// How a product is charged (计费模式). Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChargingMode {
    /// 按需
    OnDemand,
    /// 按次
    OneTime,
    /// 包周期
    Period,
    /// 按需套餐包
    OnDemandPackage,
    /// Another word, as received.
    Other(String),
}

/// Length of a period (周期类型). Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PeriodType {
    /// 年
    Year,
    /// 月
    Month,
    /// 天, for trials.
    Day,
    /// Another word, as received.
    Other(String),
}

impl OrderType {
    /// Reads the word.
    pub fn parse(text: &str) -> Self {
        let known = [Self::New, Self::Trial, Self::TrialToFormal, Self::Unsubscribe, Self::Renew, Self::Change];
        known.into_iter().find(|word| word.as_str() == text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::New => "NEW",
            Self::Trial => "TRIAL",
            Self::TrialToFormal => "TRIAL_TO_FORMAL",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::Renew => "RENEW",
            Self::Change => "CHANGE",
            Self::Other(text) => text,
        }
    }
}

impl ChargingMode {
    /// Reads the word.
    pub fn parse(text: &str) -> Self {
        let known = [Self::OnDemand, Self::OneTime, Self::Period, Self::OnDemandPackage];
        known.into_iter().find(|word| word.as_str() == text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::OnDemand => "ON_DEMAND",
            Self::OneTime => "ONE_TIME",
            Self::Period => "PERIOD",
            Self::OnDemandPackage => "ON_DEMAND_PKG",
            Self::Other(text) => text,
        }
    }
}

impl PeriodType {
    /// Reads the word.
    pub fn parse(text: &str) -> Self {
        let known = [Self::Year, Self::Month, Self::Day];
        known.into_iter().find(|word| word.as_str() == text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Display for OrderType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for ChargingMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for PeriodType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
