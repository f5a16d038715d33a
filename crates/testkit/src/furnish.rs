//! How store and gateway of a test world are opened, and what both are told so that they know each other.

use std::sync::Arc;

use mercer_gateway::Gateway;
use mercer_gateway::connector::{ChangeCheck, ConnectorSettings, NewConnector};
use mercer_gateway::merchant::{InterfaceType, NewMerchant, NewStoreLink, Site};
use mercer_kernel::clock::{Clock, Reading};
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::{MasterKey, Vault};
use mercer_store::Store;
use mercer_store::seed::SeedInput;

use crate::network::Network;
use crate::world::{ACCESS_KEY, AK, GENERAL_ACCESS_KEY, KIT_ACCESS_KEY, MERCHANT, SK, V1_KEY};

/// What both faces of a world run on.
#[derive(Clone)]
pub(crate) struct Ground {
    /// The only clock.
    pub(crate) clock: Clock,
    /// The network between them.
    pub(crate) network: Network,
    /// The settings of both.
    pub(crate) config: Arc<Config>,
}

/// The settings of test worlds: as delivered, but nobody waits for a clock that only the test moves.
pub(crate) fn settings() -> Config {
    let mut config = Config::defaults();
    config.gateway.saas_v1.wait_seconds = 0;
    config
}

/// What the store is seeded with.
pub(crate) fn seed_input() -> SeedInput {
    SeedInput {
        production_address: format!("http://gateway.test/produce/{MERCHANT}"),
        base_access_key: ACCESS_KEY.to_owned(),
        v1_key: V1_KEY.to_owned(),
        kit_access_key: KIT_ACCESS_KEY.to_owned(),
        general_access_key: GENERAL_ACCESS_KEY.to_owned(),
        ak: AK.to_owned(),
        sk: SK.to_owned(),
    }
}

/// Tells the gateway what it must know; returns the app's webhook secret.
pub(crate) async fn agree(gateway: &Gateway) -> String {
    let merchant = NewMerchant { merchant_id: MERCHANT.to_owned(), name: "World".to_owned() };
    gateway.ensure_merchant(&merchant).await.expect("the merchant can be made");
    for (kind, key) in [
        (InterfaceType::Base, ACCESS_KEY),
        (InterfaceType::SaasV1, V1_KEY),
        (InterfaceType::Kit, KIT_ACCESS_KEY),
        (InterfaceType::General, GENERAL_ACCESS_KEY),
    ] {
        gateway.ensure_key(MERCHANT, kind, key).await.expect("the key can be made");
    }
    let link = NewStoreLink {
        site: Site::Sandbox,
        base_url: "http://store.test".to_owned(),
        access_key_id: AK.to_owned(),
        secret_access_key: SK.to_owned(),
    };
    gateway.ensure_store_link(MERCHANT, &link).await.expect("the link can be made");
    let connector = NewConnector {
        name: "app".to_owned(),
        settings: ConnectorSettings::Webhook {
            url: "http://app.test/events".to_owned(),
            timeout_ms: Some(10_000),
            change_check: ChangeCheck::Ask,
        },
        products: Vec::new(),
        secret: None,
    };
    let made = gateway.ensure_connector(MERCHANT, &connector).await.expect("the connector can be made");
    let secret = gateway.reveal_connector_secret(MERCHANT, &made.connector_id).await;
    secret.expect("the gateway's database answers").expect("a webhook has a secret")
}

/// Opens the store on a database.
pub(crate) async fn open_store(db: &Db, ground: &Ground) -> Store {
    let mut foundation = foundation(db, ground, "http://store.test", 1).await;
    foundation.clock = Clock::adjustable(&ground.clock, Reading::Running { offset_micros: 0 });
    Store::open(foundation).await.expect("the store opens")
}

/// Opens the gateway on a database.
pub(crate) async fn open_gateway(db: &Db, ground: &Ground) -> Gateway {
    Gateway::open(foundation(db, ground, "http://gateway.test", 2).await).await.expect("the gateway opens")
}

async fn foundation(db: &Db, ground: &Ground, public_url: &str, seed: u64) -> Foundation {
    let wall = &ground.clock;
    let entropy = Entropy::seeded(seed ^ u64::try_from(wall.now().as_micros()).unwrap_or_default());
    let master = MasterKey::parse(&"A".repeat(43)).expect("43 letters are 32 bytes");
    Foundation {
        db: db.clone(),
        clock: wall.clone(),
        wall: wall.clone(),
        vault: Vault::open(db, &master, &entropy).await.expect("the master key is the same in every test"),
        entropy,
        outbound: Arc::new(ground.network.clone()),
        config: Arc::clone(&ground.config),
        public_url: public_url.to_owned(),
    }
}
