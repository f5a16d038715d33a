//! Products reached by SaaS V1.0: what each call carries, and the life of an instance end to end.

use mercer_kernel::config::Config;
use mercer_kernel::db::Batch;
use mercer_protocol::cipher::{self, KeySize};
use mercer_protocol::saas_v1::ExtendParams;
use serde_json::{Value, json};

use super::merchant_side::{Reply, Seen};
use super::{V1_KEY, World, at, refusal};
use crate::catalog::{self, NewProduct};
use crate::instance::{self, Change, InstanceState, Renew, ToFormal, Upgrade};
use crate::message::{self, MessageState};
use crate::order::{self, ExtendParam, OrderState, PlaceOrder};
use crate::seed::MERCHANT_ID;

pub(super) const RENEW: Renew = Renew { product_id: None, period_number: Some(1), pay: true };

/// A world with V1 products: `v1-…` opened at payment, `accept-month` opened after acceptance.
pub(super) async fn world() -> World {
    world_with(|_| {}).await
}

/// The same where the operator has set something differently.
pub(super) async fn world_with(set: impl FnOnce(&mut Config)) -> World {
    let world = World::open_with(set).await;
    let period = |id: &str, period: &str, price: &str| json!({"productId": id, "chargingMode": "PERIOD", "periodType": period, "brackets": [{"unitPrice": price}]});
    let linear = |kind: &str, max: i64| json!({"name": {"zh": "数量", "en": "number"}, "kind": kind, "min": 1, "max": max, "step": 1});
    let trial = json!({"productId": "v1-trial", "chargingMode": "PERIOD", "periodType": "day", "trialDays": 7,
        "brackets": [{"unitPrice": "0"}]});
    let once = json!({"productId": "v1-once", "chargingMode": "ONE_TIME", "brackets": [{"unitPrice": "99.90"}]});
    let names = json!({"zh": "商品", "en": "Product"});
    let sku = |code: &str, linear: Value, prices: Value| json!({"skuCode": code, "name": {"zh": code, "en": code}, "linear": linear, "prices": prices});
    let product = |code: &str, more: Value, skus: Value| {
        let mut product = json!({"productCode": code, "merchantId": MERCHANT_ID, "addressId": "addr_demo",
            "name": names, "access": "saasV1", "skus": skus});
        product.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<NewProduct>(product).unwrap()
    };
    let basic = json!([period("v1-month", "month", "30"), period("v1-year", "year", "300"), trial]);
    let plus = json!([period("v1-plus-month", "month", "60")]);
    let disk = json!([period("v1-disk-month", "month", "0.125")]);
    let net = json!([period("v1-net-month", "month", "5")]);
    let skus = json!([
        sku("v1-basic", linear("amount", 100), basic),
        sku("v1-plus", linear("amount", 100), plus),
        sku("v1-disk", linear("diskSize", 1_000), disk),
        sku("v1-net", linear("bandWidth", 1_000), net),
        sku("v1-single", Value::Null, json!([once])),
    ]);
    let accept = json!([sku("accept", Value::Null, json!([period("accept-month", "month", "10")]))]);
    let options = json!({"acceptance": true, "encryptionBits": 128, "authorization": "email"});
    for new in [product("prd_v1", json!({"authorization": "mobile"}), skus), product("prd_accept", options, accept)] {
        catalog::create(world.core(), new).await.unwrap();
    }
    world
}

/// The names a call carried besides its token, in ascending order.
fn names(call: &Seen) -> Vec<&str> {
    let names = call.body.as_object().unwrap().keys().map(String::as_str);
    let mut names: Vec<&str> = names.filter(|name| *name != "authToken").collect();
    names.sort_unstable();
    names
}

fn last(world: &World, activity: &str) -> Seen {
    world.merchant.calls(activity).pop().unwrap()
}

