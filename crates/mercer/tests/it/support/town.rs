//! A store and one or more gateways as processes of their own, a recording app in the test, and a relay on
//! every way between them.

use std::sync::Arc;
use std::time::Duration;

use mercer_testkit::app::App;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::folder::Folder;
use super::http::Api;
use super::program::{Program, Start};
use super::relay::Relay;
use super::snare::{Shared, Snare};
use super::wait::until;

/// The merchant on both sides.
pub(crate) const MERCHANT: &str = "m_town";
/// The access key both sides agree on.
pub(crate) const ACCESS_KEY: &str = "town-base-access-key";
/// The Key of SaaS V1.0.
const V1_KEY: &str = "3c0d9a1e-7d33-4b60-9a5e-2c41d0b7e8f8";
/// The access key of the kit.
pub(crate) const KIT_ACCESS_KEY: &str = "town-kit-access-key";
/// What is sold: by the month, by the seat.
pub(crate) const PRODUCT: &str = "board-month";
/// The same in SaaS V1.0.
pub(crate) const V1_PRODUCT: &str = "board-v1-month";
const AK: &str = "TOWNACCESSKEY0000001";
const SK: &str = "town-secret-key";
const WEBHOOK_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// 32 bytes in Base64; processes on one database must have the same.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Everything there is.
pub(crate) struct Town {
    /// The store.
    pub(crate) store: Shared,
    /// The gateways; they share one database.
    pub(crate) gateways: Vec<Shared>,
    /// The seller's app, which checks signatures and opens an account per instance.
    pub(crate) app: App,
    /// What kills.
    pub(crate) snare: Arc<Snare>,
    to_store: Relay,
    to_gateway: Relay,
    buyer_id: String,
    _folder: Folder,
}

impl Town {
    /// Builds a town on SQLite files of its own, or all of it on one database.
    pub(crate) async fn build(database_url: Option<&str>, gateways: usize) -> Self {
        let folder = Folder::new("town");
        let snare = Arc::new(Snare::default());
        let (to_store, to_gateway, to_app) =
            (Relay::open(&snare).await, Relay::open(&snare).await, Relay::open(&snare).await);
        let app = App::default();
        app.set_secret(WEBHOOK_SECRET.to_owned());
        to_app.lead_to(&[serve(&app).await]);
        let store = Program::start(start(&folder, "store", "store", database_url)).await;
        let mut all = Vec::new();
        for number in 1..=gateways {
            let gateway = start(&folder, &format!("gateway-{number}"), "gateway", database_url);
            all.push(Arc::new(Mutex::new(Program::start(gateway).await)));
        }
        let mut town = Self {
            store: Arc::new(Mutex::new(store)),
            gateways: all,
            app,
            snare,
            to_store,
            to_gateway,
            buyer_id: String::new(),
            _folder: folder,
        };
        town.connect().await;
        town.furnish_gateway(&to_app.url()).await;
        town.furnish_store().await;
        town
    }

    /// The store's control API.
    pub(crate) async fn store_api(&self) -> Api {
        api(&self.store).await
    }

    /// The management API of the first gateway.
    pub(crate) async fn gateway_api(&self) -> Api {
        api(&self.gateways[0]).await
    }

    /// Starts a process that was killed, and leads the relays to where it listens now.
    pub(crate) async fn restart(&self, process: &Shared) {
        process.lock().await.again().await;
        self.connect().await;
    }

    /// Places an order without paying it; returns its id.
    pub(crate) async fn order(&self) -> String {
        self.order_of(PRODUCT).await
    }

    /// Places an order of a product without paying it; returns its id.
    pub(crate) async fn order_of(&self, product_id: &str) -> String {
        let order = json!({"buyerId": self.buyer_id, "productId": product_id, "quantity": 3, "periods": 1});
        text(&self.store_api().await.post("/orders", order).await["orderId"])
    }

    /// Pays an order. The store may die while it answers.
    pub(crate) async fn pay(&self, order_id: &str) {
        // Whether it was paid shows in what follows.
        let _ = self.store_api().await.try_call("POST", &format!("/orders/{order_id}/pay"), &Value::Null).await;
    }

    /// Moves the store's clock; it may die on the way.
    pub(crate) async fn advance(&self, how: Value) {
        let _ = self.store_api().await.try_call("POST", "/clock/advance", &how).await;
    }

    /// The gateway's instances of an order.
    pub(crate) async fn instances_of(&self, order_id: &str) -> Vec<Value> {
        let found = self.gateway_api().await.get(&format!("/instances?order={order_id}")).await;
        found["items"].as_array().cloned().unwrap_or_default()
    }

    /// Lets real and virtual time pass until the order is completed: virtual time for what the store tries again
    /// by its table, real time for what the gateway does.
    pub(crate) async fn complete(&self, order_id: &str, limit: Duration) {
        let path = format!("/orders/{order_id}");
        until(&format!("order {order_id} to be completed"), limit, async || {
            match self.instances_of(order_id).await.first() {
                None => self.advance(json!({"by": "PT1H"})).await,
                Some(instance) if instance["state"] == "provisioning" => {}
                Some(_) => self.advance(json!({"until": "idle"})).await,
            }
            let state = text(&self.store_api().await.get(&path).await["state"]);
            assert!(state != "failed", "order {order_id} failed");
            (state == "completed").then_some(())
        })
        .await;
    }

