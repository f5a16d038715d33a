//! Store, gateway and an app in one process, on one clock that only the test moves.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use mercer_gateway::Gateway;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::config::Config;
use mercer_kernel::db::{Db, EngineKind};
use mercer_store::Store;
use mercer_store::seed::Seeded;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::app::App;
use crate::engine::TestDatabase;
use crate::furnish::{Ground, agree, open_gateway, open_store, seed_input, settings};
use crate::network::Network;

/// When every world begins.
pub const START: &str = "2026-03-02T01:00:00Z";
/// The access key both sides agree on.
pub const ACCESS_KEY: &str = "world-base-access-key";
/// The Key of SaaS V1.0 and of its kit.
pub const V1_KEY: &str = "5f0c9a1e-7d33-4b60-9a5e-2c41d0b7e8f6";
/// The access key of the kit.
pub const KIT_ACCESS_KEY: &str = "world-kit-access-key";
/// The access key of order notification.
pub const GENERAL_ACCESS_KEY: &str = "world-general-access-key";
/// The open API's AK.
pub const AK: &str = "WORLDACCESSKEY000001";
/// The open API's SK.
pub const SK: &str = "world-secret-key";
/// The seeded merchant.
pub const MERCHANT: &str = mercer_store::seed::MERCHANT_ID;
const TOKEN: &str = "mk_world";

/// The world.
pub struct World {
    /// The only clock: everybody's.
    pub clock: Clock,
    /// The network between the three.
    pub network: Network,
    /// The store.
    pub store: Store,
    /// The gateway.
    pub gateway: Gateway,
    /// The seller's app.
    pub app: App,
    /// What the store was seeded with.
    pub seeded: Seeded,
    ground: Ground,
    store_router: Router,
    gateway_router: Router,
    databases: (Db, Db),
    /// Thrown away with the world.
    owned: Option<(TestDatabase, TestDatabase)>,
}

/// An answer of an API.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// JSON body, or the text as a JSON string.
    pub body: Value,
}

impl World {
    /// A fresh world on one engine; None when there is no PostgreSQL server.
    ///
    /// # Panics
    /// When it cannot be built; a test cannot go on then.
    pub async fn create(engine: EngineKind) -> Option<Self> {
        Self::create_with(engine, |_| {}).await
    }

    /// A fresh world with other settings.
    ///
    /// # Panics
    /// When it cannot be built.
    pub async fn create_with(engine: EngineKind, set: impl FnOnce(&mut Config)) -> Option<Self> {
        let owned = (TestDatabase::create(engine).await?, TestDatabase::create(engine).await?);
        let mut config = settings();
        set(&mut config);
        let mut world = Self::build((owned.0.db.clone(), owned.1.db.clone()), config).await;
        world.owned = Some(owned);
        Some(world)
    }

    /// A fresh world on empty databases of the store and of the gateway, which may be the same one.
    ///
    /// # Panics
    /// When it cannot be built.
    pub async fn on(databases: (Db, Db)) -> Self {
        Self::build(databases, settings()).await
    }

    async fn build(databases: (Db, Db), config: Config) -> Self {
        let clock = Clock::manual(START.parse().expect("the start is written correctly"));
        let network = Network::new(&clock);
        let ground = Ground { clock: clock.clone(), network: network.clone(), config: Arc::new(config) };
        let app = App::default();
        network.host("app.test", app.router());
        let store = open_store(&databases.0, &ground).await;
        let gateway = open_gateway(&databases.1, &ground).await;
        app.set_secret(agree(&gateway).await);
        let seeded = mercer_store::seed(&store, &seed_input()).await.expect("the store can be seeded");
        store.accounts().ensure_token("world", TOKEN).await.expect("the store's database answers");
        gateway.accounts().ensure_token("world", TOKEN).await.expect("the gateway's database answers");
        let (store_router, gateway_router) = (store.router(), gateway.router());
        network.host("store.test", store_router.clone());
        network.host("gateway.test", gateway_router.clone());
        Self {
            clock,
            network,
            store,
            gateway,
            app,
            seeded,
            ground,
            store_router,
            gateway_router,
            databases,
            owned: None,
        }
    }

    /// The store's database.
    #[must_use]
    pub fn store_db(&self) -> &Db {
        &self.databases.0
    }

    /// The gateway's database.
    #[must_use]
    pub fn gateway_db(&self) -> &Db {
        &self.databases.1
    }

