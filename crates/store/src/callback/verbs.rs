//! What the life of an instance tells its merchant. This is the one place where the protocol version of the
//! product picks the calls. Source: SaaS V2.0 chapter 3; SaaS V1.0 §1.3, chapter 8.

use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_protocol::saas_v2::Scene;

use super::Interface;
use super::families::{saas_v1, saas_v2};
use super::queue::{NewCall, put, supersede};
use crate::Core;
use crate::catalog::{self, Access, ChargingMode, Product};
use crate::error::{Answer, StoreError};
use crate::instance::Instance;
use crate::message::Message;
use crate::order::Order;
use crate::refusal::Refusal;

/// What a refresh tells. Source: SaaS V2.0 §3.3.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    /// Why.
    pub(crate) scene: Scene,
    /// The new expiry.
    pub(crate) expire_at: Instant,
    /// The new price, when it changed.
    pub(crate) product_id: Option<String>,
}

/// A status the merchant is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Not usable, its data kept (冻结).
    Freeze,
    /// Usable again (解冻).
    Unfreeze,
}

/// What a call is about, and why it is made.
pub(super) struct Matter<'a> {
    pub(super) interface: Interface,
    pub(super) order_id: Option<String>,
    pub(super) scene: &'a str,
    pub(super) body: String,
}

/// Whether a merchant hears of a freeze by the expiry call and of its end by a renewal only: SaaS V1.0 has no
/// call that unfreezes what is charged by period. Source: SaaS V1.0 §1.4, chapter 8.
pub(crate) fn freezes_by_expiry(access: Access) -> bool {
    match access {
        Access::SaasV1 => true,
        Access::SaasV2 | Access::None => false,
    }
}

/// Asks the merchant to open what an order bought.
pub(crate) async fn new_instance(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let product = product(core, instance).await?;
    let (interface, body) = match product.integration.access {
        Access::SaasV2 => (Interface::NewInstance, saas_v2::new_instance(order)),
        Access::SaasV1 => (Interface::V1NewInstance, saas_v1::new_instance(core, &product, order, None)),
        Access::None => return Ok(()),
    };
    let matter = Matter { interface, order_id: Some(order.order_id.clone()), scene: "", body };
    queue(core, batch, (instance, &product), matter);
    Ok(())
}

/// Tells that the buyer has accepted (确认验收): the same call again with the time. Source: SaaS V1.0 D24.
pub(crate) async fn accept_instance(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let product = product(core, instance).await?;
    let body = saas_v1::new_instance(core, &product, order, instance.accepted_at);
    let order_id = Some(order.order_id.clone());
    let matter = Matter { interface: Interface::V1Acceptance, order_id, scene: "", body };
    queue(core, batch, (instance, &product), matter);
    Ok(())
}

/// Polls until the merchant has the instance ready. SaaS V2.0 only: V1.0 has no asynchronous opening.
pub(super) async fn poll(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let product = product(core, instance).await?;
    let body = saas_v2::query_instance(instance_id(instance)?);
    let order_id = Some(order.order_id.clone());
    queue(core, batch, (instance, &product), Matter { interface: Interface::QueryPoll, order_id, scene: "", body });
    Ok(())
}

/// Tells a new expiry.
pub(crate) async fn refresh_instance(
    core: &Core,
    batch: &mut Batch,
    (instance, order): (&Instance, &Order),
    refresh: Refresh,
) -> Answer<()> {
    let product = product(core, instance).await?;
    let id = instance_id(instance)?;
    let (interface, body) = match product.integration.access {
        Access::SaasV2 => (Interface::Refresh, saas_v2::refresh_instance(core, id, order, &refresh)),
        Access::SaasV1 => (Interface::V1Refresh, saas_v1::refresh_instance(core, id, order, &refresh)),
        Access::None => return Ok(()),
    };
    let order_id = Some(order.order_id.clone());
    queue(core, batch, (instance, &product), Matter { interface, order_id, scene: refresh.scene.as_str(), body });
    Ok(())
}

/// Tells to freeze or unfreeze; an older status message that is not through is superseded (D30). In SaaS V1.0
/// only what is charged by use has a status call; a period is frozen by the expiry call, and the renewal that
/// ends its freeze is told already. Source: SaaS V1.0 §1.3.
pub(crate) async fn update_status(core: &Core, batch: &mut Batch, instance: &Instance, status: Status) -> Answer<()> {
    supersede(core, batch, instance, |message| message.interface.is_status()).await?;
    let product = product(core, instance).await?;
    let id = instance_id(instance)?;
    let scene = saas_v2::wire_status(status).as_str();
    let by_use = instance.charging_mode == ChargingMode::OnDemand;
    let (interface, scene, body) = match (product.integration.access, status) {
        (Access::SaasV2, _) => (Interface::UpdateStatus, scene, saas_v2::update_status(id, status)),
        (Access::SaasV1, _) if by_use => (Interface::V1Status, scene, saas_v1::status(id, status)),
        (Access::SaasV1, Status::Freeze) => (Interface::V1Expire, "", saas_v1::expire_instance(instance)),
        (Access::SaasV1, Status::Unfreeze) | (Access::None, _) => return Ok(()),
    };
    queue(core, batch, (instance, &product), Matter { interface, order_id: None, scene, body });
    Ok(())
}

