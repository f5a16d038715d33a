//! A store of its own on a clock that stands still until it is advanced, driven through its control API.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use mercer_kernel::args;
use mercer_kernel::clock::{Clock, Instant, Reading};
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::{MasterKey, Vault};
use mercer_store::Store;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::merchant::{Merchant, V1_KEY};

/// When every walk begins: 12:00 in Beijing.
const START: &str = "2026-03-01T04:00:00Z";
const TOKEN: &str = "mk_walk";
/// Who sells.
pub(super) const MERCHANT: &str = "m_walk";
/// Where the store calls.
pub(super) const ADDRESS: &str = "addr_walk";
/// Who buys.
pub(super) const BUYER: &str = "0b1e55ed0000000000000000000000aa";

/// The store and whom it calls.
pub(super) struct Shop {
    pub(super) merchant: Arc<Merchant>,
    store: Store,
    router: Router,
    db: Db,
}

impl Shop {
    /// A store of this site with one merchant that has every key, a certified address, and one buyer.
    pub(super) async fn open(profile: &str) -> Self {
        let start: Instant = START.parse().unwrap();
        let (db, entropy, wall) =
            (Db::open("sqlite::memory:").await.unwrap(), Entropy::seeded(7), Clock::manual(start));
        let clock = Clock::adjustable(&wall, Reading::Frozen { at: start });
        let merchant = Arc::new(Merchant::new(clock.clone(), wall.clone()));
        let mut config = Config::defaults();
        profile.clone_into(&mut config.store.profile);
        let master = MasterKey::parse(&"A".repeat(43)).unwrap();
        let foundation = Foundation {
            vault: Vault::open(&db, &master, &entropy).await.unwrap(),
            db: db.clone(),
            clock,
            wall,
            entropy,
            outbound: merchant.clone(),
            config: Arc::new(config),
            public_url: "http://store.test".to_owned(),
        };
        let store = Store::open(foundation).await.unwrap();
        store.accounts().ensure_token("walk", TOKEN).await.unwrap();
        let router = store.router();
        let shop = Self { merchant, store, router, db };
        shop.furnish().await;
        shop
    }

    async fn furnish(&self) {
        self.post("/merchants", json!({ "merchantId": MERCHANT, "name": "试 Walk" })).await;
        let base = format!("/merchants/{MERCHANT}");
        for (kind, key) in [("base", "base-key"), ("kit", "kit-key"), ("general", "general-key"), ("saas_v1", V1_KEY)] {
            self.post(&format!("{base}/keys"), json!({ "interfaceType": kind, "accessKey": key })).await;
        }
        let address = json!({ "addressId": ADDRESS, "url": "https://isv.example.com/produce" });
        let address = self.post(&format!("{base}/production-addresses"), address).await;
        self.merchant.prove(address["verificationToken"].as_str().unwrap_or_default());
        self.post(&format!("{base}/production-addresses/{ADDRESS}/certify"), Value::Null).await;
        let buyer = json!({
            "customerId": BUYER, "customerName": "walker", "customerType": "enterprise",
            "mobilePhone": "13800138000", "email": "walker@example.com"
        });
        self.post("/buyers", buyer).await;
    }

    /// Does something that must succeed.
    pub(super) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, body.clone()).await;
        assert!(status.is_success(), "POST {path} {body}: {status} {answer}");
        answer
    }

    /// Reads something.
    pub(super) async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, Value::Null).await;
        assert!(status.is_success(), "GET {path}: {status} {answer}");
        answer
    }

    /// Calls the control API.
    pub(super) async fn call(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", "application/json")
            .header("host", "store.test");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Does what is due now.
    pub(super) async fn run_due(&self) {
        self.store.run_due().await.unwrap();
    }

    /// Advances the clock until no call is left to make.
    pub(super) async fn idle(&self) {
        self.post("/clock/advance", json!({ "until": "idle" })).await;
    }

    /// Advances the clock to a moment.
    pub(super) async fn advance_to(&self, moment: &str) {
        self.post("/clock/advance", json!({ "to": moment })).await;
    }

    /// Buys and pays; returns the order's id.
    pub(super) async fn buy(&self, product_id: &str, quantity: Option<i64>) -> String {
        let order = json!({ "buyerId": BUYER, "productId": product_id, "quantity": quantity, "pay": true });
        text(&self.post("/orders", order).await["orderId"])
    }

    /// The newest message of an interface.
    pub(super) async fn message(&self, row: &str) -> Value {
        let found = self.get(&format!("/messages?interface={row}&pageSize=1")).await;
        assert!(found["items"][0].is_object(), "{row}: the store queued no call");
        let id = text(&found["items"][0]["messageId"]);
        self.get(&format!("/messages/{id}")).await
    }

    /// How many notices of a kind are about a message.
    pub(super) async fn notices(&self, kind: &str, message: &Value) -> i64 {
        let sql = "SELECT COUNT(*) FROM st_notice WHERE kind = $1 AND message_id = $2";
        let counted = self.db.query_one(sql, args![kind, text(&message["messageId"])]).await.unwrap().unwrap();
        counted.int(0).unwrap()
    }
}

/// A JSON value's text; empty for anything else.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
