//! What somebody waits for: the check before a change on renewal, and the buyer who looks. As in `verbs`, the
//! protocol version of the product picks the call.

use mercer_protocol::saas_v2::UsageInfo;

use super::families::{InstanceInfo, saas_v1, saas_v2};
use super::verbs::{Matter, call_of, instance_id, product};
use super::{Asked, Interface, ask};
use crate::Core;
use crate::catalog::{Access, ChargingMode, Product};
use crate::error::{Answer, StoreError};
use crate::instance::Instance;
use crate::order;
use crate::refusal::Refusal;

/// What an instance is to become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChangeTarget<'a> {
    /// The target price.
    pub(crate) product_id: &'a str,
    /// The target specification.
    pub(crate) sku_code: &'a str,
    /// The target value of the quantity attribute.
    pub(crate) quantity: Option<i64>,
}

/// Asks whether a change is possible (续费变更校验). Anything but success refuses it. D14.
pub(crate) async fn change_instance_check(core: &Core, instance: &Instance, target: ChangeTarget<'_>) -> Answer<()> {
    let product = product(core, instance).await?;
    check_changes_on_renewal(product.integration.access)?;
    let body = saas_v2::change_instance_check(core, instance_id(instance)?, target);
    let matter = Matter { interface: Interface::ChangeCheck, order_id: None, scene: "", body };
    let asked = ask(core, call_of(instance, &product, matter)).await?;
    if asked.succeeded() {
        return Ok(());
    }
    let why = &asked.called.judged.detail;
    Err(Refusal::upstream(
        "change.refused",
        format!("商家不允许变更：{why}"),
        format!("the merchant refuses the change: {why}"),
    )
    .into())
}

/// Refuses a change on renewal where the protocol of the product has none.
///
/// # Errors
/// With what is possible instead.
pub(crate) fn check_changes_on_renewal(access: Access) -> Result<(), Refusal> {
    if changes_on_renewal(access) {
        return Ok(());
    }
    Err(Refusal::conflict(
        "change.not_offered",
        "该商品不支持续费变更；请先按原规格续费，再升级规格或数量",
        "this product cannot be changed on renewal; renew it as it is, then upgrade",
    ))
}

/// Whether a product can be changed on renewal (续费变更). SaaS V1.0 has no call for it.
pub(crate) fn changes_on_renewal(access: Access) -> bool {
    match access {
        Access::SaasV2 => true,
        Access::SaasV1 | Access::None => false,
    }
}

/// Asks for the information of an instance because the buyer looks. It is shown and never stored (D23).
/// SaaS V1.0 reads it by calling newInstance again for the same order. Source: SaaS V1.0 §1.4.
pub(crate) async fn view_instance(core: &Core, instance: &Instance) -> Answer<InstanceInfo> {
    let product = product(core, instance).await?;
    let id = instance_id(instance)?;
    let (asked, info) = match product.integration.access {
        Access::SaasV2 => {
            let body = saas_v2::query_instance(id);
            let matter = Matter { interface: Interface::QueryView, order_id: None, scene: "", body };
            let asked = ask(core, call_of(instance, &product, matter)).await?;
            let info = saas_v2::instance_info(&asked.called.body, id);
            (asked, info)
        }
        Access::SaasV1 => {
            let order = order::by_id(core, &instance.order_id).await?;
            let order = order.ok_or_else(|| StoreError::Broken(format!("there is no order {}", instance.order_id)))?;
            let body = saas_v1::new_instance(core, &product, &order, instance.accepted_at);
            let matter =
                Matter { interface: Interface::V1View, order_id: Some(order.order_id.clone()), scene: "", body };
            let asked = ask(core, call_of(instance, &product, matter)).await?;
            let mut info = saas_v1::instance_info(&asked.called.body, &asked.called.access_key);
            if let Some(info) = info.as_mut().filter(|_| instance.charging_mode == ChargingMode::OnDemand) {
                // Usage is an extra: without it the buyer still sees address and account.
                info.usage_info = v1_usage(core, instance, &product).await.unwrap_or_default();
            }
            (asked, info)
        }
        Access::None => return Ok(InstanceInfo::default()),
    };
    info.filter(|_| asked.succeeded()).ok_or_else(|| no_information(&asked).into())
}

/// Asks how much is used because the buyer looks. Source: SaaS V1.0 §3.7.
pub(crate) async fn view_usage(core: &Core, instance: &Instance) -> Answer<Vec<UsageInfo>> {
    let product = product(core, instance).await?;
    if product.integration.access != Access::SaasV1 {
        return Ok(view_instance(core, instance).await?.usage_info);
    }
    v1_usage(core, instance, &product).await
}

async fn v1_usage(core: &Core, instance: &Instance, product: &Product) -> Answer<Vec<UsageInfo>> {
    let id = instance_id(instance)?;
    let body = saas_v1::query_instance(id);
    let matter = Matter { interface: Interface::V1QueryView, order_id: None, scene: "", body };
    let asked = ask(core, call_of(instance, product, matter)).await?;
    if !asked.succeeded() {
        return Err(no_information(&asked).into());
    }
    Ok(saas_v1::usage(&asked.called.body, id))
}

fn no_information(asked: &Asked) -> Refusal {
    let detail = &asked.called.judged.detail;
    let why = if detail.is_empty() { "the instance is not in the answer" } else { detail };
    Refusal::upstream(
        "instance.no_information",
        format!("商家未返回使用信息：{why}"),
        format!("the merchant gave no information: {why}"),
    )
}