/// Tells to release; everything of the instance that is not through is superseded (D30).
pub(crate) async fn release_instance(
    core: &Core,
    batch: &mut Batch,
    instance: &Instance,
    order: Option<&Order>,
) -> Answer<()> {
    supersede(core, batch, instance, |_| true).await?;
    queue_release(core, batch, instance, order).await
}

/// As [`release_instance`], from within the settlement of `last`, the message that gave the instance up.
pub(super) async fn release_failed(
    core: &Core,
    batch: &mut Batch,
    (instance, order): (&Instance, &Order),
    last: &Message,
) -> Answer<()> {
    supersede(core, batch, instance, |message| message.message_id != last.message_id).await?;
    queue_release(core, batch, instance, Some(order)).await
}

async fn queue_release(core: &Core, batch: &mut Batch, instance: &Instance, order: Option<&Order>) -> Answer<()> {
    let product = product(core, instance).await?;
    let (interface, body) = match product.integration.access {
        Access::SaasV2 => (Interface::Release, saas_v2::release_instance(instance_id(instance)?, order)),
        Access::SaasV1 => (Interface::V1Release, saas_v1::release_instance(instance, order)),
        Access::None => return Ok(()),
    };
    let order_id = order.map(|order| order.order_id.clone());
    queue(core, batch, (instance, &product), Matter { interface, order_id, scene: "", body });
    Ok(())
}

/// Asks to upgrade.
pub(crate) async fn upgrade_instance(core: &Core, batch: &mut Batch, instance: &Instance, order: &Order) -> Answer<()> {
    let product = product(core, instance).await?;
    let id = instance_id(instance)?;
    let (interface, body) = match product.integration.access {
        Access::SaasV2 => (Interface::Upgrade, saas_v2::upgrade_instance(id, order)),
        Access::SaasV1 => {
            let opening = crate::order::by_id(core, &instance.order_id).await?;
            let extend_params = opening.map(|opening| opening.extend_params).unwrap_or_default();
            (Interface::V1Upgrade, saas_v1::upgrade(&product, id, order, &extend_params))
        }
        Access::None => return Ok(()),
    };
    let order_id = Some(order.order_id.clone());
    queue(core, batch, (instance, &product), Matter { interface, order_id, scene: "", body });
    Ok(())
}

/// Collects how much is used. SaaS V2.0 merchants push their usage, so only V1.0 is asked.
pub(crate) async fn collect_usage(core: &Core, batch: &mut Batch, instance: &Instance) -> Answer<Message> {
    let product = product(core, instance).await?;
    match product.integration.access {
        Access::SaasV1 => {}
        Access::SaasV2 | Access::None => {
            return Err(Refusal::conflict(
                "usage.not_collected",
                "只有 SaaS V1.0 接入的商品由云商店采集使用量",
                "the store collects usage only where a product is reached by SaaS V1.0",
            )
            .into());
        }
    }
    let body = saas_v1::query_instance(instance_id(instance)?);
    let matter = Matter { interface: Interface::V1Query, order_id: None, scene: "", body };
    Ok(put(core, batch, call_of(instance, &product, matter)))
}

pub(super) async fn product(core: &Core, instance: &Instance) -> Answer<Product> {
    let missing = || StoreError::Broken(format!("instance {} has no product", instance.resource_id));
    catalog::product(core, &instance.product_code).await?.ok_or_else(missing)
}

/// The merchant's id of an instance.
///
/// # Errors
/// When the merchant has not given one yet, which the rules exclude.
pub(super) fn instance_id(instance: &Instance) -> Answer<&str> {
    let missing = || StoreError::Broken(format!("instance {} has no id of the merchant", instance.resource_id));
    instance.instance_id.as_deref().ok_or_else(missing)
}

pub(super) fn call_of(instance: &Instance, product: &Product, matter: Matter<'_>) -> NewCall {
    NewCall {
        interface: matter.interface,
        merchant_id: instance.merchant_id.clone(),
        product_code: instance.product_code.clone(),
        address_id: None,
        order_id: matter.order_id,
        resource_id: Some(instance.resource_id.clone()),
        instance_id: instance.instance_id.clone(),
        subject: None,
        lane: instance.lane(),
        endpoint: product.address_id.clone(),
        scene: matter.scene.to_owned(),
        body: matter.body,
    }
}

fn queue(core: &Core, batch: &mut Batch, (instance, product): (&Instance, &Product), matter: Matter<'_>) {
    put(core, batch, call_of(instance, product, matter));
}
