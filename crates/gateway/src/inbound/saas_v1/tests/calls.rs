//! The seven activities: repeated, out of order, about nothing, and for debugging.

use super::*;
use crate::inbound::Verdict;
use crate::testing_kit::worlds;

#[tokio::test]
async fn a_purchase_is_open_in_the_first_answer_and_the_app_sees_the_same_event_as_in_v2() {
    let world = World::with_app().await;
    world.app_answers(&[OPENED]);
    let parameters = "W3sibmFtZSI6ImVtYWlsRG9tYWluTmFtZSIsInZhbHVlIjoiZXhhbXBsZSJ9XQ==";
    let answer = world.call_v1(&purchase("O-1", "b-1", &[("saasExtendParams", parameters)])).await;
    assert_eq!((answer.code(), answer.json["instanceId"].as_str()), ("000000", Some("b-1")));
    assert_eq!(
        (front_end_url(&answer), answer.json["encryptType"].as_str()),
        ("https://app.example.com/t/1", Some("1"))
    );
    assert_eq!(clear(&answer, "userName", KeySize::Bits256), "admin");
    let event = &world.events()[0];
    assert_eq!(event["type"], "mercer.instance.created");
    let data = &event["data"];
    assert_eq!(
        (&data["productId"], &data["skuCode"], &data["linearValue"]),
        (&"P-1".into(), &"S-1".into(), &50.into())
    );
    assert_eq!((&data["chargingMode"], &data["periodType"]), (&"PERIOD".into(), &"year".into()));
    // 23:59:59 in Beijing.
    assert_eq!(data["expireTime"], "2026-01-01T15:59:59Z");
    assert_eq!(data["order"]["orderType"], "NEW");
    assert_eq!(data["order"]["extendParams"][0]["name"], "emailDomainName");
    assert_eq!(data["buyer"]["customerId"], "68cbc86abc2018ab880d92f36422fa0e");
}

#[tokio::test]
async fn a_whole_life_is_the_same_on_every_engine() {
    for world in worlds().await {
        let world = world.and_app().await;
        world.app_answers(&[DOWN]);
        assert!(front_end_url(&world.call_v1(&purchase("O-1", "b-1", &[])).await).contains("/instance/demo/b-1/"));
        world.app_answers(&[OPENED, TAKEN]);
        world.pass(std::time::Duration::from_secs(60)).await;
        let accepted = world.call_v1(&purchase("O-1", "b-2", &[("acceptanceTime", "20250102030405678")])).await;
        assert_eq!(front_end_url(&accepted), "https://app.example.com/t/1");
        let product = [("skuCode", "S-2"), ("productId", "P-2"), ("amount", "80"), ("orderId", "U-1")];
        let past = [("orderId", "X-1"), ("expireTime", "20240101235959"), ("orderAmount", "-1")];
        let renewal = [("orderId", "R-1"), ("expireTime", "20270101235959")];
        for parameters in [
            change("upgrade", &product),
            change("refreshInstance", &past),
            change("refreshInstance", &renewal),
            change("releaseInstance", &[]),
        ] {
            for _ in 0..2 {
                assert_eq!(world.call_v1(&parameters).await.code(), "000000", "{parameters:?}");
            }
        }
        world.pass(std::time::Duration::from_secs(60)).await;
        let told =
            ["created", "accepted", "upgraded", "renewal_cancelled", "frozen", "renewed", "unfrozen", "released"];
        assert_eq!(world.event_types(), told);
        assert_eq!(instance(&world, "b-1").await.summary.sku_code, "S-2");
    }
}

