//! The seven requests as types, and how the store writes them.

use serde_json::{Map, Number, Value};

use super::activity::Activity;
use crate::json;
use crate::time::CompactTime;

/// A call of the store on a merchant's production address. Source: SaaS V2.0 §3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// 创建实例
    NewInstance(NewInstance),
    /// 查询实例信息
    QueryInstance(QueryInstance),
    /// 更新实例
    RefreshInstance(RefreshInstance),
    /// 更新实例状态
    UpdateInstanceStatus(UpdateInstanceStatus),
    /// 释放实例
    ReleaseInstance(ReleaseInstance),
    /// 实例升级
    UpgradeInstance(UpgradeInstance),
    /// 续费变更校验
    ChangeInstanceCheck(ChangeInstanceCheck),
}

/// Whether a call is a debug request. Source: SaaS V2.0 §3, decision D21.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TestFlag {
    /// The member is not there: a real call.
    #[default]
    Absent,
    /// `"0"`, an older way to say the same.
    Off,
    /// `"1"`: no side effects wanted.
    On,
}

/// Why an instance is refreshed. Source: SaaS V2.0 §3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scene {
    /// 试用转正
    TrialToFormal,
    /// 续费
    Renewal,
    /// 退续费
    UnsubscribeRenewalPeriod,
    /// 续费变更
    RenewalChange,
}

/// Wanted status of an instance. Source: SaaS V2.0 §3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstanceStatus {
    /// 冻结
    Freeze,
    /// 解冻
    Unfreeze,
}

/// `newInstance`. Source: SaaS V2.0 §3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInstance {
    /// Store order id.
    pub order_id: String,
    /// Store order line id.
    pub order_line_id: String,
    /// Different on every request, also on resends.
    pub business_id: String,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `queryInstance`. Source: SaaS V2.0 §3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryInstance {
    /// 1 to 100 ids.
    pub instance_ids: Vec<String>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `refreshInstance`. Source: SaaS V2.0 §3.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshInstance {
    /// Why.
    pub scene: Scene,
    /// Formal, renewal or unsubscription order (decision D11).
    pub order_id: String,
    /// Its line.
    pub order_line_id: String,
    /// The merchant's instance.
    pub instance_id: String,
    /// New product when the period type changed.
    pub product_id: Option<String>,
    /// New expiry.
    pub expire_time: CompactTime,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `updateInstanceStatus`. Source: SaaS V2.0 §3.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateInstanceStatus {
    /// The merchant's instance.
    pub instance_id: String,
    /// Freeze or unfreeze.
    pub status: InstanceStatus,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `releaseInstance`. Source: SaaS V2.0 §3.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseInstance {
    /// The merchant's instance.
    pub instance_id: String,
    /// Unsubscription order, when one triggered the release.
    pub order_id: Option<String>,
    /// Its line.
    pub order_line_id: Option<String>,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `upgradeInstance`. Source: SaaS V2.0 §3.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpgradeInstance {
    /// The merchant's instance, unchanged by the upgrade.
    pub instance_id: String,
    /// The upgrade order.
    pub order_id: String,
    /// Its line.
    pub order_line_id: String,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// `changeInstanceCheck`. Source: SaaS V2.0 §3.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeInstanceCheck {
    /// The merchant's instance.
    pub instance_id: String,
    /// Target product.
    pub product_info: ProductInfo,
    /// How `productInfo` stands in the body.
    pub product_info_form: ProductInfoForm,
    /// Debug request or real call.
    pub test_flag: TestFlag,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Target of a change (目标产品). Source: decision D13.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductInfo {
    /// Target product.
    pub product_id: String,
    /// Target specification.
    pub sku_code: String,
    /// Target total of the linear attribute.
    pub linear_value: Option<Number>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// How `productInfo` stands in the body. Source: decision D13.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProductInfoForm {
    /// A JSON object.
    #[default]
    Object,
    /// A text that holds the JSON object.
    Text,
}

impl TestFlag {
    /// Whether the call must have no side effects.
    pub fn is_debug(self) -> bool {
        self == Self::On
    }

    pub(crate) fn to_text(self) -> Option<&'static str> {
        match self {
            Self::Absent => None,
            Self::Off => Some("0"),
            Self::On => Some("1"),
        }
    }
}

impl Scene {
    /// All four.
    pub const ALL: [Self; 4] =
        [Self::TrialToFormal, Self::Renewal, Self::UnsubscribeRenewalPeriod, Self::RenewalChange];

    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TrialToFormal => "TRIAL_TO_FORMAL",
            Self::Renewal => "RENEWAL",
            Self::UnsubscribeRenewalPeriod => "UNSUBSCRIBE_RENEWAL_PERIOD",
            Self::RenewalChange => "RENEWAL_CHANGE",
        }
    }

    /// Reads the text on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| scene.as_str() == text)
    }
}

impl InstanceStatus {
    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "FREEZE",
            Self::Unfreeze => "UNFREEZE",
        }
    }

    /// Reads the text on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Freeze, Self::Unfreeze].into_iter().find(|status| status.as_str() == text)
    }
}

