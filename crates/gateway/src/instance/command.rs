//! What can be asked of an instance, whichever protocol version or page asked.

use mercer_kernel::clock::Instant;
use mercer_protocol::saas_v2::{AppInfo, Scene};
use serde::{Deserialize, Serialize};

use crate::inbound::Family;

/// One request to change or check an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// 创建实例 (Source: SaaS V2.0 §3.1).
    New(NewInstance),
    /// 更新实例 (Source: SaaS V2.0 §3.3).
    Refresh(Refresh),
    /// 更新实例状态 (Source: SaaS V2.0 §3.4).
    SetStatus(StatusChange),
    /// 释放实例 (Source: SaaS V2.0 §3.5).
    Release {
        /// The unsubscription order, empty when the instance merely ran out.
        order_id: String,
        /// Its line.
        order_line_id: String,
    },
    /// 实例升级 (Source: SaaS V2.0 §3.6).
    Upgrade {
        /// The new upgrade order.
        order_id: String,
        /// Its line; empty where the protocol names none.
        order_line_id: String,
        /// What the instance becomes, where the call itself says so.
        specification: Option<Specification>,
    },
    /// 续费变更校验 (Source: SaaS V2.0 §3.7).
    CheckChange(Specification),
    /// The app, or a person, hands out the information for the buyer.
    AppInfo,
    /// The app, or a person, says that it cannot be opened.
    Fail(Failure),
}

/// First call for an order line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstance {
    /// Which family asks.
    pub family: Family,
    /// Store order id.
    pub order_id: String,
    /// Store order line id; SaaS V1.0 has none, and the product id where one order opens several instances.
    pub order_line_id: String,
    /// The store's id of this call; becomes the instance id when the call is the first.
    pub business_id: String,
    /// What was bought, as far as the call itself says.
    pub bought: Bought,
}

/// What a first call says about the purchase; in SaaS V2.0 nothing, the order says it later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bought {
    /// Product and linear attribute.
    pub specification: Specification,
    /// `PERIOD`, `ONE_TIME`, `ON_DEMAND`, `ON_DEMAND_PKG`.
    pub charging_mode: String,
    /// `year`, `month`.
    pub period_type: String,
    /// How many periods.
    pub period_number: Option<i64>,
    /// Computed expiry, for reference only.
    pub expire_time: Option<Instant>,
    /// Whether it is a trial.
    pub trial: bool,
    /// Bit length the product's personal data are encrypted with, when the call shows it.
    pub encryption_bits: Option<i64>,
    /// When the buyer confirmed the acceptance (验收); billing starts then (Source: SaaS V1.0 §3.1).
    pub acceptance_time: Option<Instant>,
}

/// A new expiry and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// Why.
    pub scene: Scene,
    /// The order behind it.
    pub order_id: String,
    /// Its line.
    pub order_line_id: String,
    /// New product id, when the period type changed.
    pub product_id: Option<String>,
    /// The new expiry.
    pub expire_time: Instant,
    /// Who tells that the instance freezes or comes back.
    pub freezing: Freezing,
}

/// Whether a new expiry also freezes or unfreezes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Freezing {
    /// The store tells it in a call of its own (SaaS V2.0).
    ToldApart,
    /// The expiry decides: SaaS V1.0 has no call that unfreezes a period product, and a cancelled renewal may
    /// end in the past (Source: SaaS V1.0 §1.4, decision D26).
    ByExpiry,
}

/// Freeze or unfreeze.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusChange {
    /// 冻结.
    Freeze,
    /// 解冻.
    Unfreeze,
}

/// What is bought.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Specification {
    /// Product id: one per SKU and period type; empty when unknown.
    pub product_id: String,
    /// Specification id; empty when unknown.
    pub sku_code: String,
    /// Total of the linear attribute (for example seats).
    pub linear_value: Option<i64>,
}

/// A field of an [`AppInfo`] that the store would not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppInfoFault {
    /// A mandatory field is empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field is longer than the protocol allows.
    #[error("{field} has {length} characters, at most {limit} are allowed")]
    TooLong {
        /// Its name.
        field: &'static str,
        /// Its length in Unicode characters (decision D31).
        length: usize,
        /// The protocol's maximum.
        limit: usize,
    },
    /// An address is not an absolute http(s) address.
    #[error("{0} is not an absolute http or https address")]
    NotAnAddress(&'static str),
}

impl AppInfoFault {
    /// The field it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Missing(field) | Self::TooLong { field, .. } | Self::NotAnAddress(field) => field,
        }
    }
}

/// Checks lengths and addresses of an app's information before it is kept.
///
/// # Errors
/// The first field the store would not take.
pub fn check_app_info(info: &AppInfo) -> Result<(), AppInfoFault> {
    let lengths = [
        ("frontEndUrl", &info.front_end_url, 512),
        ("adminUrl", &info.admin_url, 512),
        ("userName", &info.user_name, 128),
        ("password", &info.password, 128),
        ("memo", &info.memo, 1_024),
    ];
    if !has_address(info) {
        return Err(AppInfoFault::Missing("frontEndUrl"));
    }
    for (field, value, limit) in lengths {
        let length = value.as_ref().map_or(0, |text| text.chars().count());
        if length > limit {
            return Err(AppInfoFault::TooLong { field, length, limit });
        }
    }
    for (field, value) in [("frontEndUrl", &info.front_end_url), ("adminUrl", &info.admin_url)] {
        let is_address = |text: &String| {
            url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        };
        if value.as_ref().is_some_and(|text| !text.is_empty() && !is_address(text)) {
            return Err(AppInfoFault::NotAnAddress(field));
        }
    }
    Ok(())
}

/// Whether the information names an address at all.
pub(crate) fn has_address(info: &AppInfo) -> bool {
    info.front_end_url.as_ref().is_some_and(|text| !text.trim().is_empty())
}

/// Why an instance cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Failure {
    /// For the buyer and the store (it becomes `resultMsg`).
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_info_is_checked_at_the_limit_and_one_past_it() {
        let with_memo = |length: usize| AppInfo {
            front_end_url: Some("https://app.example.com".to_owned()),
            memo: Some("你".repeat(length)),
            ..AppInfo::default()
        };
        assert_eq!(check_app_info(&with_memo(1_024)), Ok(()));
        let fault = check_app_info(&with_memo(1_025)).unwrap_err();
        assert_eq!(fault, AppInfoFault::TooLong { field: "memo", length: 1_025, limit: 1_024 });
    }

    #[test]
    fn an_address_must_be_absolute() {
        let info = AppInfo { front_end_url: Some("app.example.com/login".to_owned()), ..AppInfo::default() };
        assert_eq!(check_app_info(&info), Err(AppInfoFault::NotAnAddress("frontEndUrl")));
        assert_eq!(check_app_info(&AppInfo::default()), Err(AppInfoFault::Missing("frontEndUrl")));
    }
}