#[tokio::test]
async fn the_id_is_that_of_the_first_call_and_a_look_gets_the_present_app_information() {
    let world = opened_world().await;
    let info = serde_json::from_str(r#"{"frontEndUrl":"https://app.example.com/moved","userName":"root"}"#).unwrap();
    world.gateway.put_app_info(MERCHANT, "b-1", &info).await.unwrap();
    for business_id in ["b-2", "b-3"] {
        let again = world.call_v1(&purchase("O-1", business_id, &[])).await;
        assert_eq!((again.code(), again.json["instanceId"].as_str()), ("000000", Some("b-1")));
        assert_eq!(front_end_url(&again), "https://app.example.com/moved");
        assert_eq!(clear(&again, "userName", KeySize::Bits256), "root");
        assert_eq!(newest(&world).await.summary.verdict, Verdict::Repeated);
    }
    // Debug cases and older stores leave the charging mode out: still the same instance.
    let bare: Vec<_> = purchase("O-1", "b-4", &[]).into_iter().filter(|(name, _)| *name != "chargingMode").collect();
    assert_eq!(world.call_v1(&bare).await.json["instanceId"], "b-1");
    assert_eq!(world.event_types(), ["created"]);
}

#[tokio::test]
async fn one_order_with_two_pay_per_use_products_opens_two_instances() {
    let world = World::with_app().await;
    world.app_answers(&[OPENED]);
    let of = |product, business| purchase("O-1", business, &[("productId", product), ("chargingMode", "0")]);
    for (product, business, expected) in [("P-1", "b-1", "b-1"), ("P-2", "b-2", "b-2"), ("P-1", "b-3", "b-1")] {
        assert_eq!(world.call_v1(&of(product, business)).await.json["instanceId"], expected);
    }
    assert_eq!(world.event_types(), ["created", "created"]);
}

#[tokio::test]
async fn an_id_that_another_order_has_does_not_mix_the_two() {
    let world = opened_world().await;
    let second = world.call_v1(&purchase("O-2", "b-1", &[])).await;
    assert_eq!(second.code(), "000000");
    assert_ne!(second.json["instanceId"], "b-1");
}

#[tokio::test]
async fn renewals_run_longer_unfreeze_and_are_told_once() {
    let world = opened_world().await;
    assert_eq!(world.call_v1(&change("expireInstance", &[("orderId", "O-1")])).await.code(), "000000");
    assert_eq!(world.call_v1(&change("expireInstance", &[])).await.code(), "000000");
    assert_eq!(state(&world).await, State::Frozen);
    let renewal =
        change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20270101235959"), ("orderAmount", "1")]);
    for _ in 0..2 {
        assert_eq!(world.call_v1(&renewal).await.code(), "000000");
    }
    let other = change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20280101235959")]);
    assert_eq!(world.call_v1(&other).await.code(), "000002");
    assert_eq!(newest(&world).await.summary.verdict, Verdict::Conflict);
    world.gateway.run_due().await;
    assert_eq!(world.event_types(), ["created", "frozen", "renewed", "unfrozen"]);
    let detail = instance(&world, "b-1").await;
    assert_eq!(detail.summary.state, State::Active);
    assert_eq!(detail.summary.expire_time.unwrap().to_string(), "2027-01-01T15:59:59Z");
    assert_eq!(world.events()[2]["data"]["order"]["orderType"], "RENEW");
}

#[tokio::test]
async fn a_cancelled_renewal_shortens_and_one_into_the_past_freezes_at_once() {
    let world = opened_world().await;
    world.call_v1(&change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20270101235959")])).await;
    let cancel =
        |order, time| change("refreshInstance", &[("orderId", order), ("expireTime", time), ("orderAmount", "-20.5")]);
    assert_eq!(world.call_v1(&cancel("X-1", "20260101235959")).await.code(), "000000");
    assert_eq!(state(&world).await, State::Active);
    assert_eq!(world.call_v1(&cancel("X-2", "20240101235959")).await.code(), "000000");
    assert_eq!(state(&world).await, State::Frozen);
    world.gateway.run_due().await;
    assert_eq!(world.event_types(), ["created", "renewed", "renewal_cancelled", "renewal_cancelled", "frozen"]);
}

#[tokio::test]
async fn a_trial_turns_formal_with_its_new_product() {
    let world = World::with_app().await;
    world.app_answers(&[OPENED, TAKEN]);
    world.call_v1(&purchase("T-1", "b-1", &[("trialFlag", "1")])).await;
    assert!(instance(&world, "b-1").await.summary.trial);
    let conversion = change(
        "refreshInstance",
        &[("orderId", "F-1"), ("productId", "P-9"), ("expireTime", "20270101235959"), ("trialToFormal", "1")],
    );
    assert_eq!(world.call_v1(&conversion).await.code(), "000000");
    world.gateway.run_due().await;
    let summary = instance(&world, "b-1").await.summary;
    assert_eq!((summary.trial, summary.product_id.as_str(), summary.sku_code.as_str()), (false, "P-9", "S-1"));
    let event = world.events().pop().unwrap();
    assert_eq!(event["type"], "mercer.instance.trial_converted");
    assert_eq!(
        (&event["data"]["order"]["orderType"], &event["data"]["previous"]["productId"]),
        (&"TRIAL_TO_FORMAL".into(), &"P-1".into())
    );
}

#[tokio::test]
async fn an_upgrade_brings_its_own_specification_even_before_the_app_has_opened() {
    let world = World::with_app().await;
    world.app_answers(&[DOWN]);
    world.call_v1(&purchase("O-1", "b-1", &[])).await;
    let upgrade = change("upgrade", &[("orderId", "U-1"), ("skuCode", "S-2"), ("productId", "P-2"), ("amount", "80")]);
    assert_eq!(world.call_v1(&upgrade).await.code(), "000000");
    assert_eq!(world.call_v1(&upgrade).await.code(), "000000");
    world.app_answers(&[OPENED, TAKEN]);
    world.pass(std::time::Duration::from_secs(600)).await;
    assert_eq!(world.event_types(), ["created", "upgraded"]);
    let (created, upgraded) = (&world.events()[0]["data"], &world.events()[1]["data"]);
    assert_eq!((&created["skuCode"], &created["linearValue"]), (&"S-1".into(), &50.into()));
    assert_eq!((&upgraded["skuCode"], &upgraded["linearValue"]), (&"S-2".into(), &80.into()));
    assert_eq!((&upgraded["previous"]["skuCode"], &upgraded["previous"]["linearValue"]), (&"S-1".into(), &50.into()));
    assert_eq!(upgraded["buyer"]["customerName"], "Example Ltd");
    let summary = instance(&world, "b-1").await.summary;
    assert_eq!((summary.sku_code.as_str(), summary.linear_value), ("S-2", Some(80)));
}

#[tokio::test]
async fn status_and_release_are_repeatable_and_a_released_instance_never_comes_back() {
    let world = opened_world().await;
    for (status, expected) in [("FREEZE", State::Frozen), ("FREEZE", State::Frozen), ("NORMAL", State::Active)] {
        assert_eq!(world.call_v1(&change("instanceStatus", &[("instanceStatus", status)])).await.code(), "000000");
        assert_eq!(state(&world).await, expected);
    }
    for _ in 0..2 {
        assert_eq!(world.call_v1(&change("releaseInstance", &[("orderId", "O-1")])).await.code(), "000000");
    }
    assert_eq!(state(&world).await, State::Released);
    let renewal = change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20270101235959")]);
    assert_eq!(world.call_v1(&renewal).await.code(), "000003");
    let look = world.call_v1(&purchase("O-1", "b-9", &[])).await;
    assert_eq!((look.code(), look.json["instanceId"].as_str()), ("000000", Some("b-1")));
    assert!(front_end_url(&look).starts_with("https://gateway.example.com/instance/demo/b-1/"));
    world.gateway.run_due().await;
    assert_eq!(world.event_types(), ["created", "frozen", "unfrozen", "released"]);
}

#[tokio::test]
async fn unknown_instances_are_000003() {
    let world = World::bare().await;
    for parameters in [
        change("expireInstance", &[]),
        change("releaseInstance", &[]),
        change("queryInstance", &[]),
        change("instanceStatus", &[("instanceStatus", "FREEZE")]),
        change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20270101235959")]),
        change("upgrade", &[("orderId", "U-1"), ("skuCode", "S"), ("productId", "P")]),
    ] {
        assert_eq!(world.call_v1(&parameters).await.code(), "000003", "{parameters:?}");
    }
}

#[tokio::test]
async fn a_query_answers_up_to_a_hundred_instances_with_encrypted_accounts() {
    let world = opened_world().await;
    let ids = |count: usize| (1..=count).map(|number| format!("b-{number}")).collect::<Vec<_>>().join(",");
    let answer = world.call_v1(&[("activity", "queryInstance"), ("instanceId", &ids(100))]).await;
    assert_eq!((answer.code(), answer.json["encryptType"].as_str()), ("000000", Some("1")));
    let info = answer.json["info"].as_array().unwrap();
    let password = info[0]["appInfo"]["password"].as_str().unwrap();
    assert_eq!(
        (info.len(), cipher::decrypt(V1_KEY, KeySize::Bits256, password).unwrap().as_str()),
        (1, "Secret-Passw0rd")
    );
    assert!(!newest(&world).await.answer.contains(password));
    let too_many = world.call_v1(&[("activity", "queryInstance"), ("instanceId", &ids(101))]).await;
    assert_eq!(too_many.code(), "000002");
}

#[tokio::test]
async fn an_acceptance_is_told_once_and_starts_the_billing() {
    let world = opened_world().await;
    let accepted = |time| purchase("O-1", "b-7", &[("provisionType", "2"), ("acceptanceTime", time)]);
    for time in ["20250102030405678", "20250102030405678", "20250909000000000"] {
        let answer = world.call_v1(&accepted(time)).await;
        assert_eq!((answer.code(), answer.json["instanceId"].as_str()), ("000000", Some("b-1")));
    }
    world.gateway.run_due().await;
    assert_eq!(world.event_types(), ["created", "accepted"]);
    let event = &world.events()[1]["data"];
    assert_eq!(
        (&event["billingStart"], &event["buyer"]["customerName"]),
        (&"2025-01-02T03:04:05.678Z".into(), &"Example Ltd".into())
    );
    let detail = instance(&world, "b-1").await;
    assert_eq!(detail.summary.billing_start.unwrap().to_string(), "2025-01-02T03:04:05.678Z");
}

#[tokio::test]
async fn debug_calls_are_answered_in_full_and_leave_nothing() {
    let world = World::with_app().await;
    let first = world.call_v1(&purchase("O-1", "b-1", &[("testFlag", "1")])).await;
    assert_eq!((first.code(), first.json["instanceId"].as_str()), ("000000", Some("b-1")));
    assert!(front_end_url(&first).starts_with("https://"));
    assert_eq!(clear(&first, "userName", KeySize::Bits256), "debug");
    let again = world.call_v1(&purchase("O-1", "b-2", &[("testFlag", "1")])).await;
    assert_eq!(again.json["instanceId"], "b-1", "a replayed case gets the same id");
    for parameters in [
        change("expireInstance", &[("testFlag", "1")]),
        change("releaseInstance", &[("testFlag", "1")]),
        change("queryInstance", &[("testFlag", "1")]),
        change("instanceStatus", &[("instanceStatus", "FREEZE"), ("testFlag", "1")]),
        change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20270101235959"), ("testFlag", "1")]),
        change("upgrade", &[("orderId", "U-1"), ("skuCode", "S"), ("productId", "P"), ("testFlag", "1")]),
    ] {
        assert_eq!(world.call_v1(&parameters).await.code(), "000000", "{parameters:?}");
        assert!(newest(&world).await.summary.test);
    }
    world.pass(std::time::Duration::from_secs(60)).await;
    assert!(world.events().is_empty() && world.gateway.instance_counts(MERCHANT).await.unwrap().is_empty());
    world.app_answers(&[OPENED]);
    let real = world.call_v1(&purchase("O-1", "b-3", &[])).await;
    assert_eq!(real.json["instanceId"], "b-3", "a debug case never meets a real order");
}

#[tokio::test]
async fn a_change_costs_one_read_and_four_writes_in_one_commit() {
    let world = opened_world().await;
    for parameters in [
        change("refreshInstance", &[("orderId", "R-1"), ("expireTime", "20270101235959")]),
        change("upgrade", &[("orderId", "U-1"), ("skuCode", "S-2"), ("productId", "P-2")]),
    ] {
        let statistics = world.gateway.foundation().db.statistics();
        let before = (statistics.reads(), statistics.statements(), statistics.batches());
        world.call_v1(&parameters).await;
        let after = (statistics.reads(), statistics.statements(), statistics.batches());
        assert_eq!((after.0 - before.0, after.1 - before.1, after.2 - before.2), (1, 4, 1), "{parameters:?}");
    }
}
