//! The kit (联营kit), V2.0 and V1.0: verify, decrypt the client secret, keep the accounts, answer.
//! Source: kit V2.0 §2, V1.0 §3.
//!
//! The version is told by the path alone (decision D19). The answer knows four codes (decision D20):
//! `000000`, `000001`, `000002`, `000005`; an unknown instance is none of the kit's business.

mod check;
mod examine;
mod secret;
#[cfg(test)]
mod tests;
mod translate;

pub(super) use check::check;

use mercer_protocol::kit::{Interface, Version};
use mercer_protocol::{ResultCode, Wording};

use self::examine::{Exam, Examined};
use self::translate::Wish;
use super::answer::refuse;
use super::callback::Verdict;
use super::desk::{Desk, Objection, Proof, unknown_merchant};
use super::kept::Kept;
use super::step::Step;
use super::{Call, Family, Reply};
use crate::account::apply::{Sync, apply};
use crate::account::bulk;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::OpenedKey;

/// Largest request whose original is kept, sealed, beside its masked form.
const KEPT_WHOLE_BYTES: usize = 64 * 1_024;
/// How much of a longer one is kept: enough to recognise it. A list lies with its job until it is applied.
const KEPT_PART_BYTES: usize = 8 * 1_024;

/// The family of a version.
pub(super) const fn family(version: Version) -> Family {
    match version {
        Version::V2 => Family::KitV2,
        Version::V1 => Family::KitV1,
    }
}

/// Answers one call.
pub(super) async fn answer(
    gateway: &Gateway,
    call: &Call,
    (version, interface): (Version, Interface),
) -> Result<Reply, GatewayError> {
    let Some(desk) = Desk::open(gateway, call, family(version)).await? else {
        return Ok(unknown_merchant(gateway, call));
    };
    let exam = Exam::of(&desk, (version, interface));
    let nonce = exam.nonce().to_owned();
    let headers = exam.headers();
    let (examined, masked) = examine::run(exam).await?;
    let desk = desk.keeping(kept(call, (interface, masked), headers));
    let (key_index, wish) = match examined {
        Examined::Unproven(objection) => return desk.object(&objection, None).await,
        Examined::Proven { key_index, wish } => (key_index, wish),
    };
    let keys = desk.keys();
    let replayed = examine::replayed();
    let proof = Proof {
        key: keys[key_index],
        nonce: match version {
            Version::V2 => Some((nonce.as_str(), &replayed)),
            Version::V1 => None,
        },
    };
    match wish {
        Ok(wish) => take(&desk, &proof, (interface, wish)).await,
        Err(objection) => refuse_proven(&desk, &proof, (interface, None, &objection)).await,
    }
}

/// A call that is the store's and can be read.
async fn take(
    desk: &Desk<'_>,
    proof: &Proof<'_>,
    (interface, mut wish): (Interface, Wish),
) -> Result<Reply, GatewayError> {
    let gateway = desk.gateway;
    let mut used_keys = Vec::new();
    if let Some(sealed) = wish.encrypted_secret() {
        match secret::decrypt(desk, sealed).await? {
            Ok(opened) => {
                wish.set_secret(opened.plain);
                used_keys.push(opened.key_id);
            }
            Err(objection) => return refuse_proven(desk, proof, (interface, Some(&wish), &objection)).await,
        }
    }
    let (wish, used_keys) = (&wish, &used_keys);
    if wish.is_test {
        return desk.serve(proof, |_| std::future::ready(Ok(step(gateway, interface, wish, used_keys)))).await;
    }
    if bulk::is_bulk(&wish.call.sync) {
        let staged = &bulk::stage(gateway, &wish.call).await?;
        return desk
            .serve(proof, |_| {
                let mut step = step(gateway, interface, wish, used_keys);
                bulk::put(gateway, &mut step.effects, &wish.call, staged);
                std::future::ready(Ok(step))
            })
            .await;
    }
    desk.serve(proof, |_| async move {
        let applied = apply(gateway, &wish.call).await?;
        let mut step = step(gateway, interface, wish, used_keys);
        if applied.changed == 0 {
            step.verdict = Verdict::Repeated;
        }
        step.event_ids.extend(Some(applied.event_id).filter(|id| !id.is_empty()));
        step.effects = applied.effects;
        Ok(step)
    })
    .await
}

/// A step that answers with success.
fn step(gateway: &Gateway, interface: Interface, wish: &Wish, used_keys: &[String]) -> Step {
    let rendered = refuse(ResultCode::Success, None, gateway.settings().text_form);
    Step {
        activity: interface.as_str(),
        instance_id: wish.call.scope.instance_id.clone(),
        order_id: order_id(&wish.call.sync),
        test: wish.is_test,
        verdict: Verdict::Accepted,
        used_keys: used_keys.to_vec(),
        ..Step::refused(rendered)
    }
}

/// Refuses a call that is the store's: its nonce is used up.
async fn refuse_proven(
    desk: &Desk<'_>,
    proof: &Proof<'_>,
    (interface, wish, objection): (Interface, Option<&Wish>, &Objection),
) -> Result<Reply, GatewayError> {
    desk.serve(proof, |_| {
        let form = desk.gateway.settings().text_form;
        let rendered = refuse(objection.result_code.clone(), objection.message.clone(), form);
        std::future::ready(Ok(Step {
            activity: interface.as_str(),
            instance_id: wish.map(|wish| wish.call.scope.instance_id.clone()).unwrap_or_default(),
            test: wish.is_some_and(|wish| wish.is_test),
            refusal: objection.code,
            detail: Some(objection.wording.clone()),
            ..Step::refused(rendered)
        }))
    })
    .await
}

/// What is kept of a request: personal data and secrets masked, the original sealed beside it, of a long
/// one only the beginning.
fn kept(call: &Call, (interface, masked): (Interface, String), headers: String) -> Kept {
    if call.body.len() > KEPT_WHOLE_BYTES {
        let mut end = masked.len().min(KEPT_PART_BYTES);
        while !masked.is_char_boundary(end) {
            end -= 1;
        }
        // Without its headers nobody tries to check a signature over a part.
        return Kept::part(call, masked.as_bytes()[..end].to_vec());
    }
    match interface {
        Interface::TenantSync | Interface::SingleOrgSync | Interface::AllOrgSync => {
            Kept::plain(call).with_headers(headers)
        }
        Interface::ApplicationSync | Interface::AuthSync => {
            Kept::masked(call, call.query.clone(), masked.into_bytes()).with_headers(headers)
        }
    }
}

fn order_id(sync: &Sync) -> String {
    use crate::account::rules::Change;
    match sync {
        Sync::Tenant(Change::Put(tenant) | Change::Withdraw(Some(tenant))) => tenant.order_id.clone(),
        Sync::Tenant(Change::Withdraw(None) | Change::Delete)
        | Sync::Application { .. }
        | Sync::Members { .. }
        | Sync::Department { .. }
        | Sync::Departments { .. } => String::new(),
    }
}

/// An objection with the code for bad parameters.
fn invalid(code: &'static str, message: String, wording: Wording) -> Objection {
    Objection { result_code: ResultCode::InvalidParameter, message: Some(message), code, wording }
}

/// The texts of some keys, newest first.
fn texts(keys: &[&OpenedKey]) -> Vec<String> {
    keys.iter().map(|key| key.text.clone()).collect()
}
