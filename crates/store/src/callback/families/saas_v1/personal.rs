//! What a newInstance call says about the buyer. It is looked up for each call and stands in no message: the
//! product's publishing option decides what the merchant may know. Source: SaaS V1.0 §2.4, §3.1 rows 4–9.

use mercer_protocol::cipher::{self, Iv, KeySize};
use mercer_protocol::saas_v1::Parameters;

use super::super::super::call::not_configured;
use crate::Core;
use crate::catalog::{self, Authorization};
use crate::error::Answer;
use crate::merchant::{self, Buyer};
use crate::message::Message;

/// Adds the buyer's account, and what the option "需要用户授权" allows.
pub(super) async fn fill_in(
    core: &Core,
    message: &Message,
    access_key: &str,
    parameters: &mut Parameters,
) -> Answer<()> {
    let product = catalog::product(core, &message.product_code).await?;
    let integration = product.ok_or_else(|| not_configured("the product is gone"))?.integration;
    let customer_id = parameters.get("customerId").unwrap_or_default().to_owned();
    let buyer = merchant::buyer(&core.foundation, &customer_id).await?;
    let buyer = buyer.ok_or_else(|| not_configured("the buyer is gone"))?;
    parameters.set("customerName", &buyer.customer_name);
    let size = u32::try_from(integration.encryption_bits).ok().and_then(KeySize::of_bits).unwrap_or_default();
    for (name, value) in allowed(&buyer, integration.authorization) {
        let value = match name {
            "mobilePhone" | "email" => {
                let iv = Iv::of_chance(&mut |target| core.foundation.entropy.fill(target));
                cipher::encrypt(access_key, size, &iv, value)
            }
            _ => value.to_owned(),
        };
        parameters.set(name, value);
    }
    Ok(())
}

/// The fields the merchant may have, in plain text.
fn allowed(buyer: &Buyer, authorization: Authorization) -> Vec<(&'static str, &str)> {
    let fields: &[(&'static str, &Option<String>)] = match authorization {
        Authorization::None => &[],
        Authorization::Iam => &[("userId", &buyer.user_id), ("userName", &buyer.user_name)],
        Authorization::Mobile => &[("mobilePhone", &buyer.mobile_phone)],
        Authorization::Email => &[("email", &buyer.email)],
    };
    let known = fields.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    known.filter(|(_, value)| !value.is_empty()).collect()
}
