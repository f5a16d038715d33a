//! The store's side of the kit, for tests: signed calls of both versions and of order notification.

use axum::body::Body;
use axum::http::Request;
use mercer_kernel::db::{Batch, Db};
use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::client_secret::{Padding, PrivateKey, encrypt};
use mercer_protocol::kit::x_sign::Form;
use mercer_protocol::kit::{auth_token, x_sign};
use serde_json::{Value as Json, json};

use crate::merchant::InterfaceType;
use crate::testing::{MERCHANT, Produced, V1_KEY, World};

pub(crate) const KIT_KEY: &str = "kit-demo-0001-accesskey";
pub(crate) const GENERAL_KEY: &str = "general-demo-0001-accesskey";
pub(crate) const TENANT: &str = "5f0c2a9be1d94b0f8f1f3a5a7c9d2e11";
/// A key pair of 3072 bits, made for these tests.
pub(crate) const RSA_KEY: &str = include_str!("inbound/kit/test_key.pem");

/// Names the PostgreSQL server that tests may use.
const POSTGRES_VARIABLE: &str = "MERCER_TEST_POSTGRES_URL";

/// An empty world on every engine that is there; SQLite always is.
pub(crate) async fn worlds() -> Vec<World> {
    let mut worlds = vec![World::bare().await];
    if let Some(db) = postgres().await {
        worlds.push(World::on(db, |_| {}).await);
    }
    worlds
}

/// An empty schema on the server of the tests; none when there is no server.
#[expect(clippy::disallowed_methods, reason = "the test runner names the server in the environment")]
pub(crate) async fn postgres() -> Option<Db> {
    let server = std::env::var(POSTGRES_VARIABLE).ok()?;
    let schema = format!("gateway_{}", Entropy::system().hex_upper(16).to_lowercase());
    let admin = Db::open(&server).await.unwrap();
    let mut create = Batch::new();
    // One text per test run; statements are static everywhere else.
    create.any(format!("CREATE SCHEMA {schema}").leak(), Vec::new());
    admin.apply(create).await.unwrap();
    let joint = if server.contains('?') { '&' } else { '?' };
    Some(Db::open(&format!("{server}{joint}options=-c%20search_path%3D{schema}")).await.unwrap())
}

impl World {
    /// Adds the keys of the kit and of the general interface.
    pub(crate) async fn and_kit(self) -> Self {
        for (interface_type, text) in
            [(InterfaceType::Kit, KIT_KEY), (InterfaceType::General, GENERAL_KEY), (InterfaceType::Rsa, RSA_KEY.trim())]
        {
            self.gateway.ensure_key(MERCHANT, interface_type, text).await.unwrap();
        }
        self
    }

    /// A call of V2.0, signed now.
    pub(crate) async fn kit(&self, interface: &str, body: &Json) -> Produced {
        self.kit_as(interface, Form::Direct, &body.to_string()).await
    }

    /// A call of V2.0 in one form of its signature.
    pub(crate) async fn kit_as(&self, interface: &str, form: Form, body: &str) -> Produced {
        let headers = self.kit_headers(KIT_KEY, form, body);
        self.post(&format!("/produce/{MERCHANT}/produceAPI/v2/{interface}"), &headers, body).await
    }

    /// The headers of a call of V2.0, signed now.
    pub(crate) fn kit_headers(&self, key: &str, form: Form, body: &str) -> Vec<(&'static str, String)> {
        let timestamp = self.clock.now().as_millis().to_string();
        let nonce = self.gateway.foundation().entropy.hex_upper(64);
        let sign = x_sign::sign(key, form, body.as_bytes(), &timestamp, &nonce).signature;
        vec![(x_sign::HEADER_SIGN, sign), (x_sign::HEADER_TIMESTAMP, timestamp), (x_sign::HEADER_NONCE, nonce)]
    }

