//! How a product is delivered, and which ways go together. Pure. Source: SaaS V1.0 §1.3, §3.1.

use serde::{Deserialize, Serialize};

use super::{ChargingMode, NewProduct};
use crate::codes::codes;
use crate::refusal::Refusal;

codes! {
    /// How the store reaches the merchant's software for a product (接入方式). Source: SaaS V1.0 chapter 8.
    Access {
        /// SaaS V2.0.
        SaasV2 = "saasV2",
        /// SaaS V1.0, retired for new products of the real store but still served.
        SaasV1 = "saasV1",
        /// Not at all: the merchant hears of orders by order notification.
        None = "none",
    }
}

codes! {
    /// What a buyer lets the merchant know about him (需要用户授权). Source: SaaS V1.0 §3.1 rows 6–9.
    Authorization {
        /// Nothing but the account.
        None = "none",
        /// The IAM user (基于IAM用户名).
        Iam = "iam",
        /// The mobile number (基于手机号码).
        Mobile = "mobile",
        /// The mail address (基于邮箱).
        Email = "email",
    }
}

/// How a product is delivered: fixed when it is published, because running instances rely on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Integration {
    /// The protocol of its calls.
    #[serde(default = "default_access")]
    pub(crate) access: Access,
    /// Whether enterprises bind it and share it among their members (联营).
    #[serde(default)]
    pub(crate) joint: bool,
    /// The application credential (应用凭证) of a joint product.
    #[serde(default)]
    pub(crate) app_id: Option<String>,
    /// Whether its period begins only when the buyer accepts it (用户确认验收后开通).
    #[serde(default)]
    pub(crate) acceptance: bool,
    /// Bits of the key that encrypts personal data and passwords (加密位数), 128 or 256.
    #[serde(default = "default_encryption_bits")]
    pub(crate) encryption_bits: i64,
    /// What the merchant gets to know about the buyer.
    #[serde(default = "default_authorization")]
    pub(crate) authorization: Authorization,
}

impl Default for Integration {
    fn default() -> Self {
        Self {
            access: default_access(),
            joint: false,
            app_id: None,
            acceptance: false,
            encryption_bits: default_encryption_bits(),
            authorization: default_authorization(),
        }
    }
}

/// Lengths of an AES key that the protocol knows. Source: SaaS V1.0 §2.4.
pub(crate) const ENCRYPTION_BITS: [i64; 2] = [128, 256];

/// Checks how a product is to be delivered.
///
/// # Errors
/// The first rule that it breaks, with what would fit.
pub(super) fn check(product: &NewProduct) -> Result<(), Refusal> {
    let integration = &product.integration;
    check_joint(integration)?;
    check_v1_options(integration)?;
    if integration.access == Access::None {
        check_without_interface(product)?;
    }
    Ok(())
}

/// A joint product needs interfaces to open instances, and a credential its members sign in with.
fn check_joint(integration: &Integration) -> Result<(), Refusal> {
    if integration.joint && integration.access == Access::None {
        return Err(Refusal::invalid(
            "product.joint_access",
            "access",
            "联营商品须通过 SaaS V2.0 或 V1.0 接入",
            "a joint product is reached by SaaS V2.0 or V1.0",
        ));
    }
    match (integration.joint, integration.app_id.as_deref().unwrap_or_default()) {
        (true, "") => Err(Refusal::invalid(
            "product.app_id",
            "appId",
            "联营商品须关联一个应用凭证，请先添加应用凭证",
            "a joint product names an application credential; add one first",
        )),
        (false, app_id) if !app_id.is_empty() => Err(Refusal::invalid(
            "product.app_id",
            "appId",
            "只有联营商品关联应用凭证；请勾选联营，或去掉应用凭证",
            "only a joint product names an application credential; make it joint or leave the credential out",
        )),
        (true | false, _) => Ok(()),
    }
}

/// What only SaaS V1.0 knows.
fn check_v1_options(integration: &Integration) -> Result<(), Refusal> {
    if !ENCRYPTION_BITS.contains(&integration.encryption_bits) {
        return Err(Refusal::invalid(
            "product.encryption_bits",
            "encryptionBits",
            "加密位数须为 128 或 256",
            "the encryption has 128 or 256 bits",
        ));
    }
    if integration.access == Access::SaasV1 {
        return Ok(());
    }
    let standard = Integration::default();
    let options = [
        ("acceptance", integration.acceptance),
        ("encryptionBits", integration.encryption_bits != standard.encryption_bits),
        ("authorization", integration.authorization != Authorization::None),
    ];
    let Some((field, _)) = options.into_iter().find(|(_, chosen)| *chosen) else { return Ok(()) };
    Err(Refusal::invalid(
        "product.v1_option",
        field,
        "验收后开通、128 位加密和用户授权只适用于 SaaS V1.0 接入的商品；V2.0 商品由商家查询订单获得买家信息",
        "opening after acceptance, 128-bit encryption and buyer authorisation belong to products reached by SaaS V1.0; with V2.0 \
         the merchant queries the order",
    ))
}

/// Without interfaces nothing can be renewed, frozen or released: such a product is sold once.
fn check_without_interface(product: &NewProduct) -> Result<(), Refusal> {
    let mut prices = product.skus.iter().flat_map(|sku| &sku.prices);
    if prices.all(|price| price.charging_mode == ChargingMode::OneTime) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "product.access_period",
        "skus.prices.chargingMode",
        "不接入接口的商品只能按次销售；包周期商品须通过 SaaS V2.0 或 V1.0 接入",
        "a product without interfaces is sold once; one for a period is reached by SaaS V2.0 or V1.0",
    ))
}

fn default_access() -> Access {
    Access::SaasV2
}

fn default_encryption_bits() -> i64 {
    256
}

fn default_authorization() -> Authorization {
    Authorization::None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl Fn(&mut Integration)) -> &'static str {
        let mut integration = Integration::default();
        change(&mut integration);
        let checked = check_joint(&integration).and_then(|()| check_v1_options(&integration));
        checked.map_or_else(|refusal| refusal.field, |()| "ok")
    }

    #[test]
    fn a_joint_product_has_interfaces_and_a_credential() {
        let app = || Some("app_1".to_owned());
        assert_eq!(with(|one| (one.joint, one.app_id) = (true, app())), "ok");
        assert_eq!(with(|one| one.joint = true), "appId");
        assert_eq!(with(|one| one.app_id = app()), "appId");
        assert_eq!(with(|one| (one.joint, one.app_id, one.access) = (true, app(), Access::None)), "access");
        assert_eq!(with(|one| (one.joint, one.app_id, one.access) = (true, app(), Access::SaasV1)), "ok");
    }

    #[test]
    fn options_of_v1_are_refused_elsewhere() {
        assert_eq!(with(|one| one.acceptance = true), "acceptance");
        assert_eq!(with(|one| one.encryption_bits = 128), "encryptionBits");
        assert_eq!(with(|one| one.authorization = Authorization::Email), "authorization");
        assert_eq!(with(|one| one.encryption_bits = 192), "encryptionBits");
        let all = |one: &mut Integration| {
            (one.access, one.acceptance, one.encryption_bits) = (Access::SaasV1, true, 128);
            one.authorization = Authorization::Mobile;
        };
        assert_eq!(with(all), "ok");
    }
}