#[tokio::test]
async fn a_purchase_carries_every_documented_field_and_is_complete_with_the_answer() {
    let world = world().await;
    let params = vec![ExtendParam { name: "emailDomainName".to_owned(), value: "商店.example.com".to_owned() }];
    let wanted = PlaceOrder {
        buyer_id: world.buyer.clone(),
        product_id: "v1-year".to_owned(),
        quantity: Some(5),
        period_number: Some(2),
        extend_params: params,
        pay: true,
    };
    let placed = order::place_order(world.core(), &wanted, &|_| Batch::new()).await.unwrap();
    world.idle().await;
    let call = last(&world, "newInstance");
    let documented = [
        "activity",
        "amount",
        "businessId",
        "chargingMode",
        "customerId",
        "customerName",
        "expireTime",
        "mobilePhone",
        "orderAmount",
        "orderId",
        "periodNumber",
        "periodType",
        "productId",
        "provisionType",
        "saasExtendParams",
        "skuCode",
        "timeStamp",
        "trialFlag",
    ];
    assert_eq!(names(&call), documented);
    let body = &call.body;
    for (name, value) in [
        ("amount", "5"),
        ("chargingMode", "1"),
        ("customerId", world.buyer.as_str()),
        ("customerName", "linlan"),
        // The last second of the day in Beijing, as it is read there.
        ("expireTime", "20280301235959"),
        ("orderAmount", "3000"),
        ("orderId", placed.order_id.as_str()),
        ("periodNumber", "2"),
        ("periodType", "year"),
        ("productId", "v1-year"),
        ("provisionType", "1"),
        ("skuCode", "v1-basic"),
        ("timeStamp", "20260301040000000"),
        ("trialFlag", "0"),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    let phone = cipher::decrypt(V1_KEY, KeySize::Bits256, body["mobilePhone"].as_str().unwrap()).unwrap();
    assert_eq!(phone, "13000000000");
    let extend = ExtendParams::read(body["saasExtendParams"].as_str().unwrap());
    let entry = &extend.entries().unwrap()[0];
    assert_eq!((entry.name.as_str(), entry.value.as_str()), ("emailDomainName", "商店.example.com"));

    let order = world.order_of(&placed.order_id).await;
    let instance = world.instance(&placed.order_id).await;
    assert_eq!((order.state, instance.state), (OrderState::Completed, InstanceState::Active));
    assert_eq!(instance.expire_at, Some(at("2028-03-01T15:59:59Z")));
    assert_eq!(instance.instance_id, Some(format!("a-{}", order.order_id)));
    assert_eq!(world.story().await, ["saas_v1.new_instance:succeeded"], "V1.0 has nothing to poll");
}

#[tokio::test]
async fn quantity_billing_and_buyer_are_sent_as_the_product_says() {
    let world = world().await;
    world.buy("v1-disk-month", Some(500)).await;
    let disk = last(&world, "newInstance").body;
    assert_eq!((&disk["diskSize"], &disk["orderAmount"]), (&json!("500"), &json!("62.5")));
    assert!(disk.get("amount").is_none() && disk.get("bandWidth").is_none());
    world.buy("v1-net-month", Some(20)).await;
    assert_eq!(last(&world, "newInstance").body["bandWidth"], "20");

    world.buy("v1-once", None).await;
    let once = last(&world, "newInstance");
    assert_eq!((&once.body["chargingMode"], &once.body["orderAmount"]), (&json!("3"), &json!("99.9")));
    for absent in ["expireTime", "periodType", "periodNumber", "amount", "acceptanceTime", "testFlag"] {
        assert!(once.body.get(absent).is_none(), "{absent}");
    }
    world.buy("v1-trial", Some(1)).await;
    let trial = last(&world, "newInstance").body;
    assert_eq!((&trial["trialFlag"], &trial["expireTime"]), (&json!("1"), &json!("20260308235959")));
    assert!(trial.get("periodType").is_none(), "V1.0 has no days");
}

#[tokio::test]
async fn each_attempt_has_a_business_id_and_fresh_ciphertexts_of_its_own() {
    let world = world().await;
    world.merchant.answer("newInstance", Reply::Status(503));
    world.order("v1-month", Some(1)).await;
    world.idle().await;
    let calls = world.merchant.calls("newInstance");
    assert_eq!(calls.len(), 4);
    for pair in calls.windows(2) {
        assert_ne!(pair[0].body["businessId"], pair[1].body["businessId"]);
        assert_ne!(pair[0].body["mobilePhone"], pair[1].body["mobilePhone"]);
        assert_eq!(pair[0].body["orderId"], pair[1].body["orderId"]);
    }
}

#[tokio::test]
async fn what_the_buyer_sees_is_decrypted_and_never_stored() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    let info = instance::view_instance(world.core(), &instance.resource_id).await.unwrap().app_info.unwrap();
    assert_eq!(info.user_name.as_deref(), Some("admin"));
    assert_eq!((info.password.as_deref(), info.memo.as_deref()), (Some("s3cret"), Some("保管好密码")));
    assert_eq!(info.admin_url.as_deref(), Some("https://admin.example.com"));
    assert!(info.unreadable.is_empty());
    assert_eq!(last(&world, "newInstance").body["orderId"], json!(instance.order_id), "the same order again");
    assert_eq!(world.story().await[1], "saas_v1.new_instance.buyer_view:succeeded");
    for message in world.messages().await {
        let detail = message::find(world.core(), &message.message_id).await.unwrap().unwrap();
        let text = serde_json::to_string(&detail).unwrap();
        for secret in ["s3cret", V1_KEY, "A1b2C3d4E5f6G7h8", "13000000000", "linlan"] {
            assert!(!text.contains(secret) && !message.body.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("orderId="), "the request is shown");
    }
}

#[tokio::test]
async fn a_value_that_does_not_decrypt_is_named_and_the_rest_is_shown() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    let app =
        json!({"frontEndUrl": "https://app.example.com", "userName": "plain", "password": "A1b2C3d4E5f6G7h8AAAA"});
    let answer = json!({"resultCode": "000000", "instanceId": "a-1", "appInfo": app});
    world.merchant.answer("newInstance", Reply::Json(answer));
    let info = instance::view_instance(world.core(), &instance.resource_id).await.unwrap().app_info.unwrap();
    assert_eq!(info.front_end_url.as_deref(), Some("https://app.example.com"));
    assert_eq!((info.user_name, info.unreadable), (None, vec!["userName", "password"]));
}

