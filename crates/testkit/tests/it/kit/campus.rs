//! One enterprise that uses two products of one merchant, one told in V2.0 of the kit and one in V1.0.

use std::collections::BTreeMap;
use std::time::Duration;

use mercer_gateway::merchant::InterfaceType;
use mercer_protocol::kit::client_secret::PrivateKey;
use mercer_testkit::copy::{Enterprise, Member};
use mercer_testkit::world::{MERCHANT, World, text};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);
/// The application's key pair, private.
pub(super) const KEY: &str = include_str!("../../data/application-key-1.pem");
/// The pair after a rotation.
pub(super) const NEXT_KEY: &str = include_str!("../../data/application-key-2.pem");
/// Both products: how base interfaces and kit speak.
pub(super) const VERSIONS: [(&str, &str); 2] = [("saasV2", "kit_v2"), ("saasV1", "kit_v1")];

/// The public half, as a seller pastes it into the store.
pub(super) fn public(private: &str) -> String {
    PrivateKey::parse(private).unwrap().public_key().to_pem()
}

/// The enterprise.
pub(super) struct Campus {
    /// Its id.
    pub(super) tenant_id: String,
    /// Code of its top department.
    pub(super) top: String,
    /// What it has bought and bound, V2 first.
    pub(super) bound: Vec<Bound>,
}

/// One product in use.
pub(super) struct Bound {
    /// The kit's version.
    pub(super) version: &'static str,
    /// The order that opened it.
    pub(super) order_id: String,
    /// The merchant's instance.
    pub(super) instance_id: String,
    /// The binding; empty until it is bound.
    pub(super) binding_id: String,
}

impl Campus {
    /// Credentials, products, an enterprise with a department and two members, and an instance of each product.
    pub(super) async fn found(world: &World) -> Self {
        world.gateway.ensure_key(MERCHANT, InterfaceType::Rsa, KEY).await.unwrap();
        let mut bound = Vec::new();
        for (access, version) in VERSIONS {
            let app_id = format!("app_{version}");
            let application = json!({
                "appId": app_id, "merchantId": MERCHANT, "name": version, "protocol": version,
                "addressId": world.seeded.address_id, "loginAddress": format!("https://{version}.app.test/login").replace('_', "-"),
                "publicKey": public(KEY), "personalFields": true
            });
            world.post("/application-credentials", application).await;
            let price = json!({
                "productId": format!("{version}-month"), "chargingMode": "PERIOD", "periodType": "month",
                "brackets": [{ "unitPrice": "9" }]
            });
            let sku = json!({ "skuCode": version, "name": { "zh": version, "en": version }, "prices": [price] });
            let product = json!({
                "productCode": version, "merchantId": MERCHANT, "addressId": world.seeded.address_id,
                "access": access, "joint": true, "appId": app_id, "name": { "zh": version, "en": version }, "skus": [sku]
            });
            world.post("/products", product).await;
            let order_id = world.buy(&format!("{version}-month"), None).await;
            world.run_for(MINUTE * 5).await;
            let instance_id = text(&world.instance(&order_id).await["instanceId"]);
            bound.push(Bound { version, order_id, instance_id, binding_id: String::new() });
        }
        let buyer = &world.seeded.buyers[0].0;
        let enterprise = json!({ "buyerId": buyer, "name": "北风 Northwind", "tenantCode": "northwind" });
        let tenant_id = text(&world.post("/enterprises", enterprise).await["tenantId"]);
        let listed = world.get(&format!("/enterprises/{tenant_id}/departments")).await;
        let campus = Self { top: text(&listed["items"][0]["orgCode"]), tenant_id, bound };
        campus.add_department(world, "D1", "Sales").await;
        campus.add_member(world, "ann", "D1").await;
        campus.add_member(world, "bob", "D1").await;
        campus
    }

    /// Binds both products.
    pub(super) async fn bind(&mut self, world: &World) {
        for bound in &mut self.bound {
            let wanted = json!({
                "tenantId": self.tenant_id, "resourceId": bound.order_id, "releasePersonal": true
            });
            bound.binding_id = text(&world.post("/bindings", wanted).await["bindingId"]);
        }
    }

    /// Does something with both bindings.
    pub(super) async fn each(&self, world: &World, verb: &str, body: Value) {
        for bound in &self.bound {
            world.post(&format!("/bindings/{}/{verb}", bound.binding_id), body.clone()).await;
        }
    }

    /// Path of something of the enterprise.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/enterprises/{}/{rest}", self.tenant_id)
    }

    /// A new department below the top one.
    pub(super) async fn add_department(&self, world: &World, code: &str, name: &str) {
        let wanted = json!({ "orgCode": code, "orgName": name, "parentCode": self.top });
        world.post(&self.path("departments"), wanted).await;
    }

    /// A new member.
    pub(super) async fn add_member(&self, world: &World, user_name: &str, org_code: &str) {
        world.post(&self.path("members"), profile(Some(user_name), user_name, org_code)).await;
    }

    /// What the app knows of a binding must be what the store knows.
    pub(super) async fn assert_same(&self, world: &World, case: &str) {
        for bound in &self.bound {
            let heard = Enterprise::heard(&world.app.received(), &bound.instance_id);
            let case = format!("{} {case}\n{}", bound.version, world.story());
            let binding = world.get(&format!("/bindings/{}", bound.binding_id)).await;
            assert_eq!(binding["state"], "bound", "{case}");
            let enterprise = world.get(&format!("/enterprises/{}", self.tenant_id)).await;
            let tenant = (text(&enterprise["name"]), text(&enterprise["domainName"]));
            assert_eq!(heard.tenant, Some(tenant), "{case}");
            assert_eq!(heard.departments, self.departments(world).await, "{case}");
            assert_eq!(heard.members, self.authorised(world, bound).await, "{case}");
            let (client_id, secret) = &heard.applications[&format!("app_{}", bound.version)];
            assert!(!client_id.is_empty() && secret.len() >= 32, "decrypted: {case}");
        }
    }

    async fn departments(&self, world: &World) -> BTreeMap<String, (String, String)> {
        let listed = world.get(&self.path("departments")).await;
        let read = |one: &Value| (text(&one["orgCode"]), (text(&one["orgName"]), text(&one["parentCode"])));
        listed["items"].as_array().unwrap().iter().map(read).collect()
    }

    async fn authorised(&self, world: &World, bound: &Bound) -> BTreeMap<String, Member> {
        let listed = world.get(&format!("/bindings/{}/authorisations", bound.binding_id)).await;
        let mut members = BTreeMap::new();
        for user_name in listed["items"].as_array().unwrap().iter().map(|one| text(&one["userName"])) {
            let known = world.get(&self.path(&format!("members/{user_name}"))).await;
            let member = Member {
                name: text(&known["name"]),
                org_code: text(&known["orgCode"]),
                role: text(&known["role"]),
                enabled: known["state"] == "enabled",
                mobile: text(&known["mobile"]),
            };
            members.insert(user_name, member);
        }
        members
    }
}

/// A member's data.
pub(super) fn profile(user_name: Option<&str>, name: &str, org_code: &str) -> Value {
    let mut profile = json!({ "name": name, "orgCode": org_code, "mobile": "13955556666", "role": "admin" });
    if let Some(user_name) = user_name {
        profile["userName"] = json!(user_name);
    }
    profile
}
