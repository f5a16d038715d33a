//! What makes the store call each interface: a quiet beginning, and the deed that sets the series off.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::shop::{ADDRESS, BUYER, MERCHANT, Shop, text};

/// The public key of the application that enterprises bind, RSA of 3072 bits; nobody has the private one.
const PUBLIC_KEY: &str = include_str!("../../data/application-public-key.pem");

/// The price of what is charged by use.
const USE: &str = "basic-use";

/// How a row is walked.
pub(super) struct Walk {
    /// The row.
    pub(super) row: &'static str,
    /// The call as the merchant tells it apart.
    pub(super) call: &'static str,
    /// What happens.
    pub(super) deed: Deed,
}

/// What makes the store call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// A purchase.
    Buys,
    /// A purchase that is announced.
    BuysAnnounced,
    /// The buyer looks.
    Looks,
    /// The buyer looks at the usage.
    LooksAtUsage,
    /// The store collects the usage.
    Collects,
    /// The buyer accepts what was opened.
    Accepts,
    /// A renewal.
    Renews,
    /// A change on renewal.
    Changes,
    /// An upgrade.
    Upgrades,
    /// The operator freezes it for a violation.
    Freezes,
    /// Time passes until it expires.
    Expires,
    /// The buyer unsubscribes.
    Unsubscribes,
    /// An enterprise binds it.
    Binds,
    /// An admin authorises a member.
    Authorises,
    /// An admin makes a department.
    MakesDepartment,
}

/// Every row and its walk.
pub(super) const WALKS: &[Walk] = &[
    walk("saas_v2.new_instance", "saas_v2/newInstance", Deed::Buys),
    walk("saas_v2.query_instance.poll", "saas_v2/queryInstance", Deed::Buys),
    walk("saas_v2.query_instance.buyer_view", "saas_v2/queryInstance", Deed::Looks),
    walk("saas_v2.refresh_instance", "saas_v2/refreshInstance", Deed::Renews),
    walk("saas_v2.update_instance_status", "saas_v2/updateInstanceStatus", Deed::Freezes),
    walk("saas_v2.release_instance", "saas_v2/releaseInstance", Deed::Unsubscribes),
    walk("saas_v2.upgrade_instance", "saas_v2/upgradeInstance", Deed::Upgrades),
    walk("saas_v2.change_instance_check", "saas_v2/changeInstanceCheck", Deed::Changes),
    walk("saas_v1.new_instance", "saas_v1/newInstance", Deed::Buys),
    walk("saas_v1.new_instance.buyer_view", "saas_v1/newInstance", Deed::Looks),
    walk("saas_v1.new_instance.acceptance", "saas_v1/newInstance/acceptance", Deed::Accepts),
    walk("saas_v1.upgrade", "saas_v1/upgrade", Deed::Upgrades),
    walk("saas_v1.refresh_instance", "saas_v1/refreshInstance", Deed::Renews),
    walk("saas_v1.expire_instance", "saas_v1/expireInstance", Deed::Expires),
    walk("saas_v1.release_instance", "saas_v1/releaseInstance", Deed::Unsubscribes),
    walk("saas_v1.instance_status", "saas_v1/instanceStatus", Deed::Freezes),
    walk("saas_v1.query_instance", "saas_v1/queryInstance", Deed::Collects),
    walk("saas_v1.query_instance.buyer_view", "saas_v1/queryInstance", Deed::LooksAtUsage),
    walk("kit_v2.tenant_sync", "kit_v2/tenantSync", Deed::Binds),
    walk("kit_v2.application_sync", "kit_v2/applicationSync", Deed::Binds),
    walk("kit_v2.all_org_sync", "kit_v2/allOrgSync", Deed::Binds),
    walk("kit_v2.auth_sync", "kit_v2/authSync", Deed::Authorises),
    walk("kit_v2.single_org_sync", "kit_v2/singleOrgSync", Deed::MakesDepartment),
    walk("kit_v1.tenant_sync", "kit_v1/tenantSync", Deed::Binds),
    walk("kit_v1.application_sync", "kit_v1/applicationSync", Deed::Binds),
    walk("kit_v1.all_org_sync", "kit_v1/allOrgSync", Deed::Binds),
    walk("kit_v1.auth_sync", "kit_v1/authSync", Deed::Authorises),
    walk("kit_v1.single_org_sync", "kit_v1/singleOrgSync", Deed::MakesDepartment),
    walk("order_notification.order_notify", "order_notification/orderNotify", Deed::BuysAnnounced),
];