#[tokio::test]
async fn an_unsigned_answer_or_000004_is_a_failed_attempt_and_missing_addresses_are_remarks() {
    let world = world().await;
    let good = json!({"resultCode": "000000", "instanceId": "a-1"});
    world.merchant.answer("newInstance", Reply::Unsigned(good.clone()));
    let placed = world.order("v1-month", Some(1)).await;
    world.store.run_due().await.unwrap();
    let message = world.messages().await.pop().unwrap();
    assert_eq!((message.state, message.result_code.as_deref()), (MessageState::Retrying, Some("000000")));
    assert!(message.exception.contains("Body-Sign"), "{}", message.exception);
    assert_eq!(world.instance(&placed.order_id).await.state, InstanceState::Opening);

    let later = json!({"resultCode": "000004", "instanceId": "a-1"});
    world.merchant.answer("newInstance", Reply::Json(later));
    world.advance_to("2026-03-01T05:00:00Z").await;
    let message = world.messages().await.pop().unwrap();
    assert_eq!((message.attempts, message.result_code.as_deref()), (2, Some("000004")));

    world.merchant.answer("newInstance", Reply::Json(good));
    world.idle().await;
    let message = world.messages().await.pop().unwrap();
    assert_eq!((message.state, message.attempts), (MessageState::Succeeded, 3));
    assert_eq!(message.warning, "the answer lacks appInfo.frontEndUrl");
    assert_eq!(world.order_of(&placed.order_id).await.state, OrderState::Completed);
}

#[tokio::test]
async fn a_period_expires_is_renewed_in_the_freeze_window_and_is_released_in_the_end() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    world.advance_to("2026-04-05T00:00:00Z").await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Frozen);
    let expire = last(&world, "expireInstance");
    assert_eq!(names(&expire), ["activity", "instanceId", "orderId", "timeStamp"]);
    assert_eq!(expire.body["orderId"], json!(instance.order_id), "the order of the purchase");

    let renewal = instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    let active = world.instance(&instance.resource_id).await;
    assert_eq!((active.state, active.expire_at), (InstanceState::Active, Some(at("2026-05-01T15:59:59Z"))));
    assert_eq!(world.merchant.activities(), ["newInstance", "expireInstance", "refreshInstance"], "no unfreeze call");
    let refresh = last(&world, "refreshInstance");
    let documented =
        ["activity", "expireTime", "instanceId", "orderAmount", "orderId", "periodNumber", "periodType", "timeStamp"];
    assert_eq!(names(&refresh), documented);
    assert_eq!(
        (&refresh.body["orderId"], &refresh.body["expireTime"], &refresh.body["orderAmount"]),
        (&json!(renewal.order_id), &json!("20260501235959"), &json!("30"))
    );

    world.advance_to("2026-05-17T00:00:00Z").await;
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Released);
    let release = last(&world, "releaseInstance");
    assert_eq!(names(&release), ["activity", "instanceId", "orderId", "timeStamp"]);
    assert_eq!(release.body["orderId"], json!(instance.order_id));
}

