//! Store, gateway and sample app put together in one process so that they agree: the store knows where
//! the gateway takes calls and with which keys, the gateway where the store's open APIs are and with
//! which AK/SK, and the gateway's connector leads to the sample app.
//!
//! The three never call each other's code; what is arranged here is what a seller types into two
//! consoles.

use std::path::Path;

use mercer_gateway::Gateway;
use mercer_gateway::connector::{ChangeCheck, ConnectorSettings, NewConnector};
use mercer_gateway::merchant::{InterfaceType, NewMerchant, NewStoreLink, Site};
use mercer_kernel::entropy::Entropy;
use mercer_store::seed::DoorKeys;
use mercer_store::{SeedInput, Store};

use crate::connection::{BuyerLine, Connection, Door};
use crate::doors::Doors;
use crate::failure::{Exit, Failure};
use crate::ground::{Face, Ground, database_failure};
use crate::key_pair::{self, KeyPair, KeyPairError};
use crate::sample_app::{SampleApp, WEBHOOK_PATH};
use crate::secrets::{ACCESS_KEY_LENGTH, Form, Secrets};

/// Time the sample app may take for an answer.
const WEBHOOK_TIMEOUT_MS: u64 = 10_000;

/// Where the three are reached.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    pub(crate) store: String,
    pub(crate) gateway: String,
    pub(crate) app: String,
}

/// The three faces, open and in agreement.
pub(crate) struct Composition {
    pub(crate) store: Store,
    pub(crate) gateway: Gateway,
    pub(crate) app: SampleApp,
    pub(crate) connection: Connection,
    /// The RSA pair that is still to be made, beside the work.
    pub(crate) key_pair: Option<KeyPair>,
    /// Whether this was the first start on this data.
    pub(crate) is_first_start: bool,
}

/// What a person may decide about a composition.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wishes<'a> {
    /// Ids, nonces and secrets are repeatable.
    pub(crate) seed: Option<u64>,
    /// A private key to use instead of a new one.
    pub(crate) rsa_key: Option<&'a Path>,
}

/// Everything the parts must agree on.
struct Agreement {
    access_key: String,
    kit_access_key: String,
    general_access_key: String,
    v1_key: String,
    ak: String,
    sk: String,
    store_token: String,
    gateway_token: String,
    webhook_secret: String,
    store_password: String,
    gateway_password: String,
}

/// Opens and seeds everything.
///
/// # Errors
/// When a database, a key or a seed cannot be used.
pub(crate) async fn compose(
    ground: &mut Ground,
    addresses: Addresses,
    wishes: Wishes<'_>,
) -> Result<Composition, Failure> {
    let (db, vault) = ground.database(Face::App).await?;
    let entropies = Entropies::new(wishes.seed);
    let opened = Secrets::open(&db, &vault, &entropies.of(Face::App, 0)).await;
    let secrets = opened.map_err(|error| ground.secret_failure(&error))?;
    let start = secrets.count_start().await.map_err(|error| ground.secret_failure(&error))?;
    let agreement = agree(ground, &secrets).await?;
    if let Some(file) = wishes.rsa_key {
        key_pair::bring(&secrets, file).await?;
    }

    let foundation = ground.foundation(Face::Store, entropies.of(Face::Store, start), addresses.store.clone()).await?;
    let store = Store::open(foundation).await.map_err(|error| store_failure(&error))?;
    let foundation =
        ground.foundation(Face::Gateway, entropies.of(Face::Gateway, start), addresses.gateway.clone()).await?;
    let gateway = Gateway::open(foundation).await.map_err(|error| gateway_failure(&error))?;
    let door = Door { url: addresses.gateway.clone(), token: agreement.gateway_token.clone() };
    let foundation = ground.foundation(Face::App, entropies.of(Face::App, start), addresses.app.clone()).await?;
    let app = SampleApp::open(foundation, agreement.webhook_secret.clone(), door)
        .await
        .map_err(|error| database_failure(&error))?;

    let production_address = format!("{}/produce/{}", addresses.gateway, mercer_store::seed::MERCHANT_ID);
    let input = SeedInput {
        production_address: production_address.clone(),
        base_access_key: agreement.access_key.clone(),
        kit_access_key: agreement.kit_access_key.clone(),
        general_access_key: agreement.general_access_key.clone(),
        v1_key: agreement.v1_key.clone(),
        ak: agreement.ak.clone(),
        sk: agreement.sk.clone(),
    };
    let seeded = mercer_store::seed(&store, &input).await.map_err(|error| store_failure(&error))?;
    seed_gateway(&gateway, &seeded.merchant_id, &agreement, &addresses).await?;
    let doors = Doors {
        store: &store,
        gateway: &gateway,
        addresses: &addresses,
        store_keys: DoorKeys {
            console_password: agreement.store_password.clone(),
            api_token: agreement.store_token.clone(),
        },
        gateway_password: &agreement.gateway_password,
        gateway_token: &agreement.gateway_token,
    };
    let logins = doors.seed().await?;
    let pair = KeyPair {
        secrets,
        store: store.clone(),
        gateway: gateway.clone(),
        merchant_id: seeded.merchant_id.clone(),
        entropy: entropies.of_keys(start),
    };
    let key_pair = pair.give_known().await.map_err(|error| key_pair_failure(&error))?;
    let connection = Connection {
        store: Door { url: addresses.store, token: agreement.store_token },
        gateway: Door { url: addresses.gateway, token: agreement.gateway_token },
        app: Door { url: addresses.app, token: String::new() },
        merchant_id: seeded.merchant_id,
        production_address,
        access_key: agreement.access_key,
        kit_access_key: agreement.kit_access_key,
        general_access_key: agreement.general_access_key,
        v1_key: agreement.v1_key,
        buyers: seeded.buyers.into_iter().map(|(buyer_id, name)| BuyerLine { buyer_id, name }).collect(),
        product_ids: seeded.product_ids,
        logins,
        data: ground.config.data.display().to_string(),
    };
    Ok(Composition { store, gateway, app, connection, key_pair, is_first_start: start == 1 })
}

