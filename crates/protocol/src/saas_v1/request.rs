//! The seven requests as types.

use std::fmt;

use serde_json::Number;

use super::TestFlag;
use super::activity::Activity;
use super::extend_params::ExtendParams;
use super::parameters::Parameters;
use crate::order_query::{ChargingMode, PeriodType};
use crate::redact::MASK;
use crate::time::CompactTime;

/// A call of the store on a merchant's production address. Source: SaaS V1.0 §3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// 新购商品
    NewInstance(Box<NewInstance>),
    /// 商品续费
    RefreshInstance(RefreshInstance),
    /// 商品过期
    ExpireInstance(ExpireInstance),
    /// 商品资源释放
    ReleaseInstance(ReleaseInstance),
    /// 商品升级
    Upgrade(Upgrade),
    /// 资源状态变更
    InstanceStatus(ChangeStatus),
    /// 查询实例信息
    QueryInstance(QueryInstance),
}

/// Whether an instance is a trial (试用). Source: SaaS V1.0 §3.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TrialFlag {
    /// The parameter is not there: no trial.
    #[default]
    Absent,
    /// `0`
    No,
    /// `1`
    Yes,
}

/// Wanted status of a resource. Source: SaaS V1.0 §3.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceStatus {
    /// 冻结
    Freeze,
    /// 解冻
    Normal,
}

/// Values of the linear attributes (线性属性). Source: SaaS V1.0 §3.1, decision D10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LinearValues {
    /// Quantity.
    pub amount: Option<i64>,
    /// Disk size, GB.
    pub disk_size: Option<i64>,
    /// Bandwidth, Mbps.
    pub band_width: Option<i64>,
}

/// `newInstance`. Source: SaaS V1.0 §3.1.
#[derive(Clone, PartialEq, Eq)]
pub struct NewInstance {
    /// The buyer's account id.
    pub customer_id: String,
    /// The buyer's account name (decision D9: not required).
    pub customer_name: Option<String>,
    /// IAM sub-user id.
    pub user_id: Option<String>,
    /// IAM sub-user name.
    pub user_name: Option<String>,
    /// Mobile number, still encrypted.
    pub mobile_phone: Option<String>,
    /// E-mail address, still encrypted.
    pub email: Option<String>,
    /// Different on every request, also on retries.
    pub business_id: String,
    /// Store order id.
    pub order_id: String,
    /// Specification (decision D9: not required).
    pub sku_code: Option<String>,
    /// Product.
    pub product_id: String,
    /// Trial or not.
    pub trial_flag: TrialFlag,
    /// Expiry, only indicative.
    pub expire_time: Option<CompactTime>,
    /// How it is charged.
    pub charging_mode: Option<ChargingMode>,
    /// Extended parameters.
    pub extend_params: Option<ExtendParams>,
    /// Linear attributes.
    pub linear: LinearValues,
    /// Year or month.
    pub period_type: Option<PeriodType>,
    /// How many of them.
    pub period_number: Option<i64>,
    /// Amount paid, number text as received.
    pub order_amount: Option<Number>,
    /// How the instance is opened (商品实例开通方式); values undocumented (decision D11).
    pub provision_type: Option<i64>,
    /// Acceptance by the buyer, the start of billing; there = acceptance re-call (decision D24).
    pub acceptance_time: Option<CompactTime>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// `refreshInstance`. Source: SaaS V1.0 §3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshInstance {
    /// Order of the renewal or of its refund.
    pub order_id: String,
    /// The merchant's instance.
    pub instance_id: String,
    /// New product when the period type changed.
    pub product_id: Option<String>,
    /// New expiry; earlier than before for a refund (decision D26).
    pub expire_time: CompactTime,
    /// Trial becomes formal; see [`RefreshInstance::is_conversion`].
    pub trial_to_formal: Option<String>,
    /// Year or month.
    pub period_type: Option<PeriodType>,
    /// How many of them.
    pub period_number: Option<i64>,
    /// Amount paid; negative for a refund.
    pub order_amount: Option<Number>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// `expireInstance`. Source: SaaS V1.0 §3.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpireInstance {
    /// The merchant's instance.
    pub instance_id: String,
    /// Order of the purchase (decision D18: not required).
    pub order_id: Option<String>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// `releaseInstance`. Source: SaaS V1.0 §3.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseInstance {
    /// The merchant's instance.
    pub instance_id: String,
    /// Order of the purchase (decision D18: not required).
    pub order_id: Option<String>,
    /// Amount refunded.
    pub order_amount: Option<Number>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// `upgrade`. Source: SaaS V1.0 §3.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The merchant's instance, unchanged by the upgrade.
    pub instance_id: String,
    /// Order of the upgrade.
    pub order_id: String,
    /// Specification afterwards.
    pub sku_code: String,
    /// Product afterwards.
    pub product_id: String,
    /// New totals of the linear attributes.
    pub linear: LinearValues,
    /// Extended parameters (decision D25).
    pub extend_params: Option<ExtendParams>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// `instanceStatus`. Source: SaaS V1.0 §3.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeStatus {
    /// The merchant's pay-per-use instance.
    pub instance_id: String,
    /// Freeze or unfreeze.
    pub status: ResourceStatus,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// `queryInstance`. Source: SaaS V1.0 §3.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryInstance {
    /// 1 to 100 ids.
    pub instance_ids: Vec<String>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Parameters this version does not know.
    pub unknown: Parameters,
}

