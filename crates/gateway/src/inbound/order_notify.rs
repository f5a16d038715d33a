//! Order notification (订单通知): verified like SaaS V2.0, with the keys of the general interface; told to
//! the app once. Source: open APIs §4, decision D24.

use mercer_protocol::ResultCode;
use mercer_protocol::order_notify::{ACTIVITY, OrderNotify};

use super::answer::refuse;
use super::callback::{self, Verdict};
use super::desk::{Desk, unknown_merchant};
use super::saas_v2::{malformed, prove};
use super::step::Step;
use super::{Call, Family, Reply};
use crate::error::GatewayError;
use crate::event;
use crate::gateway::Gateway;
use crate::instance::rules::Effect;

/// Answers one call.
pub(super) async fn answer(gateway: &Gateway, call: &Call) -> Result<Reply, GatewayError> {
    let Some(desk) = Desk::open(gateway, call, Family::OrderNotification).await? else {
        return Ok(unknown_merchant(gateway, call));
    };
    let proven = match prove(&desk) {
        Ok(proven) => proven,
        Err(objection) => return desk.object(&objection, None).await,
    };
    let proof = proven.proof();
    let notice = match OrderNotify::parse(&call.body) {
        Ok(notice) => notice,
        Err(refusal) => return desk.serve(&proof, |_| std::future::ready(Ok(malformed(gateway, &refusal)))).await,
    };
    let notice = &notice;
    desk.serve(&proof, |_| decide(gateway, &call.merchant_id, notice)).await
}

/// A notice is told once, however often the store repeats it.
async fn decide(gateway: &Gateway, merchant_id: &str, notice: &OrderNotify) -> Result<Step, GatewayError> {
    let mut step = Step {
        activity: ACTIVITY,
        order_id: notice.order_id.clone(),
        test: notice.test_flag.is_debug(),
        verdict: Verdict::Accepted,
        ..Step::refused(refuse(ResultCode::Success, None, gateway.settings().text_form))
    };
    if step.test {
        return Ok(step);
    }
    let key = format!("order_notify/{}/{}", notice.order_id, notice.order_line_id);
    if callback::find_effect(gateway.db(), merchant_id, &key).await?.is_some() {
        step.verdict = Verdict::Repeated;
        return Ok(step);
    }
    let order = (notice.order_id.as_str(), notice.order_line_id.as_str());
    step.event_ids.push(event::put_order_notified(gateway, &mut step.effects, merchant_id, order));
    step.effect = Some(Effect { key, content: String::new() });
    Ok(step)
}

#[cfg(test)]
mod tests {
    use mercer_kernel::web::page::PageRequest;

    use crate::inbound::{CallbackFilter, Verdict};
    use crate::testing::{KEY, MERCHANT, World};
    use crate::testing_kit::GENERAL_KEY;

    #[tokio::test]
    async fn an_order_is_told_once_with_what_the_store_knows_of_it() {
        let world = World::with_app().await.and_kit().await;
        world.order("O-7", |_| {});
        for expected in ["000000", "000000"] {
            assert_eq!(world.notify(GENERAL_KEY, "O-7", "0").await.code(), expected);
        }
        world.gateway.run_due().await;
        let events = world.events();
        assert_eq!(events.len(), 1);
        assert_eq!(
            (events[0]["type"].as_str(), events[0]["subject"].as_str()),
            (Some("mercer.order.notified"), Some("O-7"))
        );
        assert_eq!(events[0]["data"]["order"]["orderLine"][0]["orderLineId"], "O-7-000001");
        assert_eq!(events[0]["data"]["orderLineId"], "O-7-000001");
        let filter = CallbackFilter { order_id: "O-7".to_owned(), ..CallbackFilter::default() };
        let calls = world.gateway.callbacks(MERCHANT, &filter, PageRequest::default()).await.unwrap().items;
        let verdicts: Vec<Verdict> = calls.iter().map(|call| call.verdict).collect();
        assert!(verdicts.contains(&Verdict::Accepted) && verdicts.contains(&Verdict::Repeated));
        assert!(world.gateway.instance_counts(MERCHANT).await.unwrap().is_empty(), "no instance is made");
    }

    #[tokio::test]
    async fn the_order_is_asked_for_again_until_the_store_answers() {
        let world = World::with_app().await.and_kit().await;
        world.notify(GENERAL_KEY, "O-8", "0").await;
        world.gateway.run_due().await;
        assert!(world.events().is_empty());
        world.order("O-8", |_| {});
        world.pass(std::time::Duration::from_secs(10)).await;
        assert_eq!(world.events().len(), 1);
    }

    #[tokio::test]
    async fn only_the_general_key_signs_it_and_a_test_has_no_effect() {
        let world = World::with_app().await.and_kit().await;
        assert_eq!(world.notify(KEY, "O-9", "0").await.code(), "000001", "the base key is another one");
        assert_eq!(world.notify(GENERAL_KEY, "O-9", "1").await.code(), "000000");
        assert_eq!(world.gateway.run_due().await, 0);
        assert_eq!(world.notify(GENERAL_KEY, "O-9", "0").await.code(), "000000");
        world.order("O-9", |_| {});
        assert_eq!(world.gateway.run_due().await, 1, "the test was not the first of the order");
    }

    #[tokio::test]
    async fn a_notice_without_an_order_line_is_refused_by_name() {
        let world = World::with_app().await.and_kit().await;
        let body = r#"{"activity":"orderNotify","orderId":"O-1","testFlag":"0"}"#;
        let query = world.query(GENERAL_KEY, body.as_bytes(), "nonce-1");
        let answer = world.send(MERCHANT, &query, body.to_owned()).await;
        assert_eq!(answer.code(), "000002");
        assert!(answer.json["resultMsg"].as_str().unwrap().contains("orderLineId"));
    }
}