    /// What the processes logged, for messages of failed tests.
    pub(crate) async fn logs(&self) -> String {
        let mut logs = String::new();
        for process in std::iter::once(&self.store).chain(&self.gateways) {
            let log = process.lock().await.log();
            let last: Vec<&str> = log.lines().rev().take(30).collect();
            logs.push_str(&last.into_iter().rev().collect::<Vec<_>>().join("\n"));
            logs.push_str("\n----\n");
        }
        logs
    }

    async fn connect(&self) {
        self.to_store.lead_to(&[self.store.lock().await.url()]);
        let mut urls = Vec::new();
        for gateway in &self.gateways {
            urls.push(gateway.lock().await.url());
        }
        self.to_gateway.lead_to(&urls);
    }

    async fn furnish_gateway(&self, app_url: &str) {
        let api = self.gateway_api().await;
        api.post("/merchants", json!({"merchantId": MERCHANT, "name": "Town"})).await;
        for (interface_type, key) in [("base", ACCESS_KEY), ("saas_v1", V1_KEY), ("kit", KIT_ACCESS_KEY)] {
            let key = json!({"merchantId": MERCHANT, "interfaceType": interface_type, "text": key});
            api.post("/keys", key).await;
        }
        let link = json!({
            "merchantId": MERCHANT,
            "site": "sandbox",
            "baseUrl": self.to_store.url(),
            "accessKeyId": AK,
            "secretAccessKey": SK,
        });
        api.post("/stores", link).await;
        let settings = json!({"kind": "webhook", "url": format!("{app_url}/events"), "changeCheck": "ask"});
        api.post("/connectors", json!({"name": "app", "settings": settings, "secret": WEBHOOK_SECRET})).await;
    }

    async fn furnish_store(&mut self) {
        let api = self.store_api().await;
        api.post("/merchants", json!({"merchantId": MERCHANT, "name": "小镇"})).await;
        let merchant = format!("/merchants/{MERCHANT}");
        for (interface_type, key) in [("base", ACCESS_KEY), ("saas_v1", V1_KEY), ("kit", KIT_ACCESS_KEY)] {
            let key = json!({"interfaceType": interface_type, "accessKey": key});
            api.post(&format!("{merchant}/keys"), key).await;
        }
        api.post(&format!("{merchant}/credentials"), json!({"ak": AK, "sk": SK})).await;
        let url = format!("{}/produce/{MERCHANT}", self.to_gateway.url());
        api.post(&format!("{merchant}/production-addresses"), json!({"addressId": "a_town", "url": url})).await;
        for (code, access) in [("board", "saasV2"), ("board-v1", "saasV1")] {
            api.post("/products", product(code, access)).await;
        }
        let buyer = api.post("/buyers", json!({"customerName": "linlan", "email": "linlan@example.com"})).await;
        self.buyer_id = text(&buyer["customerId"]);
    }
}

/// A product by the month and the seat; its price is `{code}-month`.
fn product(code: &str, access: &str) -> Value {
    let price = json!({
        "productId": format!("{code}-month"),
        "chargingMode": "PERIOD",
        "periodType": "month",
        "mode": "linear",
        "brackets": [{"unitPrice": "19"}],
    });
    let names = |name: &str| json!({"zh": name, "en": name});
    let linear = json!({"name": names("Seats"), "min": 1, "max": 500, "step": 1});
    let sku = format!("{code}-standard");
    json!({
        "productCode": code,
        "merchantId": MERCHANT,
        "addressId": "a_town",
        "access": access,
        "name": names("Board"),
        "currency": "CNY",
        "skus": [{"skuCode": sku, "name": names("Standard"), "linear": linear, "prices": [price]}],
    })
}

/// The text of a member; empty for anything else.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn start(folder: &Folder, name: &str, face: &str, database_url: Option<&str>) -> Start {
    let data = folder.join(name).display().to_string();
    let mut arguments = vec![face, "--json", "--show-secrets", "--listen", "127.0.0.1:0", "--data", &data];
    arguments.extend(database_url.into_iter().flat_map(|url| ["--database-url", url]));
    Start::new(folder.path(), name, &arguments)
        .with("MERCER_MASTER_KEY", MASTER_KEY)
        .with("MERCER_OUTBOUND__ALLOW_PRIVATE", "127.0.0.0/8")
        // The shortest there is: on a shared database a dead process keeps its jobs for so long.
        .with("MERCER_OUTBOX__LEASE_SECONDS", "60")
        .with("MERCER_GATEWAY__DELIVERY__FIRST_RETRY_SECONDS", "1")
        .with("MERCER_LOG__LEVEL", "warn")
}

async fn api(process: &Shared) -> Api {
    let program = process.lock().await;
    Api::at(&program.url(), &text(&program.ready["token"]))
}

async fn serve(app: &App) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    let router = app.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}
