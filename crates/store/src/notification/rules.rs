//! Which orders are announced to which address, and which configurations may stand side by side. Pure.

use super::{AccessType, Configuration, Coverage, Node, Scope};
use crate::catalog::Access;
use crate::instance::{Instance, InstanceState};
use crate::order::{Order, OrderKind, OrderState};
use crate::refusal::Refusal;

/// Configurations of one merchant: every access type, and as many products as a page can show.
pub(crate) const MAX_CONFIGURATIONS: usize = 200;

/// The node an order stands for.
pub(crate) fn node(kind: OrderKind) -> Node {
    match kind {
        OrderKind::New | OrderKind::Trial => Node::New,
        OrderKind::Renew | OrderKind::RenewChange | OrderKind::TrialToFormal => Node::Renewal,
        OrderKind::Change => Node::Change,
        OrderKind::Unsubscribe | OrderKind::UnsubscribeRenewal => Node::Unsubscription,
    }
}

/// The access type of a product that is connected in this way. A product without any interface may be
/// hardware, work or anything else; the store does not know, so it is the rest.
pub(crate) fn access_type(access: Access) -> AccessType {
    match access {
        Access::SaasV2 | Access::SaasV1 => AccessType::Saas,
        Access::None => AccessType::Other,
    }
}

/// The one configuration that counts for a product; the product's own before that of its access type.
/// Source: open APIs §4.7.
pub(crate) fn matching<'a>(
    configurations: &'a [Configuration],
    product_code: &str,
    access: Access,
) -> Option<&'a Configuration> {
    let by_product = configurations.iter().find(|one| one.product_code.as_deref() == Some(product_code));
    by_product.or_else(|| configurations.iter().find(|one| one.access_type == Some(access_type(access))))
}

/// What a configuration is to cover, from what was filled in.
///
/// # Errors
/// When neither or both are.
pub(crate) fn coverage(access_type: Option<AccessType>, product_code: Option<&str>) -> Result<Coverage, Refusal> {
    match (access_type, product_code.map(str::trim).filter(|code| !code.is_empty())) {
        (Some(access_type), None) => Ok(Coverage::AccessType(access_type)),
        (None, Some(product_code)) => Ok(Coverage::Product(product_code.to_owned())),
        (None, None) => Err(Refusal::invalid(
            "notification.coverage",
            "accessType",
            "请选择接入类型或商品",
            "choose an access type or a product",
        )),
        (Some(_), Some(_)) => Err(Refusal::invalid(
            "notification.coverage",
            "productCode",
            "一条配置只能按接入类型或按商品，请分别添加两条",
            "one configuration is either by access type or by product; add two",
        )),
    }
}

/// Checks that a configuration may be added to those there are: an access type or a product is tied to one
/// production address only. Source: open APIs §4.7.
///
/// # Errors
/// When it is tied already, or there are too many.
pub(crate) fn check_new(known: &[Configuration], coverage: &Coverage) -> Result<(), Refusal> {
    let taken = known.iter().find(|one| one.scope == coverage.scope() && subject(one) == coverage.subject());
    if let Some(taken) = taken {
        let (subject, address) = (coverage.subject(), &taken.address_id);
        let (zh, en) = match coverage.scope() {
            Scope::AccessType => ("接入类型", "the access type"),
            Scope::Product => ("商品", "the product"),
        };
        return Err(Refusal::conflict(
            "notification.taken",
            format!("{zh} {subject} 已绑定生产地址 {address}；如需更换，请先删除该配置"),
            format!("{en} {subject} is tied to the production address {address}; to change it, delete that first"),
        ));
    }
    if known.len() >= MAX_CONFIGURATIONS {
        return Err(Refusal::conflict(
            "notification.too_many",
            format!("每个商家最多 {MAX_CONFIGURATIONS} 条订单通知配置"),
            format!("a merchant has at most {MAX_CONFIGURATIONS} order notifications"),
        ));
    }
    Ok(())
}

/// The access type's code or the product's.
pub(crate) fn subject(configuration: &Configuration) -> &str {
    match (configuration.access_type, &configuration.product_code) {
        (Some(access_type), _) => access_type.code(),
        (None, Some(product_code)) => product_code,
        (None, None) => "",
    }
}

/// Whether an order may still fail because its notification never got through: a purchase that was paid for
/// and not given back. Renewals and changes have their own interfaces, and an unsubscription is over.
pub(crate) fn can_fail(order: &Order) -> bool {
    let stands = matches!(order.state, OrderState::Processing | OrderState::Completed);
    stands && node(order.kind) == Node::New && order.refunded.minor() == 0
}

/// Whether something of an instance is left to give up.
pub(crate) fn is_live(instance: &Instance) -> bool {
    match instance.state {
        InstanceState::Opening | InstanceState::AwaitingAcceptance | InstanceState::Active | InstanceState::Frozen => {
            true
        }
        InstanceState::Releasing | InstanceState::Released | InstanceState::Failed => false,
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
