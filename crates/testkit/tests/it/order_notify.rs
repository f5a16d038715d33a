//! Which orders are announced: every node of a service's life, once, however many settings match; and again every
//! hour while nobody listens.

use std::collections::BTreeMap;
use std::time::Duration;

use mercer_testkit::network::Fault;
use mercer_testkit::world::{MERCHANT, World, text};
use serde_json::{Value, json};

use crate::on_every_world;

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

/// Announces what matches, in `accessType` or `productCode`.
async fn announce(world: &World, by: &str, what: &str) {
    let wanted = json!({ by: what, "addressId": world.seeded.address_id });
    world.post(&format!("/merchants/{MERCHANT}/notifications"), wanted).await;
}

/// How often the app heard of each order.
fn heard(world: &World) -> BTreeMap<String, (String, usize)> {
    let mut orders = BTreeMap::new();
    for event in world.app.received().iter().filter(|event| event.kind == "mercer.order.notified") {
        let order_type = text(&event.data["order"]["orderType"]);
        let entry = orders.entry(text(&event.data["orderId"])).or_insert((order_type, 0));
        entry.1 += 1;
    }
    orders
}

async fn does(world: &World, order_id: &str, verb: &str, body: Value) -> String {
    let made = world.post(&format!("/instances/{order_id}/{verb}"), body).await;
    world.run_for(MINUTE * 10).await;
    text(&made["orderId"])
}

#[tokio::test]
async fn each_node_is_announced_once_in_both_protocols_and_when_both_settings_match() {
    on_every_world(async |world| {
        announce(&world, "accessType", "saas").await;
        for (product_code, sku) in [("teamboard", "professional"), ("orbit", "enterprise")] {
            announce(&world, "productCode", product_code).await;
            let bought = world.buy(&format!("{product_code}-standard-month"), Some(2)).await;
            world.run_for(MINUTE * 10).await;
            let renewed = does(&world, &bought, "renew", json!({ "periods": 1, "pay": true })).await;
            let cancelled = does(&world, &bought, "cancel-renewal", json!({})).await;
            let plus = json!({ "productId": format!("{product_code}-{sku}-month"), "quantity": 4, "pay": true });
            let upgraded = does(&world, &bought, "upgrade", plus).await;
            let ended = does(&world, &bought, "unsubscribe", json!({})).await;
            let heard = heard(&world);
            for (node, order_id) in [
                ("NEW", &bought),
                ("RENEW", &renewed),
                ("UNSUBSCRIBE", &cancelled),
                ("CHANGE", &upgraded),
                ("UNSUBSCRIBE", &ended),
            ] {
                let (order_type, times) = heard.get(order_id).unwrap_or_else(|| panic!("{node} of {product_code}"));
                assert_eq!(*times, 1, "{node} of {product_code}");
                assert!(order_type.starts_with(node), "{node} of {product_code}: {order_type}");
            }
        }
        assert_eq!(heard(&world).len(), 10, "{}", world.story());
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_down_hears_of_the_order_an_hour_later() {
    on_every_world(async |world| {
        announce(&world, "productCode", "monitor").await;
        world.network.break_host("gateway.test", Fault::Down);
        let order_id = world.buy("monitor-basic-month", None).await;
        world.run_for(HOUR + MINUTE).await;
        assert!(heard(&world).is_empty());
        let calls: Vec<_> = world.network.log();
        let notified: Vec<u64> = calls
            .iter()
            .filter(|call| call.request.contains("orderNotify"))
            .map(|call| call.at.since(calls[0].at).as_secs())
            .collect();
        assert_eq!(notified, [0, 3_600]);
        world.network.heal("gateway.test");
        world.run_for(HOUR).await;
        assert_eq!(heard(&world).get(&order_id).map(|(_, times)| *times), Some(1), "{}", world.story());
    })
    .await;
}

#[tokio::test]
async fn what_no_setting_matches_is_not_announced() {
    on_every_world(async |world| {
        announce(&world, "productCode", "wiki").await;
        world.buy("monitor-basic-month", None).await;
        world.run_for(HOUR).await;
        assert!(heard(&world).is_empty(), "{}", world.story());
    })
    .await;
}