/// Personal data must not reach a log by way of `{:?}`.
impl fmt::Debug for NewInstance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |value: &Option<String>| value.as_ref().map(|_| MASK);
        formatter
            .debug_struct("NewInstance")
            .field("customer_id", &self.customer_id)
            .field("business_id", &self.business_id)
            .field("order_id", &self.order_id)
            .field("product_id", &self.product_id)
            .field("mobile_phone", &hidden(&self.mobile_phone))
            .field("email", &hidden(&self.email))
            .field("user_name", &hidden(&self.user_name))
            .field("acceptance_time", &self.acceptance_time)
            .finish_non_exhaustive()
    }
}

impl TrialFlag {
    /// Whether the instance is a trial.
    pub fn is_trial(self) -> bool {
        self == Self::Yes
    }

    pub(super) fn to_text(self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::No => Some("0".to_owned()),
            Self::Yes => Some("1".to_owned()),
        }
    }
}

impl ResourceStatus {
    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "FREEZE",
            Self::Normal => "NORMAL",
        }
    }

    /// Reads the text on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Freeze, Self::Normal].into_iter().find(|status| status.as_str() == text)
    }
}

impl RefreshInstance {
    /// Whether a trial becomes formal: any value except `0` (decision D28).
    pub fn is_conversion(&self) -> bool {
        self.trial_to_formal.as_deref().is_some_and(|value| value.trim() != "0")
    }
}

impl Request {
    /// Which interface is called.
    pub fn activity(&self) -> Activity {
        match self {
            Self::NewInstance(_) => Activity::NewInstance,
            Self::RefreshInstance(_) => Activity::RefreshInstance,
            Self::ExpireInstance(_) => Activity::ExpireInstance,
            Self::ReleaseInstance(_) => Activity::ReleaseInstance,
            Self::Upgrade(_) => Activity::Upgrade,
            Self::InstanceStatus(_) => Activity::InstanceStatus,
            Self::QueryInstance(_) => Activity::QueryInstance,
        }
    }

    /// Debug request or real call.
    pub fn test_flag(&self) -> TestFlag {
        self.common().0
    }

    /// Parameters this version does not know.
    pub fn unknown(&self) -> &Parameters {
        self.common().1
    }

    fn common(&self) -> (TestFlag, &Parameters) {
        match self {
            Self::NewInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::RefreshInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::ExpireInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::ReleaseInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::Upgrade(inner) => (inner.test_flag, &inner.unknown),
            Self::InstanceStatus(inner) => (inner.test_flag, &inner.unknown),
            Self::QueryInstance(inner) => (inner.test_flag, &inner.unknown),
        }
    }
}