    /// Ends both processes at this moment, whatever they were doing, and starts them on their databases again.
    ///
    /// # Panics
    /// When they do not come up again.
    pub async fn restart(&mut self) {
        let (store, gateway) = self.owned.as_ref().expect("only a world that owns its databases can restart");
        self.databases = (store.reopen().await, gateway.reopen().await);
        self.store = open_store(&self.databases.0, &self.ground).await;
        self.gateway = open_gateway(&self.databases.1, &self.ground).await;
        (self.store_router, self.gateway_router) = (self.store.router(), self.gateway.router());
        self.network.host("store.test", self.store_router.clone());
        self.network.host("gateway.test", self.gateway_router.clone());
    }

    /// Lets time pass: everything that becomes due on the way happens, on both sides, in due order.
    ///
    /// # Panics
    /// When a database fails.
    pub async fn run_for(&self, time: Duration) {
        let end = self.clock.now().plus(time);
        loop {
            self.settle().await;
            let due =
                [self.store.next_due().await.expect("the store's database answers"), self.gateway.next_due().await];
            match due.into_iter().flatten().min() {
                Some(next) if next <= end => self.clock.set(next.max(self.clock.now())),
                _ => break,
            }
        }
        self.clock.set(end);
        self.settle().await;
    }

    /// Lets everything happen that is due now.
    ///
    /// # Panics
    /// When a database fails.
    pub async fn settle(&self) {
        while self.gateway.run_due().await + self.store.run_due().await.expect("the store's database answers") > 0 {}
    }

    /// Calls the store's control API: path below `/api/v1`.
    pub async fn store_api(&self, method: Method, path: &str, body: Value) -> Reply {
        call(self.store_router.clone(), method, &format!("/api/v1{path}"), body).await
    }

    /// Calls the gateway's management API: path below `/api/v1`.
    pub async fn gateway_api(&self, method: Method, path: &str, body: Value) -> Reply {
        call(self.gateway_router.clone(), method, &format!("/api/v1{path}"), body).await
    }

    /// Opens a page of the gateway, `http://gateway.test/…`, as a buyer's browser would: HTML in English.
    pub async fn page(&self, url: &str) -> Reply {
        let path = url.trim_start_matches("http://gateway.test");
        call(self.gateway_router.clone(), Method::GET, path, Value::Null).await
    }

    /// Does something at the store that must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let reply = self.store_api(Method::POST, path, body).await;
        assert!(reply.status.is_success(), "POST {path}: {reply:?}");
        reply.body
    }

    /// Reads something at the store.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn get(&self, path: &str) -> Value {
        let reply = self.store_api(Method::GET, path, Value::Null).await;
        assert!(reply.status.is_success(), "GET {path}: {reply:?}");
        reply.body
    }

    /// Buys and pays; returns the order's id.
    ///
    /// # Panics
    /// When the store refuses.
    pub async fn buy(&self, product_id: &str, quantity: Option<i64>) -> String {
        let buyer = &self.seeded.buyers[0].0;
        let order = json!({ "buyerId": buyer, "productId": product_id, "quantity": quantity, "pay": true });
        let placed = self.post("/orders", order).await;
        placed["orderId"].as_str().expect("an order has an id").to_owned()
    }

    /// The store's instance that an order opened.
    pub async fn instance(&self, id: &str) -> Value {
        self.get(&format!("/instances/{id}")).await
    }

    /// The order's state at the store.
    pub async fn order_state(&self, order_id: &str) -> String {
        text(&self.get(&format!("/orders/{order_id}")).await["state"])
    }

    /// The gateway's own view of an instance.
    pub async fn gateway_instance(&self, instance_id: &str) -> Value {
        self.gateway_api(Method::GET, &format!("/instances/{instance_id}"), Value::Null).await.body
    }

    /// The calls between the three as a person would tell them: `+2h30m  store → gateway  newInstance  000004`.
    #[must_use]
    pub fn story(&self) -> String {
        let start: Instant = START.parse().unwrap_or_default();
        crate::story::tell(&self.network.log(), start)
    }
}

async fn call(router: Router, method: Method, path: &str, body: Value) -> Reply {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("host", "api.test");
    let body = if body.is_null() {
        Body::empty()
    } else {
        request = request.header("content-type", "application/json");
        Body::from(body.to_string())
    };
    let response = router.oneshot(request.body(body).expect("the request is well formed")).await;
    let (parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("the answer is in memory");
    let body =
        serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    Reply { status: parts.status, body }
}

/// A JSON value's text; empty for anything else.
#[must_use]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
