//! The app cannot tell which protocol the store speaks: the same life, sold once each way, tells the same events.

use std::collections::BTreeSet;
use std::time::Duration;

use mercer_kernel::clock::Instant;
use mercer_kernel::db::EngineKind;
use mercer_testkit::app::Received;
use mercer_testkit::world::{MERCHANT, World, text};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(86_400);
const MINUTE: Duration = Duration::from_secs(60);

/// What the app hears, in both protocols.
const LIFE: [&str; 12] = [
    "created",
    "trial_converted",
    "renewed",
    "renewal_cancelled",
    "upgraded",
    "frozen",
    "renewed",
    "unfrozen",
    "frozen",
    "released",
    "created",
    "released",
];
/// What differs: what SaaS V1.0 has no field for and no call to ask for (or, as personal data, only with the
/// product's authorisation), and with `+` what it says besides.
const UNSAID: [&str; 20] = [
    "+.order",
    "+.order.orderLine.productInfo.amount",
    ".buyer.customerRealName",
    ".buyer.customerType",
    ".buyer.email",
    ".buyer.mobilePhone",
    ".buyer.userName",
    ".order.buyerInfo.customerRealName",
    ".order.buyerInfo.customerType",
    ".order.buyerInfo.email",
    ".order.buyerInfo.mobilePhone",
    ".order.buyerInfo.userName",
    ".order.orderLine.currency",
    ".order.orderLine.currencyAfterDiscount",
    ".order.orderLine.periodNumber",
    ".order.orderLine.periodType",
    ".order.orderLine.productInfo.productName",
    ".orderLineId",
    ".periodNumber",
    ".periodType",
];

/// An event, its ids, times and order numbers blanked.
struct Told {
    kind: String,
    data: Value,
}

/// One product in two specifications, with a trial; its codes begin with `access`.
async fn publish(world: &World, access: &str) {
    let sku = |code: &str, unit_price: &str, trial: bool| {
        let price = |period: &str, unit_price: &str| {
            json!({
                "productId": format!("{access}-{code}-{period}"), "chargingMode": "PERIOD", "periodType": period,
                "brackets": [{ "unitPrice": unit_price }]
            })
        };
        let mut prices = vec![price("month", unit_price)];
        if trial {
            let mut free = price("day", "0");
            free["productId"] = json!(format!("{access}-{code}-trial"));
            free["trialDays"] = json!(7);
            prices.push(free);
        }
        json!({
            "skuCode": format!("{access}-{code}"), "name": { "zh": code, "en": code }, "prices": prices,
            "linear": { "name": { "zh": "席位", "en": "Seats" }, "min": 1, "max": 100, "step": 1 }
        })
    };
    let product = json!({
        "productCode": access, "merchantId": MERCHANT, "addressId": world.seeded.address_id, "access": access,
        "name": { "zh": "双生", "en": "Twin" }, "skus": [sku("basic", "30", true), sku("plus", "60", false)]
    });
    world.post("/products", product).await;
}

async fn verb(world: &World, order_id: &str, verb: &str, body: Value) {
    world.post(&format!("/instances/{order_id}/{verb}"), body).await;
    world.run_for(MINUTE * 10).await;
}

async fn bought(world: &World, product_id: &str) -> String {
    let order_id = world.buy(product_id, Some(3)).await;
    world.run_for(MINUTE * 10).await;
    assert_eq!(world.instance(&order_id).await["state"], "active", "{}", world.story());
    order_id
}

async fn expire(world: &World, order_id: &str) {
    let expires: Instant = text(&world.instance(order_id).await["expireAt"]).parse().unwrap();
    world.run_for(expires.since(world.clock.now()) + MINUTE * 10).await;
}

/// A trial that turns formal, is renewed, has the renewal taken back, is upgraded, expires, is renewed in the freeze
/// window, expires again and is released after the retention; and one that is unsubscribed.
async fn live(world: &World, access: &str) -> Vec<Told> {
    publish(world, access).await;
    let month = format!("{access}-basic-month");
    let first = bought(world, &format!("{access}-basic-trial")).await;
    verb(world, &first, "trial-to-formal", json!({ "productId": month, "periods": 1, "pay": true })).await;
    world.run_for(DAY * 8).await;
    verb(world, &first, "renew", json!({ "periods": 1, "pay": true })).await;
    verb(world, &first, "cancel-renewal", json!({})).await;
    let plus = json!({ "productId": format!("{access}-plus-month"), "quantity": 8, "pay": true });
    verb(world, &first, "upgrade", plus).await;
    expire(world, &first).await;
    world.run_for(DAY * 2).await;
    verb(world, &first, "renew", json!({ "periods": 1, "pay": true })).await;
    expire(world, &first).await;
    world.run_for(DAY * 15).await;
    assert_eq!(world.instance(&first).await["state"], "released", "{}", world.story());
    let second = bought(world, &month).await;
    verb(world, &second, "unsubscribe", json!({})).await;
    assert_eq!(world.instance(&second).await["state"], "released", "{}", world.story());
    let told = world.app.distinct();
    assert_eq!(told.len(), world.app.received().len(), "each event once\n{}", world.story());
    told.into_iter().map(|event| normal(event, access)).collect()
}

/// An event without what differs from one purchase to the next.
fn normal(event: Received, access: &str) -> Told {
    let text = event.data.to_string().replace(&format!("\"{access}-"), "\"");
    let mut data = serde_json::from_str(&text).unwrap();
    blank(&mut data);
    Told { kind: event.kind, data }
}

fn blank(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let is_id = ["instanceId", "orderId", "orderLineId"].contains(&name.as_str());
                if is_id || name.ends_with("Time") {
                    *member = json!("…");
                } else {
                    blank(member);
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(blank),
        _ => {}
    }
}

/// Collects what the second says and the first does not; what both say must be the same, but for what the first
/// says besides.
fn compare(path: &str, first: &Value, second: &Value, missing: &mut BTreeSet<String>) {
    match (first, second) {
        (Value::Null, Value::Null) => {}
        (Value::Null, _) => {
            missing.insert(path.to_owned());
        }
        (Value::Object(first), Value::Object(second)) => {
            for (name, value) in second {
                let said = first.get(name).unwrap_or(&Value::Null);
                compare(&format!("{path}.{name}"), said, value, missing);
            }
            let more = first.keys().filter(|name| !second.contains_key(*name));
            missing.extend(more.map(|name| format!("+{path}.{name}")));
        }
        (Value::Array(first), Value::Array(second)) => {
            assert_eq!(first.len(), second.len(), "{path}");
            first.iter().zip(second).for_each(|(first, second)| compare(path, first, second, missing));
        }
        _ => assert_eq!(first, second, "{path}"),
    }
}

#[tokio::test]
async fn the_same_life_tells_the_app_the_same_events_in_both_protocols() {
    for engine in [EngineKind::Sqlite, EngineKind::Postgres] {
        let Some(v2_world) = World::create(engine).await else { continue };
        let Some(v1_world) = World::create(engine).await else { continue };
        let (v2, v1) = (live(&v2_world, "saasV2").await, live(&v1_world, "saasV1").await);
        let kinds = |told: &[Told]| told.iter().map(|one| one.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&v1), kinds(&v2));
        assert_eq!(kinds(&v2).iter().map(|kind| &kind["mercer.instance.".len()..]).collect::<Vec<_>>(), LIFE);
        let mut missing = BTreeSet::new();
        for (v1, v2) in v1.iter().zip(&v2) {
            compare("", &v1.data, &v2.data, &mut missing);
        }
        assert_eq!(missing.iter().map(String::as_str).collect::<Vec<_>>(), UNSAID);
    }
}