impl ProductInfo {
    /// The linear value as a whole number, when it is one.
    pub fn linear_integer(&self) -> Option<i64> {
        self.linear_value.as_ref().and_then(json::whole_number)
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = self.unknown.clone();
        members.insert("productId".into(), self.product_id.clone().into());
        members.insert("skuCode".into(), self.sku_code.clone().into());
        members.insert("linearValue".into(), self.linear_value.clone().map_or(Value::Null, Value::Number));
        json::sorted(json::dropping_nulls(members))
    }
}

impl Request {
    /// Which interface is called.
    pub fn activity(&self) -> Activity {
        match self {
            Self::NewInstance(_) => Activity::NewInstance,
            Self::QueryInstance(_) => Activity::QueryInstance,
            Self::RefreshInstance(_) => Activity::RefreshInstance,
            Self::UpdateInstanceStatus(_) => Activity::UpdateInstanceStatus,
            Self::ReleaseInstance(_) => Activity::ReleaseInstance,
            Self::UpgradeInstance(_) => Activity::UpgradeInstance,
            Self::ChangeInstanceCheck(_) => Activity::ChangeInstanceCheck,
        }
    }

    /// Debug request or real call.
    pub fn test_flag(&self) -> TestFlag {
        self.common().0
    }

    /// Members this version does not know.
    pub fn unknown(&self) -> &Map<String, Value> {
        self.common().1
    }

    /// The body in the form in which the store sends and signs it (decision D5): members ascending by
    /// name, also in our own nested objects, no nulls at any depth, compact.
    pub fn to_body(&self) -> String {
        let mut members = self.unknown().clone();
        let mut put = |name: &str, text: &str| {
            members.insert(name.to_owned(), Value::from(text));
        };
        put("activity", self.activity().as_str());
        if let Some(flag) = self.test_flag().to_text() {
            put("testFlag", flag);
        }
        match self {
            Self::NewInstance(new) => {
                put("orderId", &new.order_id);
                put("orderLineId", &new.order_line_id);
                put("businessId", &new.business_id);
            }
            Self::QueryInstance(query) => {
                put("instanceId", &query.instance_ids.join(","));
            }
            Self::RefreshInstance(refresh) => {
                put("scene", refresh.scene.as_str());
                put("orderId", &refresh.order_id);
                put("orderLineId", &refresh.order_line_id);
                put("instanceId", &refresh.instance_id);
                put("expireTime", &refresh.expire_time.to_string());
                refresh.product_id.iter().for_each(|id| put("productId", id));
            }
            Self::UpdateInstanceStatus(update) => {
                put("instanceId", &update.instance_id);
                put("status", update.status.as_str());
            }
            Self::ReleaseInstance(release) => {
                put("instanceId", &release.instance_id);
                release.order_id.iter().for_each(|id| put("orderId", id));
                release.order_line_id.iter().for_each(|id| put("orderLineId", id));
            }
            Self::UpgradeInstance(upgrade) => {
                put("instanceId", &upgrade.instance_id);
                put("orderId", &upgrade.order_id);
                put("orderLineId", &upgrade.order_line_id);
            }
            Self::ChangeInstanceCheck(check) => {
                put("instanceId", &check.instance_id);
                let product = check.product_info.members();
                let value = match check.product_info_form {
                    ProductInfoForm::Object => Value::Object(product),
                    ProductInfoForm::Text => Value::from(json::compact(&product)),
                };
                members.insert("productInfo".to_owned(), value);
            }
        }
        json::compact(&json::sorted(json::dropping_nulls(members)))
    }

    fn common(&self) -> (TestFlag, &Map<String, Value>) {
        match self {
            Self::NewInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::QueryInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::RefreshInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::UpdateInstanceStatus(inner) => (inner.test_flag, &inner.unknown),
            Self::ReleaseInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::UpgradeInstance(inner) => (inner.test_flag, &inner.unknown),
            Self::ChangeInstanceCheck(inner) => (inner.test_flag, &inner.unknown),
        }
    }
}
