//! The world of this crate's tests: a gateway on a database in memory, a clock that stands, a network
//! under control.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request as HttpRequest, StatusCode};
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::http::{Answer, BoxFuture, Failure, FailureReason, HeaderMap, Outbound, Request};
use mercer_kernel::vault::{MasterKey, Vault};
use mercer_protocol::order_query::{CodePrefix, MktCode, OrderInfo, PATH, Response, mock_order};
use mercer_protocol::saas_v1::{Parameters, auth_token};
use mercer_protocol::saas_v2::signature::sign;
use mercer_protocol::time::CompactTime;
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::Gateway;
use crate::connector::{ChangeCheck, ConnectorSettings, NewConnector};
use crate::merchant::{InterfaceType, NewMerchant, NewStoreLink, Site};
use crate::testing_kit::postgres;

pub(crate) const MERCHANT: &str = "demo";
pub(crate) const KEY: &str = "k-demo-0001-accesskey";
pub(crate) const V1_KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
pub(crate) const START: Instant = Instant::from_millis(1_735_689_600_000);

/// Answers of the app, in turn; the last one stays.
#[derive(Default)]
struct Network {
    app: Mutex<VecDeque<Result<(u16, String), FailureReason>>>,
    orders: Mutex<Vec<OrderInfo>>,
    /// Events the app received.
    events: Mutex<Vec<Json>>,
}

impl Outbound for Network {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        let answer = if request.url.contains(PATH) { self.order(&request.url) } else { self.app(&request.body) };
        Box::pin(std::future::ready(answer))
    }
}

impl Network {
    fn order(&self, url: &str) -> Result<Answer, Failure> {
        let orders = self.orders.lock().unwrap();
        let response = match orders.iter().find(|order| url.contains(&format!("orderId={}", order.order_id))) {
            Some(order) => Response::found(order.clone()),
            None => Response::refused(MktCode::BadInput, "no such order"),
        };
        Ok(answer(response.http_status(), response.to_json(CodePrefix::Mkt)))
    }

    fn app(&self, body: &[u8]) -> Result<Answer, Failure> {
        let mut script = self.app.lock().unwrap();
        let next = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        match next.unwrap_or(Ok((204, String::new()))) {
            Ok((status, text)) => {
                self.events.lock().unwrap().push(serde_json::from_slice(body).unwrap());
                Ok(answer(status, text))
            }
            Err(reason) => Err(Failure::new(reason, "the test network is down")),
        }
    }
}

fn answer(status: u16, body: String) -> Answer {
    Answer { status, headers: HeaderMap::new(), body: body.into() }
}

/// The world.
pub(crate) struct World {
    pub(crate) gateway: Gateway,
    pub(crate) clock: Clock,
    entropy: Entropy,
    network: Arc<Network>,
}

/// Chooses PostgreSQL for every test of this crate: `MERCER_TEST_ENGINE=postgres ./dev postgres cargo test …`.
const ENGINE_VARIABLE: &str = "MERCER_TEST_ENGINE";

/// An empty database: in memory, unless the run asks for PostgreSQL.
#[expect(clippy::disallowed_methods, reason = "the test runner names the engine in the environment")]
async fn database() -> Db {
    if std::env::var(ENGINE_VARIABLE).is_ok_and(|engine| engine == "postgres") {
        return postgres().await.expect("a run on PostgreSQL names its server");
    }
    Db::open("sqlite::memory:").await.unwrap()
}

/// An answer of the production address.
#[derive(Debug)]
pub(crate) struct Produced {
    pub(crate) status: StatusCode,
    pub(crate) json: Json,
    pub(crate) body: String,
    pub(crate) body_sign: Option<String>,
}

impl Produced {
    pub(crate) fn code(&self) -> &str {
        self.json["resultCode"].as_str().unwrap()
    }
}