#[tokio::test]
async fn a_trial_turns_formal_a_yearly_renewal_names_its_product_and_is_given_back() {
    let world = world().await;
    let trial = world.buy("v1-trial", Some(3)).await;
    let formal = ToFormal { product_id: "v1-month".to_owned(), quantity: None, period_number: Some(1), pay: true };
    instance::trial_to_formal(world.core(), &trial.resource_id, &formal).await.unwrap();
    world.idle().await;
    let body = last(&world, "refreshInstance").body;
    assert_eq!((&body["trialToFormal"], &body["productId"]), (&json!("1"), &json!("v1-month")));
    assert_eq!(body["expireTime"], "20260408235959");

    let yearly = Renew { product_id: Some("v1-year".to_owned()), ..RENEW };
    let renewal = instance::renew(world.core(), &trial.resource_id, &yearly).await.unwrap();
    world.idle().await;
    let body = last(&world, "refreshInstance").body;
    assert_eq!(
        (&body["productId"], &body["periodType"], &body["orderAmount"]),
        (&json!("v1-year"), &json!("year"), &json!("900"))
    );
    assert!(body.get("trialToFormal").is_none());

    let undone = instance::cancel_renewal(world.core(), &trial.resource_id).await.unwrap();
    world.idle().await;
    let body = last(&world, "refreshInstance").body;
    assert_ne!(body["orderId"], json!(renewal.order_id));
    assert_eq!(
        (&body["orderId"], &body["orderAmount"], &body["expireTime"], &body["productId"]),
        (&json!(undone.order_id), &json!("-900"), &json!("20260408235959"), &json!("v1-month"))
    );
    assert!(body.get("periodType").is_none() && body.get("periodNumber").is_none());
}

#[tokio::test]
async fn an_upgrade_tells_the_new_totals_and_there_is_no_change_on_renewal() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(5)).await;
    let wanted = Upgrade { product_id: Some("v1-plus-month".to_owned()), quantity: Some(8), pay: true };
    let order = instance::upgrade(world.core(), &instance.resource_id, &wanted).await.unwrap();
    world.idle().await;
    let call = last(&world, "upgrade");
    assert_eq!(names(&call), ["activity", "amount", "instanceId", "orderId", "productId", "skuCode", "timeStamp"]);
    assert_eq!(
        (&call.body["orderId"], &call.body["skuCode"], &call.body["amount"]),
        (&json!(order.order_id), &json!("v1-plus"), &json!("8"))
    );
    let upgraded = world.instance(&instance.resource_id).await;
    assert_eq!((upgraded.sku_code.as_str(), upgraded.quantity), ("v1-plus", Some(8)));

    let change = Change { product_id: "v1-month".to_owned(), quantity: None, period_number: None, pay: true };
    assert_eq!(refusal(instance::change(world.core(), &instance.resource_id, &change).await), "change.not_offered");
}

#[tokio::test]
async fn a_violation_is_told_by_the_expiry_call_and_again_after_a_renewal() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    instance::freeze(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    instance::renew(world.core(), &instance.resource_id, &RENEW).await.unwrap();
    world.idle().await;
    // The merchant unfreezes at a renewal by itself, so it is told once more.
    let told = ["newInstance", "expireInstance", "refreshInstance", "expireInstance"];
    assert_eq!(world.merchant.activities(), told);
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Frozen);
    let cleared = instance::unfreeze(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!(cleared.state, InstanceState::Active);
    assert_eq!(world.merchant.activities(), told, "V1.0 has no call for it");
}

#[tokio::test]
async fn an_unsubscription_releases_with_what_is_given_back() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(2)).await;
    let refund = instance::unsubscribe(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    let release = last(&world, "releaseInstance");
    assert_eq!(names(&release), ["activity", "instanceId", "orderAmount", "orderId", "timeStamp"]);
    assert_eq!(
        (&release.body["orderId"], &release.body["orderAmount"]),
        (&json!(instance.order_id), &json!("60")),
        "the order of the purchase, and the money of {}",
        refund.order_id
    );
    assert_eq!(world.instance(&instance.resource_id).await.state, InstanceState::Released);
}

