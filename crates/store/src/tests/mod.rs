//! The store's core against a merchant of a few lines: what is called when, and what follows.

mod clock;
mod edges;
mod identity;
mod life;
mod merchant_side;
mod messages;
mod notification;
mod retries;
mod saas_v1;
mod saas_v1_retries;
mod statements;

use std::sync::Arc;

use mercer_kernel::clock::{Clock, Instant, Reading};
use mercer_kernel::config::Config;
use mercer_kernel::db::{Batch, Db};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::{MasterKey, Vault};
use serde_json::json;

use crate::catalog::{self, NewProduct};
use crate::clock::{Advance, advance};
use crate::instance::{self, Instance};
use crate::message::{self, Message, MessageFilter};
use crate::order::{self, Order, PlaceOrder};
use crate::seed::{SeedInput, seed};
use crate::window::Window;
use crate::{Core, Store, StoreError};

use merchant_side::MerchantSide;

/// When every test begins: 12:00 in Beijing.
const START: &str = "2026-03-01T04:00:00Z";
const KEY: &str = "test-base-key";
const V1_KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
/// Signs the kit's V2.0 calls.
const KIT_KEY: &str = "test-kit-key";
/// Signs order notifications.
const GENERAL_KEY: &str = "test-general-key";

/// A store on a virtual clock and the merchant it calls.
struct World {
    store: Store,
    merchant: Arc<MerchantSide>,
    buyer: String,
}

impl World {
    async fn open() -> Self {
        Self::open_on(&Db::open("sqlite::memory:").await.unwrap()).await
    }

    /// A world whose operator has set something differently.
    async fn open_with(set: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults();
        set(&mut config);
        Self::open_set(&Db::open("sqlite::memory:").await.unwrap(), config).await
    }

    async fn open_on(db: &Db) -> Self {
        Self::open_set(db, Config::defaults()).await
    }

    async fn open_set(db: &Db, config: Config) -> Self {
        let entropy = Entropy::seeded(7);
        let wall = Clock::manual(at(START));
        let clock = Clock::adjustable(&wall, Reading::Frozen { at: at(START) });
        let merchant = Arc::new(MerchantSide::new(clock.clone(), wall.clone()));
        let master = MasterKey::parse(&"A".repeat(43)).unwrap();
        let foundation = Foundation {
            vault: Vault::open(db, &master, &entropy).await.unwrap(),
            db: db.clone(),
            clock,
            wall,
            entropy,
            outbound: merchant.clone(),
            config: Arc::new(config.clone()),
            public_url: "http://127.0.0.1:7001".to_owned(),
        };
        let store = Store::open(foundation).await.unwrap();
        // Real sites call domain names by https only.
        let sandbox = config.store.profile == "sandbox";
        let host = if sandbox { "http://127.0.0.1:7002" } else { "https://isv.example.com" };
        let input = SeedInput {
            production_address: format!("{host}/produce/m_demo"),
            base_access_key: KEY.to_owned(),
            v1_key: V1_KEY.to_owned(),
            kit_access_key: KIT_KEY.to_owned(),
            general_access_key: "test-general-key".to_owned(),
            ak: "AKTEST0000000000001".to_owned(),
            sk: "secret".to_owned(),
        };
        let seeded = seed(&store, &input).await.unwrap();
        let world = Self { store, merchant, buyer: seeded.buyers[0].0.clone() };
        world.publish(&seeded.merchant_id, &seeded.address_id).await;
        world
    }

    async fn publish(&self, merchant_id: &str, address_id: &str) {
        let seats = json!({"name": {"zh": "席位", "en": "seats"}, "min": 1, "max": 100, "step": 1});
        let period = |id: &str, period: &str, price: &str| {
            json!({"productId": id, "chargingMode": "PERIOD", "periodType": period,
                "brackets": [{"upTo": null, "unitPrice": price}]})
        };
        let product: NewProduct = serde_json::from_value(json!({
            "productCode": "prd_test", "merchantId": merchant_id, "addressId": address_id,
            "name": {"zh": "测试商品", "en": "Test product"},
            "skus": [
                {"skuCode": "basic", "name": {"zh": "基础版", "en": "Basic"}, "linear": seats, "prices": [
                    period("basic-month", "month", "30"), period("basic-year", "year", "300"),
                    {"productId": "basic-trial", "chargingMode": "PERIOD", "periodType": "day", "trialDays": 7,
                        "brackets": [{"upTo": null, "unitPrice": "0"}]},
                ]},
                {"skuCode": "plus", "name": {"zh": "高级版", "en": "Plus"}, "linear": seats,
                    "prices": [period("plus-month", "month", "60")]},
                {"skuCode": "single", "name": {"zh": "按次", "en": "Once"}, "prices": [
                    {"productId": "once", "chargingMode": "ONE_TIME", "brackets": [{"upTo": null, "unitPrice": "99.90"}]},
                ]},
            ],
        }))
        .unwrap();
        catalog::create(self.core(), product).await.unwrap();
    }

    fn core(&self) -> &Arc<Core> {
        self.store.core()
    }

    fn now(&self) -> Instant {
        self.core().foundation.clock.now()
    }

    /// Buys and pays; nothing is called yet.
    async fn order(&self, product_id: &str, quantity: Option<i64>) -> Order {
        let wanted = PlaceOrder {
            buyer_id: self.buyer.clone(),
            product_id: product_id.to_owned(),
            quantity,
            period_number: None,
            extend_params: Vec::new(),
            pay: true,
        };
        order::place_order(self.core(), &wanted, &|_| Batch::new()).await.unwrap()
    }

    /// Buys, pays, and lets the merchant open it.
    async fn buy(&self, product_id: &str, quantity: Option<i64>) -> Instance {
        let order = self.order(product_id, quantity).await;
        self.idle().await;
        self.instance(&order.order_id).await
    }

    async fn idle(&self) {
        advance(self.core(), Advance::UntilIdle).await.unwrap();
    }

    async fn advance_to(&self, text: &str) {
        advance(self.core(), Advance::To(at(text))).await.unwrap();
    }

    async fn instance(&self, id: &str) -> Instance {
        instance::find(self.core(), id).await.unwrap().unwrap()
    }

    async fn order_of(&self, order_id: &str) -> Order {
        order::by_id(self.core(), order_id).await.unwrap().unwrap()
    }

    async fn messages(&self) -> Vec<Message> {
        let mut messages = message::list(self.core(), &MessageFilter::default(), Window::first(200)).await.unwrap();
        messages.reverse();
        messages
    }

    /// `interface:state` of every message, oldest first.
    async fn story(&self) -> Vec<String> {
        let name = |message: &Message| {
            let scene = if message.scene.is_empty() { String::new() } else { format!("({})", message.scene) };
            format!("{}{scene}:{}", message.interface.code().trim_start_matches("saas_v2."), message.state.code())
        };
        self.messages().await.iter().map(name).collect()
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> &'static str {
    match result {
        Err(StoreError::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