impl World {
    /// A gateway with one merchant, its key, its link to the store, and no connector.
    pub(crate) async fn bare() -> Self {
        Self::set(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn set(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(database().await, change).await
    }

    /// The same on an empty database of any engine.
    pub(crate) async fn on(db: Db, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults();
        // The clock stands still: nobody may wait on it.
        config.gateway.saas_v1.wait_seconds = 0;
        change(&mut config);
        let clock = Clock::manual(START);
        let entropy = Entropy::seeded(7);
        let master = MasterKey::parse(&"A".repeat(43)).unwrap();
        let network = Arc::new(Network::default());
        let foundation = Foundation {
            vault: Vault::open(&db, &master, &entropy).await.unwrap(),
            db,
            clock: clock.clone(),
            wall: clock.clone(),
            entropy: entropy.clone(),
            outbound: Arc::clone(&network) as Arc<dyn Outbound>,
            config: Arc::new(config),
            public_url: "https://gateway.example.com".to_owned(),
        };
        let gateway = Gateway::open(foundation).await.unwrap();
        let merchant = NewMerchant { merchant_id: MERCHANT.to_owned(), name: "Demo".to_owned() };
        gateway.ensure_merchant(&merchant).await.unwrap();
        gateway.ensure_key(MERCHANT, InterfaceType::Base, KEY).await.unwrap();
        gateway.ensure_key(MERCHANT, InterfaceType::SaasV1, V1_KEY).await.unwrap();
        let link = NewStoreLink {
            site: Site::Sandbox,
            base_url: "http://store.example.com:7001".to_owned(),
            access_key_id: "AK".to_owned(),
            secret_access_key: "SK".to_owned(),
        };
        gateway.ensure_store_link(MERCHANT, &link).await.unwrap();
        Self { gateway, clock, entropy: Entropy::seeded(8), network }
    }

    /// The same with a webhook app.
    pub(crate) async fn with_app() -> Self {
        Self::bare().await.and_app().await
    }

    /// Adds a webhook app.
    pub(crate) async fn and_app(self) -> Self {
        let world = self;
        let settings = ConnectorSettings::Webhook {
            url: "https://app.example.com/events".to_owned(),
            timeout_ms: None,
            change_check: ChangeCheck::Ask,
        };
        world.connector(settings).await;
        world
    }

    pub(crate) async fn connector(&self, settings: ConnectorSettings) -> String {
        let new = NewConnector { name: "app".to_owned(), settings, products: Vec::new(), secret: None };
        self.gateway.ensure_connector(MERCHANT, &new).await.unwrap().connector_id
    }

    /// The store knows an order: the documented yearly mock under another id.
    pub(crate) fn order(&self, order_id: &str, change: impl FnOnce(&mut OrderInfo)) {
        let mut order = mock_order("MOCKPERIODYEARNEW", START.to_jiff()).unwrap();
        order.order_id = order_id.to_owned();
        order.order_line[0].order_line_id = format!("{order_id}-000001");
        change(&mut order);
        self.network.orders.lock().unwrap().push(order);
    }

    /// What the app answers from now on, in turn; the last answer stays.
    pub(crate) fn app_answers(&self, answers: &[Result<(u16, &str), FailureReason>]) {
        let owned = answers.iter().map(|answer| answer.map(|(status, text)| (status, text.to_owned())));
        *self.network.app.lock().unwrap() = owned.collect();
    }

    pub(crate) fn events(&self) -> Vec<Json> {
        self.network.events.lock().unwrap().clone()
    }

    pub(crate) fn event_types(&self) -> Vec<String> {
        self.events().iter().map(|event| event["type"].as_str().unwrap().replace("mercer.instance.", "")).collect()
    }

    /// A signed call.
    pub(crate) async fn call(&self, body: &Json) -> Produced {
        let nonce = self.entropy.hex_upper(64);
        self.send(MERCHANT, &self.query(KEY, body.to_string().as_bytes(), &nonce), body.to_string()).await
    }

    pub(crate) fn query(&self, key: &str, body: &[u8], nonce: &str) -> String {
        let timestamp = self.clock.now().as_millis().to_string();
        let signature = sign(key, body, &timestamp, nonce).signature;
        format!("signature={signature}&timestamp={timestamp}&nonce={nonce}")
    }

    /// A call of SaaS V1.0, signed now.
    pub(crate) async fn call_v1(&self, parameters: &[(&str, &str)]) -> Produced {
        self.get(MERCHANT, &self.query_v1(V1_KEY, parameters)).await
    }

    /// The query of a call of SaaS V1.0, signed now.
    pub(crate) fn query_v1(&self, key: &str, parameters: &[(&str, &str)]) -> String {
        let time = CompactTime::milliseconds(self.clock.now().to_jiff()).to_string();
        let mut parameters = Parameters::of_pairs(parameters.iter().copied());
        parameters.set("timeStamp", &time);
        auth_token::signed_query(key, &parameters)
    }

    pub(crate) async fn get(&self, merchant_id: &str, query: &str) -> Produced {
        // Ids of one millisecond are in no order; the newest call shall be the last one.
        self.clock.advance(Duration::from_millis(1));
        let request = HttpRequest::get(format!("/produce/{merchant_id}?{query}")).body(Body::empty()).unwrap();
        self.ask(request).await
    }

    pub(crate) async fn send(&self, merchant_id: &str, query: &str, body: impl Into<Body>) -> Produced {
        let request = HttpRequest::post(format!("/produce/{merchant_id}?{query}")).body(body.into()).unwrap();
        self.ask(request).await
    }

    pub(crate) async fn ask(&self, request: HttpRequest<Body>) -> Produced {
        let response = self.gateway.router().oneshot(request).await.unwrap();
        let status = response.status();
        let body_sign = response.headers().get("body-sign").map(|value| value.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Produced { status, json: serde_json::from_str(&body).unwrap_or(Json::Null), body, body_sign }
    }

    pub(crate) async fn new_instance(&self, order_id: &str, business_id: &str) -> Produced {
        self.call(&new_instance(order_id, business_id)).await
    }

    /// Lets `duration` pass, doing what becomes due on the way.
    pub(crate) async fn pass(&self, duration: Duration) {
        let end = self.clock.now().plus(duration);
        while let Some(due) = self.gateway.next_due().await.filter(|due| *due <= end) {
            self.clock.set(due.max(self.clock.now()));
            self.gateway.run_due().await;
        }
        self.clock.set(end);
    }
}

pub(crate) fn new_instance(order_id: &str, business_id: &str) -> Json {
    json!({
        "activity": "newInstance",
        "businessId": business_id,
        "orderId": order_id,
        "orderLineId": format!("{order_id}-000001"),
    })
}

pub(crate) const APP_INFO: &str =
    r#"{"frontEndUrl":"https://app.example.com/t/1","userName":"admin","password":"Secret-Passw0rd"}"#;