    /// A call of V1.0.
    pub(crate) async fn kit_v1(&self, interface: &str, body: &Json) -> Produced {
        let body = body.to_string();
        let token = auth_token::sign(V1_KEY, body.as_bytes()).unwrap().auth_token;
        let headers = vec![(auth_token::HEADER_NAME, token)];
        self.post(&format!("/produce/{MERCHANT}/produceAPI/{interface}"), &headers, &body).await
    }

    /// An order notification, signed with a key.
    pub(crate) async fn notify(&self, key: &str, order_id: &str, test_flag: &str) -> Produced {
        let body = json!({ "activity": "orderNotify", "orderId": order_id,
            "orderLineId": format!("{order_id}-000001"), "testFlag": test_flag });
        let nonce = self.gateway.foundation().entropy.hex_upper(64);
        self.send(MERCHANT, &self.query(key, body.to_string().as_bytes(), &nonce), body.to_string()).await
    }

    /// POST to any path of the gateway.
    pub(crate) async fn post(&self, path: &str, headers: &[(&'static str, String)], body: &str) -> Produced {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.ask(request).await
    }
}

/// A time of the store: the clock of these tests begins on 2025-01-01, 08:00 in Beijing.
pub(crate) fn time(second: u32) -> String {
    format!("202501010800{second:02}000")
}

pub(crate) fn tenant(second: u32, name: &str, flag: u8) -> Json {
    json!({ "instanceId": "b-1", "orderId": "O-1", "tenantId": TENANT, "tenantCode": "acme", "name": name,
        "domainName": "acme.login.example.net/", "flag": flag, "testFlag": 0, "timeStamp": time(second) })
}

pub(crate) fn application(second: u32, client_id: &str, secret: &str, flag: u8) -> Json {
    json!({ "instanceId": "b-1", "tenantId": TENANT, "appId": "APP0001", "clientId": client_id,
        "clientSecret": encrypted(secret), "flag": flag, "testFlag": 0, "timeStamp": time(second) })
}

/// A secret as the store sends it.
pub(crate) fn encrypted(secret: &str) -> String {
    let public = PrivateKey::parse(RSA_KEY).unwrap().public_key();
    let mut next = 0_u8;
    let mut chance = |target: &mut [u8]| {
        for byte in target {
            next = next.wrapping_mul(31).wrapping_add(7);
            *byte = next;
        }
    };
    encrypt(&public, secret, Padding::Sha256Sha256, &mut chance).unwrap()
}

pub(crate) fn user(user_name: &str, org_code: &str) -> Json {
    json!({ "userName": user_name, "name": format!("Name {user_name}"), "orgCode": org_code, "role": "user",
        "enable": "true", "mobile": "13800001234", "email": format!("{user_name}@example.com") })
}

pub(crate) fn members(second: u32, users: &[Json], flag: u8) -> Json {
    json!({ "instanceId": "b-1", "tenantId": TENANT, "appId": "APP0001", "userList": users, "flag": flag,
        "currentSyncTime": time(second), "testFlag": 0, "timeStamp": time(second) })
}

pub(crate) fn department(second: u32, (code, name, parent): (&str, &str, &str), flag: u8) -> Json {
    json!({ "instanceId": "b-1", "tenantId": TENANT, "orgCode": code, "orgName": name, "parentCode": parent,
        "flag": flag, "testFlag": 0, "timeStamp": time(second) })
}

pub(crate) fn departments(second: u32, list: &[(String, String, String)]) -> Json {
    let list: Vec<Json> = list
        .iter()
        .map(|(code, name, parent)| json!({ "orgCode": code, "orgName": name, "parentCode": parent }))
        .collect();
    json!({ "instanceId": "b-1", "tenantId": TENANT, "orgInfoList": list, "testFlag": 0, "timeStamp": time(second) })
}

/// A tree of `count` departments, ten below each.
pub(crate) fn tree(count: usize) -> Vec<(String, String, String)> {
    let parent = |number: usize| if number == 0 { String::new() } else { format!("D{}", (number - 1) / 10) };
    (0..count).map(|number| (format!("D{number}"), format!("Dept {number}"), parent(number))).collect()
}
