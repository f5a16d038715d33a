//! A seeded store in memory for the tests of its doors: a merchant that agrees, clocks that stand still.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::http::{Answer, BoxFuture, Failure, Method, Outbound};
use mercer_kernel::vault::{MasterKey, Vault};
use mercer_protocol::body_sign;
use mercer_protocol::kit::client_secret::PrivateKey;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::Store;
use crate::seed::{SeedInput, Seeded, seed};

/// AK of the seeded merchant.
pub(crate) const AK: &str = "MERCERDEMOAK00000001";
/// Its SK.
pub(crate) const SK: &str = "demo-secret-key";
/// Its V1.0 Key.
pub(crate) const V1_KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
/// The wall clock of every test.
pub(crate) const NOW: &str = "2026-11-25T08:00:00Z";

/// A key pair of an application, another one for every seed.
pub(crate) fn key_pair(seed: u64) -> PrivateKey {
    let entropy = Entropy::seeded(seed);
    PrivateKey::generate(3_072, &mut |target| entropy.fill(target)).unwrap()
}

/// The application's key pair; making one takes long.
pub(crate) fn application_key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| key_pair(7))
}

/// A store and how to talk to it.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) seeded: Seeded,
    pub(crate) router: Router,
    pub(crate) token: String,
    /// What the merchant serves as proof of its address.
    pub(crate) proof: Arc<Mutex<String>>,
}

/// A merchant that agrees to everything at once, and serves `proof` at its well-known address.
#[derive(Clone, Default)]
struct AgreeableMerchant {
    proof: Arc<Mutex<String>>,
}

impl Outbound for AgreeableMerchant {
    fn send(&self, request: mercer_kernel::http::Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        let proof = self.proof.lock().unwrap().clone();
        Box::pin(async move {
            if request.url.ends_with("/.well-known/mercer-verify.txt") {
                return Ok(Answer { status: 200, headers: HeaderMap::new(), body: Bytes::from(proof) });
            }
            if request.method == Method::GET {
                return Ok(agree_v1(&request.url));
            }
            let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let mut answer = json!({"resultCode": "000000", "resultMsg": "success."});
            match asked["activity"].as_str() {
                Some("newInstance") => answer["instanceId"] = asked["businessId"].clone(),
                Some("queryInstance") => {
                    let app_info =
                        json!({"frontEndUrl": "https://app.example.com", "userName": "admin", "password": "pw"});
                    answer["info"] = json!([{"instanceId": asked["instanceId"], "appInfo": app_info}]);
                }
                Some(_) | None => {}
            }
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            Ok(Answer { status: 200, headers, body: Bytes::from(answer.to_string()) })
        })
    }
}

/// The same by SaaS V1.0: signed, with an account that cannot be decrypted.
fn agree_v1(url: &str) -> Answer {
    let query: HashMap<String, String> = url.parse::<url::Url>().unwrap().query_pairs().into_owned().collect();
    let mut answer = json!({"resultCode": "000000", "resultMsg": "success."});
    match query["activity"].as_str() {
        "newInstance" => {
            answer["instanceId"] = json!(query["orderId"]);
            answer["appInfo"] = json!({"frontEndUrl": "https://app.example.com", "userName": "plain text"});
        }
        "queryInstance" => {
            let usage = json!([{"usageValue": 12, "statisticalTime": "20261125080000000"}]);
            answer["info"] = json!([{"instanceId": query["instanceId"], "usageInfo": usage}]);
        }
        _ => {}
    }
    let body = answer.to_string();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("body-sign", body_sign::header_value(V1_KEY, body.as_bytes()).parse().unwrap());
    Answer { status: 200, headers, body: Bytes::from(body) }
}

impl World {
    /// A seeded store.
    pub(crate) async fn open() -> Self {
        let merchant = AgreeableMerchant::default();
        let db = Db::open("sqlite::memory:").await.unwrap();
        let entropy = Entropy::seeded(7);
        let wall = Clock::manual(Instant::from_jiff(NOW.parse().unwrap()));
        let master = MasterKey::parse(&"A".repeat(43)).unwrap();
        let foundation = Foundation {
            vault: Vault::open(&db, &master, &entropy).await.unwrap(),
            db,
            clock: wall.clone(),
            wall,
            entropy,
            outbound: Arc::new(merchant.clone()),
            config: Arc::new(Config::defaults()),
            public_url: "http://127.0.0.1:7001".to_owned(),
        };
        let store = Store::open(foundation).await.unwrap();
        let input = SeedInput {
            production_address: "http://127.0.0.1:7002/produce/m_demo".to_owned(),
            base_access_key: "demo-base-access-key".to_owned(),
            v1_key: V1_KEY.to_owned(),
            kit_access_key: "demo-kit-access-key".to_owned(),
            general_access_key: "demo-general-access-key".to_owned(),
            ak: AK.to_owned(),
            sk: SK.to_owned(),
        };
        let seeded = seed(&store, &input).await.unwrap();
        store.core().accounts.ensure_token("test", "test-token").await.unwrap();
        let router = store.router();
        Self { store, seeded, router, token: "test-token".to_owned(), proof: merchant.proof }
    }

    /// Sends a request through the router; status and JSON of the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let (status, _, body) = self.exchange(request).await;
        let json = serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
        (status, json)
    }

    /// Sends a request through the router; everything of the answer.
    pub(crate) async fn exchange(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (head.status, head.headers, body)
    }
}
