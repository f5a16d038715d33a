//! Enterprises and the calls of the kit: what is told when, in which order, in both versions.

mod bindings;
mod changes;
mod credential;
mod large;

use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::client_secret::{LabelledKey, decrypt_any};
use serde_json::{Value, json};

use super::World;
use super::merchant_side::Seen;
use crate::catalog;
use crate::control::test_world::application_key;
use crate::identity::application::{self, Application};
use crate::identity::binding::{self, Binding, NewBinding};
use crate::identity::department::{self, NewDepartment};
use crate::identity::enterprise::{self, NewEnterprise, Tenant};
use crate::identity::member::{self, Member, NewMember};
use crate::seed::MERCHANT_ID;

/// The kit versions as products and credentials name them.
const VERSIONS: [(&str, &str); 2] = [("saasV2", "kit_v2"), ("saasV1", "kit_v1")];

/// The client secret of a call, as the application decrypts it.
fn secret(call: &Seen) -> String {
    let keys = [LabelledKey { label: "one", key: application_key() }];
    let entropy = Entropy::seeded(8);
    let text = call.body["clientSecret"].as_str().unwrap();
    decrypt_any(&keys, text, &mut |target| entropy.fill(target)).unwrap().plain
}

/// A world with one enterprise, a joint product of each version, and one usable instance of each.
struct Campus {
    world: World,
    tenant: Tenant,
    /// Order ids, V2 first.
    orders: Vec<String>,
}

impl Campus {
    async fn found() -> Self {
        Self::found_in(World::open().await).await
    }

    async fn found_in(world: World) -> Self {
        let mut orders = Vec::new();
        for (access, version) in VERSIONS {
            credential(&world, version).await;
            let prices = json!([{"productId": format!("{version}-month"), "chargingMode": "PERIOD",
                "periodType": "month", "brackets": [{"unitPrice": "9"}]}]);
            let names = json!({"zh": version, "en": version});
            let product = json!({"productCode": version, "merchantId": MERCHANT_ID, "addressId": "addr_demo",
                "access": access, "joint": true, "appId": version, "name": names,
                "skus": [{"skuCode": version, "name": names, "prices": prices}]});
            catalog::create(world.core(), serde_json::from_value(product).unwrap()).await.unwrap();
            orders.push(world.buy(&format!("{version}-month"), None).await.order_id);
        }
        let wanted = NewEnterprise {
            buyer_id: world.buyer.clone(),
            name: "Acme".to_owned(),
            tenant_code: "acme".to_owned(),
            first_member: None,
        };
        let tenant = enterprise::create(world.core(), &wanted).await.unwrap();
        Self { world, tenant, orders }
    }

    /// Binds an instance; nothing is called yet.
    async fn bind(&self, order_id: &str) -> Binding {
        let wanted = NewBinding {
            tenant_id: self.tenant.tenant_id.clone(),
            resource_id: order_id.to_owned(),
            release_personal: false,
        };
        binding::bind(self.world.core(), &wanted).await.unwrap()
    }

    /// Binds both instances and lets the merchant hear everything.
    async fn bound(&self) -> Vec<Binding> {
        let mut bound = Vec::new();
        for order_id in &self.orders {
            bound.push(self.bind(order_id).await);
        }
        self.world.idle().await;
        bound
    }

    async fn binding(&self, binding_id: &str) -> Binding {
        binding::known(self.world.core(), binding_id).await.unwrap()
    }

    async fn department(&self, code: &str, name: &str, parent: &str) {
        let wanted = NewDepartment {
            org_code: Some(code.to_owned()),
            org_name: name.to_owned(),
            parent_code: Some(parent.to_owned()),
        };
        department::add(self.world.core(), &self.tenant.tenant_id, &wanted).await.unwrap();
    }

    async fn member(&self, user_name: &str, org_code: &str) -> Member {
        let wanted: NewMember =
            serde_json::from_value(json!({"userName": user_name, "name": user_name, "orgCode": org_code})).unwrap();
        member::add(self.world.core(), &self.tenant.tenant_id, &wanted).await.unwrap()
    }

    /// Calls of the kit so far for a binding, oldest first, as `authSync 1: ann, bob`.
    fn story(&self, binding: &Binding) -> Vec<String> {
        let is_meant =
            |seen: &&Seen| seen.path.contains("produceAPI") && seen.body["instanceId"] == binding.instance_id;
        self.world.merchant.all().iter().filter(is_meant).map(told).collect()
    }
}

/// One call of the kit in a few words.
fn told(call: &Seen) -> String {
    let body = &call.body;
    let list = |name: &str, member: &str| -> Vec<String> {
        let items = match &body[name] {
            Value::String(text) => serde_json::from_str(text).unwrap(),
            other => other.clone(),
        };
        items.as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
    };
    let activity = body["activity"].as_str().unwrap();
    match activity {
        "authSync" => format!("authSync {}: {}", body["flag"], list("userList", "userName").join(", ")),
        "allOrgSync" => {
            let name = if call.path.contains("/v2/") { "orgInfoList" } else { "orgInfo" };
            format!("allOrgSync: {}", list(name, "orgCode").join(", "))
        }
        "singleOrgSync" => format!("singleOrgSync {}: {}", body["flag"], body["orgCode"].as_str().unwrap()),
        _ => format!("{activity} {}", body["flag"]),
    }
}

async fn credential(world: &World, version: &str) -> Application {
    let wanted = json!({"appId": version, "merchantId": MERCHANT_ID, "name": version, "protocol": version,
        "addressId": "addr_demo", "loginAddress": format!("https://app.example.com/{version}"),
        "publicKey": application_key().public_key().to_bare()});
    application::create(world.core(), serde_json::from_value(wanted).unwrap()).await.unwrap().0
}