/// Chance for each face. Seeded faces get sequences of their own, and another one at every start, so
/// that a restart does not repeat ids that exist.
#[derive(Debug, Clone, Copy)]
struct Entropies {
    seed: Option<u64>,
}

impl Entropies {
    fn new(seed: Option<u64>) -> Self {
        Self { seed }
    }

    fn of(self, face: Face, start: u64) -> Entropy {
        let lane: u64 = match face {
            Face::Store => 1,
            Face::Gateway => 2,
            Face::App => 3,
        };
        self.lane(lane, start)
    }

    /// Keys are made beside the work, so they have a sequence of their own.
    fn of_keys(self, start: u64) -> Entropy {
        self.lane(4, start)
    }

    fn lane(self, lane: u64, start: u64) -> Entropy {
        match self.seed {
            Some(seed) => Entropy::seeded(seed ^ (lane << 56) ^ (start << 40)),
            None => Entropy::system(),
        }
    }
}

async fn agree(ground: &Ground, secrets: &Secrets) -> Result<Agreement, Failure> {
    let text = async |name: &'static str, form: Form| -> Result<String, Failure> {
        let secret = secrets.secret(name, form).await.map_err(|error| ground.secret_failure(&error))?;
        Ok(secret.text)
    };
    Ok(Agreement {
        access_key: text("base_access_key", Form::Alphanumeric(ACCESS_KEY_LENGTH)).await?,
        kit_access_key: text("kit_access_key", Form::Alphanumeric(ACCESS_KEY_LENGTH)).await?,
        general_access_key: text("general_access_key", Form::Alphanumeric(ACCESS_KEY_LENGTH)).await?,
        v1_key: text("v1_key", Form::UuidLike).await?,
        ak: text("ak", Form::Alphanumeric(20)).await?,
        sk: text("sk", Form::Alphanumeric(40)).await?,
        store_token: text("store_token", Form::Token).await?,
        gateway_token: text("gateway_token", Form::Token).await?,
        webhook_secret: text("webhook_secret", Form::Webhook).await?,
        store_password: text("password_operator", Form::Password).await?,
        gateway_password: text("password_admin", Form::Password).await?,
    })
}

async fn seed_gateway(
    gateway: &Gateway,
    merchant_id: &str,
    agreement: &Agreement,
    addresses: &Addresses,
) -> Result<(), Failure> {
    let merchant = NewMerchant { merchant_id: merchant_id.to_owned(), name: "轻舟软件 Skiff Software".to_owned() };
    let link = NewStoreLink {
        site: Site::Sandbox,
        base_url: addresses.store.clone(),
        access_key_id: agreement.ak.clone(),
        secret_access_key: agreement.sk.clone(),
    };
    let connector = NewConnector {
        name: "茶记 Tea Notes".to_owned(),
        settings: ConnectorSettings::Webhook {
            url: format!("{}{WEBHOOK_PATH}", addresses.app),
            timeout_ms: Some(WEBHOOK_TIMEOUT_MS),
            change_check: ChangeCheck::Ask,
        },
        products: Vec::new(),
        secret: Some(agreement.webhook_secret.clone()),
    };
    let seeded = async {
        gateway.ensure_merchant(&merchant).await?;
        for (kind, key) in [
            (InterfaceType::Base, &agreement.access_key),
            (InterfaceType::Kit, &agreement.kit_access_key),
            (InterfaceType::General, &agreement.general_access_key),
            (InterfaceType::SaasV1, &agreement.v1_key),
        ] {
            gateway.ensure_key(merchant_id, kind, key).await?;
        }
        gateway.ensure_store_link(merchant_id, &link).await?;
        gateway.ensure_connector(merchant_id, &connector).await
    };
    seeded.await.map(drop).map_err(|error| gateway_failure(&error))
}

fn key_pair_failure(error: &KeyPairError) -> Failure {
    match error {
        KeyPairError::Store(error) => store_failure(error),
        KeyPairError::Gateway(error) => gateway_failure(error),
        other => Failure::new(
            Exit::Data,
            format!("RSA 密钥对不可用：{other}"),
            format!("the RSA pair cannot be used: {other}"),
        ),
    }
}

/// A store that cannot be opened or seeded.
pub(crate) fn store_failure(error: &mercer_store::StoreError) -> Failure {
    match error {
        mercer_store::StoreError::Database(error) => database_failure(error),
        other => {
            Failure::new(Exit::Failed, format!("云商店无法启动：{other}"), format!("the store cannot start: {other}"))
        }
    }
}

/// A gateway that cannot be opened or seeded.
pub(crate) fn gateway_failure(error: &mercer_gateway::GatewayError) -> Failure {
    match error {
        mercer_gateway::GatewayError::Database(error) => database_failure(error),
        other => {
            Failure::new(Exit::Failed, format!("网关无法启动：{other}"), format!("the gateway cannot start: {other}"))
        }
    }
}
