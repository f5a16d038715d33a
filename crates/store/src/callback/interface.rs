//! The interfaces of a merchant that the store calls, by the purpose of the call.

use crate::codes::codes;

codes! {
    /// A protocol version: how calls are written, signed and answered (协议). Source: SaaS V1.0 chapter 8.
    Family {
        /// SaaS V2.0: a signed POST.
        SaasV2 = "saas_v2",
        /// SaaS V1.0: a signed GET.
        SaasV1 = "saas_v1",
        /// Joint-operation kit V2.0 (联营kit).
        KitV2 = "kit_v2",
        /// Joint-operation kit V1.0.
        KitV1 = "kit_v1",
        /// Order notification (订单通知).
        OrderNotification = "order_notification",
    }
}

impl Family {
    /// Whether its calls open, change and end instances.
    pub(crate) const fn is_saas(self) -> bool {
        match self {
            Self::SaasV2 | Self::SaasV1 => true,
            Self::KitV2 | Self::KitV1 | Self::OrderNotification => false,
        }
    }
}

codes! {
    /// An interface of the merchant, by the purpose of the call (接口).
    Interface {
        /// Create an instance after payment.
        NewInstance = "saas_v2.new_instance",
        /// Ask until the instance information is there.
        QueryPoll = "saas_v2.query_instance.poll",
        /// Ask because the buyer looks.
        QueryView = "saas_v2.query_instance.buyer_view",
        /// New expiry.
        Refresh = "saas_v2.refresh_instance",
        /// Freeze or unfreeze.
        UpdateStatus = "saas_v2.update_instance_status",
        /// Release.
        Release = "saas_v2.release_instance",
        /// Upgrade.
        Upgrade = "saas_v2.upgrade_instance",
        /// Ask whether a change on renewal is possible.
        ChangeCheck = "saas_v2.change_instance_check",
        /// V1.0: create an instance after payment.
        V1NewInstance = "saas_v1.new_instance",
        /// V1.0: the same call as a read, because the buyer looks.
        V1View = "saas_v1.new_instance.buyer_view",
        /// V1.0: the same call with the time of the buyer's acceptance.
        V1Acceptance = "saas_v1.new_instance.acceptance",
        /// V1.0: upgrade.
        V1Upgrade = "saas_v1.upgrade",
        /// V1.0: new expiry.
        V1Refresh = "saas_v1.refresh_instance",
        /// V1.0: freeze because of expiry.
        V1Expire = "saas_v1.expire_instance",
        /// V1.0: release.
        V1Release = "saas_v1.release_instance",
        /// V1.0: freeze or unfreeze what is charged by use.
        V1Status = "saas_v1.instance_status",
        /// V1.0: collect usage.
        V1Query = "saas_v1.query_instance",
        /// V1.0: usage, because the buyer looks.
        V1QueryView = "saas_v1.query_instance.buyer_view",
        /// Kit V2.0: an enterprise.
        KitV2TenantSync = "kit_v2.tenant_sync",
        /// Kit V2.0: an application of an enterprise.
        KitV2ApplicationSync = "kit_v2.application_sync",
        /// Kit V2.0: members and what they may use.
        KitV2AuthSync = "kit_v2.auth_sync",
        /// Kit V2.0: one department.
        KitV2SingleOrgSync = "kit_v2.single_org_sync",
        /// Kit V2.0: all departments.
        KitV2AllOrgSync = "kit_v2.all_org_sync",
        /// Kit V1.0: an enterprise.
        KitV1TenantSync = "kit_v1.tenant_sync",
        /// Kit V1.0: an application of an enterprise.
        KitV1ApplicationSync = "kit_v1.application_sync",
        /// Kit V1.0: members and what they may use.
        KitV1AuthSync = "kit_v1.auth_sync",
        /// Kit V1.0: one department.
        KitV1SingleOrgSync = "kit_v1.single_org_sync",
        /// Kit V1.0: all departments.
        KitV1AllOrgSync = "kit_v1.all_org_sync",
        /// What happened to an order.
        OrderNotify = "order_notification.order_notify",
    }
}

impl Interface {
    /// The protocol version it belongs to.
    pub(crate) const fn family(self) -> Family {
        match self {
            Self::NewInstance
            | Self::QueryPoll
            | Self::QueryView
            | Self::Refresh
            | Self::UpdateStatus
            | Self::Release
            | Self::Upgrade
            | Self::ChangeCheck => Family::SaasV2,
            Self::V1NewInstance
            | Self::V1View
            | Self::V1Acceptance
            | Self::V1Upgrade
            | Self::V1Refresh
            | Self::V1Expire
            | Self::V1Release
            | Self::V1Status
            | Self::V1Query
            | Self::V1QueryView => Family::SaasV1,
            Self::KitV2TenantSync
            | Self::KitV2ApplicationSync
            | Self::KitV2AuthSync
            | Self::KitV2SingleOrgSync
            | Self::KitV2AllOrgSync => Family::KitV2,
            Self::KitV1TenantSync
            | Self::KitV1ApplicationSync
            | Self::KitV1AuthSync
            | Self::KitV1SingleOrgSync
            | Self::KitV1AllOrgSync => Family::KitV1,
            Self::OrderNotify => Family::OrderNotification,
        }
    }

    /// Whether it tells a new expiry.
    pub(crate) const fn is_refresh(self) -> bool {
        matches!(self, Self::Refresh | Self::V1Refresh)
    }

    /// Whether it tells that an instance is frozen, or no longer.
    pub(crate) const fn is_status(self) -> bool {
        matches!(self, Self::UpdateStatus | Self::V1Expire | Self::V1Status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_named_after_its_family() {
        for interface in Interface::ALL {
            let family = interface.code().split('.').next().unwrap();
            assert_eq!(interface.family().code(), family, "{}", interface.code());
        }
    }
}