const fn walk(row: &'static str, call: &'static str, deed: Deed) -> Walk {
    Walk { row, call, deed }
}

/// What stands before the deed.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    /// The instance, where there is one.
    resource_id: String,
    /// The enterprise and its top department, where there is one.
    tenant_id: String,
    org_code: String,
    /// What binds the two.
    binding_id: String,
}

/// What the deed was done to.
#[derive(Debug, Clone)]
pub(super) struct Done {
    /// The order whose fate depends on the series; empty when none does.
    pub(super) order_id: String,
    /// Status and body of the deed itself.
    pub(super) answer: (StatusCode, Value),
}

impl Walk {
    fn is_v1(&self) -> bool {
        self.row.starts_with("saas_v1.") || self.row.starts_with("kit_v1.")
    }

    fn is_kit(&self) -> bool {
        self.row.starts_with("kit_")
    }

    /// SaaS V1.0 tells a change of status of what is charged by use only.
    fn is_charged_by_use(&self) -> bool {
        self.row == "saas_v1.instance_status"
    }

    /// Brings the store to the moment before the deed; everything is answered well so far.
    pub(super) async fn prepare(&self, shop: &Shop) -> Scene {
        if self.is_kit() {
            self.make_application(shop).await;
        }
        self.publish(shop).await;
        match self.deed {
            Deed::Buys => Scene::default(),
            Deed::BuysAnnounced => {
                let wanted = json!({ "accessType": "saas", "addressId": ADDRESS });
                shop.post(&format!("/merchants/{MERCHANT}/notifications"), wanted).await;
                Scene::default()
            }
            _ => {
                let (product_id, quantity) =
                    if self.is_charged_by_use() { (USE, None) } else { ("basic-month", Some(5)) };
                let order_id = shop.buy(product_id, quantity).await;
                shop.idle().await;
                let instance = shop.get(&format!("/instances/{order_id}")).await;
                let expected = if self.deed == Deed::Accepts { "awaitingAcceptance" } else { "active" };
                assert_eq!(instance["state"], expected, "{}: {instance}", self.row);
                let scene = Scene { resource_id: text(&instance["resourceId"]), ..Scene::default() };
                if self.is_kit() { self.furnish_enterprise(shop, scene).await } else { scene }
            }
        }
    }

    async fn make_application(&self, shop: &Shop) {
        let protocol = if self.is_v1() { "kit_v1" } else { "kit_v2" };
        let application = json!({
            "appId": "app_walk", "merchantId": MERCHANT, "name": "App", "protocol": protocol, "addressId": ADDRESS,
            "loginAddress": "https://app.example.com/login", "publicKey": PUBLIC_KEY
        });
        shop.post("/application-credentials", application).await;
        shop.idle().await;
    }

    /// A product with two specifications, so that everything can be done with what was bought.
    async fn publish(&self, shop: &Shop) {
        let seats = json!({ "name": { "zh": "席位", "en": "seats" }, "min": 1, "max": 100, "step": 1 });
        let sku = |code: &str, price: &str| {
            let mut sku = json!({
                "skuCode": code, "name": { "zh": code, "en": code }, "linear": seats,
                "prices": [{
                    "productId": format!("{code}-month"), "chargingMode": "PERIOD", "periodType": "month",
                    "brackets": [{ "upTo": null, "unitPrice": price }]
                }]
            });
            if self.is_charged_by_use() {
                let brackets = json!([{ "upTo": null, "unitPrice": price }]);
                let price = json!({ "productId": USE, "chargingMode": "ON_DEMAND", "brackets": brackets });
                sku = json!({ "skuCode": code, "name": { "zh": code, "en": code }, "prices": [price] });
            }
            sku
        };
        let skus = if self.is_charged_by_use() {
            vec![sku("basic", "1")]
        } else {
            vec![sku("basic", "30"), sku("plus", "60")]
        };
        let mut product = json!({
            "productCode": "prd_walk", "merchantId": MERCHANT, "addressId": ADDRESS,
            "access": if self.is_v1() { "saasV1" } else { "saasV2" }, "acceptance": self.deed == Deed::Accepts,
            "name": { "zh": "商品", "en": "Product" }, "skus": skus
        });
        if self.is_kit() {
            product["joint"] = json!(true);
            product["appId"] = json!("app_walk");
        }
        shop.post("/products", product).await;
    }