#[tokio::test]
async fn a_period_after_acceptance_begins_when_the_buyer_accepts() {
    let world = world().await;
    let opened = world.buy("accept-month", None).await;
    assert_eq!((opened.state, opened.expire_at), (InstanceState::AwaitingAcceptance, None));
    let first = last(&world, "newInstance").body;
    assert_eq!(first["provisionType"], "2");
    assert!(first.get("acceptanceTime").is_none());
    let mail = cipher::decrypt(V1_KEY, KeySize::Bits128, first["email"].as_str().unwrap()).unwrap();
    assert_eq!(mail, "linlan@buyers.example");
    assert!(first.get("mobilePhone").is_none());
    assert_eq!(refusal(instance::renew(world.core(), &opened.resource_id, &RENEW).await), "instance.state");
    assert!(instance::view_instance(world.core(), &opened.resource_id).await.is_ok(), "the buyer can look");

    world.advance_to("2026-03-10T02:03:04Z").await;
    instance::accept(world.core(), &opened.resource_id).await.unwrap();
    world.idle().await;
    let active = world.instance(&opened.resource_id).await;
    assert_eq!((active.state, active.expire_at), (InstanceState::Active, Some(at("2026-04-10T15:59:59Z"))));
    let told = last(&world, "newInstance").body;
    assert_eq!((&told["acceptanceTime"], &told["orderId"]), (&json!("20260310020304000"), &json!(opened.order_id)));
    assert_eq!(told["expireTime"], "20260410235959");
    assert_eq!(refusal(instance::accept(world.core(), &opened.resource_id).await), "instance.not_awaiting_acceptance");
    assert!(instance::unsubscribe(world.core(), &opened.resource_id).await.is_ok(), "five days from the acceptance");
}

#[tokio::test]
async fn usage_is_collected_or_looked_at() {
    let world = world().await;
    let instance = world.buy("v1-month", Some(1)).await;
    let usage = instance::view_usage(world.core(), &instance.resource_id).await.unwrap();
    assert_eq!(usage[0].usage_value.to_string(), "3.5");
    instance::collect_usage(world.core(), &instance.resource_id).await.unwrap();
    world.idle().await;
    let call = last(&world, "queryInstance");
    assert_eq!(names(&call), ["activity", "instanceId", "timeStamp"]);
    let story = world.story().await;
    assert_eq!(story[1..], ["saas_v1.query_instance.buyer_view:succeeded", "saas_v1.query_instance:succeeded"]);
    let v2 = world.buy("basic-month", Some(1)).await;
    assert_eq!(refusal(instance::collect_usage(world.core(), &v2.resource_id).await), "usage.not_collected");
}

#[tokio::test]
async fn parameters_too_long_for_the_call_are_refused_before_the_order() {
    let world = world().await;
    let param = |name: &str| ExtendParam { name: name.to_owned(), value: "长".repeat(255) };
    let wanted = PlaceOrder {
        buyer_id: world.buyer.clone(),
        product_id: "v1-month".to_owned(),
        quantity: None,
        period_number: None,
        extend_params: vec![param("a"), param("b")],
        pay: false,
    };
    let placed = order::place_order(world.core(), &wanted, &|_| Batch::new()).await;
    assert_eq!(refusal(placed), "order.extend_params_length");
}

#[tokio::test]
async fn what_is_charged_by_use_costs_nothing_to_open_and_has_a_status_of_its_own() {
    let world = world().await;
    let opened = world.buy("courier-standard-use", None).await;
    assert_eq!((opened.state, opened.expire_at), (InstanceState::Active, None));
    let body = last(&world, "newInstance").body;
    assert_eq!((&body["chargingMode"], &body["orderAmount"]), (&json!("0"), &json!("0")));
    for absent in ["expireTime", "periodType", "periodNumber", "amount"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
    instance::freeze(world.core(), &opened.resource_id).await.unwrap();
    world.idle().await;
    let call = last(&world, "instanceStatus");
    assert_eq!(names(&call), ["activity", "instanceId", "instanceStatus", "timeStamp"]);
    assert_eq!(call.body["instanceStatus"], "FREEZE");
    instance::unfreeze(world.core(), &opened.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!(last(&world, "instanceStatus").body["instanceStatus"], "NORMAL");
    assert_eq!(refusal(instance::renew(world.core(), &opened.resource_id, &RENEW).await), "instance.one_time");

    world.advance_to("2027-03-01T00:00:00Z").await;
    let refund = instance::unsubscribe(world.core(), &opened.resource_id).await.unwrap();
    world.idle().await;
    assert_eq!((refund.payable.minor(), refund.quota_slot), (0, None), "it ends at any time");
    assert_eq!(world.instance(&opened.resource_id).await.state, InstanceState::Released);
}
