//! The families of calls (协议族) that meet at one production address.

use serde::{Deserialize, Serialize};

use crate::merchant::InterfaceType;

/// Which document a call follows; the code stands in the database, in our APIs and in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// SaaS V2.0 base interfaces: POST, told by `activity`.
    SaasV2,
    /// SaaS V1.0 base interfaces: GET with query parameters.
    SaasV1,
    /// Kit V2.0: POST below `/produceAPI/v2/`.
    KitV2,
    /// Kit V1.0: POST below `/produceAPI/`.
    KitV1,
    /// Order notification (订单通知): POST, `activity` `orderNotify`.
    OrderNotification,
}

impl Family {
    /// Every family, for filters and tests.
    pub const ALL: [Self; 5] = [Self::SaasV2, Self::SaasV1, Self::KitV2, Self::KitV1, Self::OrderNotification];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SaasV2 => "saas_v2",
            Self::SaasV1 => "saas_v1",
            Self::KitV2 => "kit_v2",
            Self::KitV1 => "kit_v1",
            Self::OrderNotification => "order_notification",
        }
    }

    /// Which keys its calls are signed with. V1.0 knows one Key for base and kit (Source: SaaS V1.0 §2.1).
    #[must_use]
    pub const fn interface_type(self) -> InterfaceType {
        match self {
            Self::SaasV2 => InterfaceType::Base,
            Self::SaasV1 | Self::KitV1 => InterfaceType::SaasV1,
            Self::KitV2 => InterfaceType::Kit,
            Self::OrderNotification => InterfaceType::General,
        }
    }
}

impl std::str::FromStr for Family {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|family| family.as_str() == text).ok_or(())
    }
}