    async fn furnish_enterprise(&self, shop: &Shop, mut scene: Scene) -> Scene {
        let enterprise = json!({ "buyerId": BUYER, "name": "Walk Ltd", "tenantCode": "walkltd" });
        scene.tenant_id = text(&shop.post("/enterprises", enterprise).await["tenantId"]);
        let enterprise = format!("/enterprises/{}", scene.tenant_id);
        let departments = shop.get(&format!("{enterprise}/departments")).await;
        scene.org_code = text(&departments["items"][0]["orgCode"]);
        let member = json!({ "userName": "ann", "name": "Ann", "orgCode": scene.org_code });
        shop.post(&format!("{enterprise}/members"), member).await;
        if self.deed != Deed::Binds {
            let bound = bind(shop, &scene).await;
            assert!(bound.0.is_success(), "{}: {bound:?}", self.row);
            scene.binding_id = text(&bound.1["bindingId"]);
            shop.idle().await;
        }
        scene
    }

    /// The deed.
    pub(super) async fn set_off(&self, shop: &Shop, scene: &Scene) -> Done {
        let instance = format!("/instances/{}", scene.resource_id);
        let look = async |rest: &str| shop.call(Method::GET, &format!("{instance}/{rest}"), Value::Null).await;
        let act = async |rest: &str, body: Value| shop.call(Method::POST, &format!("{instance}/{rest}"), body).await;
        let (is_of_order, answer) = match self.deed {
            Deed::Buys | Deed::BuysAnnounced => {
                let order_id = shop.buy("basic-month", Some(5)).await;
                return Done { order_id, answer: (StatusCode::CREATED, Value::Null) };
            }
            Deed::Looks => (false, look("view").await),
            Deed::LooksAtUsage => (false, look("usage").await),
            Deed::Collects => (false, act("collect-usage", Value::Null).await),
            Deed::Accepts => (false, act("accept", Value::Null).await),
            Deed::Renews => (true, act("renew", json!({ "periods": 1, "pay": true })).await),
            Deed::Changes => (false, act("change", json!({ "productId": "plus-month" })).await),
            Deed::Upgrades => (true, act("upgrade", json!({ "quantity": 8, "pay": true })).await),
            Deed::Freezes => (false, act("freeze", json!({})).await),
            Deed::Unsubscribes => (true, act("unsubscribe", json!({})).await),
            Deed::Expires => {
                let found = shop.get(&instance).await;
                shop.advance_to(&text(&found["expireAt"])).await;
                (false, (StatusCode::OK, found))
            }
            Deed::Binds => (false, bind(shop, scene).await),
            Deed::Authorises => {
                let path = format!("/bindings/{}/grants", scene.binding_id);
                (false, shop.call(Method::POST, &path, json!({ "users": ["ann"] })).await)
            }
            Deed::MakesDepartment => {
                let path = format!("/enterprises/{}/departments", scene.tenant_id);
                let wanted = json!({ "orgName": "Sales", "parentCode": scene.org_code });
                (false, shop.call(Method::POST, &path, wanted).await)
            }
        };
        let order_id = if is_of_order { text(&answer.1["orderId"]) } else { String::new() };
        Done { order_id, answer }
    }
}

async fn bind(shop: &Shop, scene: &Scene) -> (StatusCode, Value) {
    let wanted = json!({ "tenantId": scene.tenant_id, "resourceId": scene.resource_id });
    shop.call(Method::POST, "/bindings", wanted).await
}
