//! The measured process: a gateway, or the bare handler, on a free port. It ends when the load generator
//! goes away.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use clap::{Args, ValueEnum};
use mercer_gateway::Gateway;
use mercer_gateway::merchant::{InterfaceType, NewMerchant};
use mercer_kernel::clock::Clock;
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::server::ServerSettings;
use mercer_kernel::vault::{MasterKey, Vault};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::bare::Bare;
use super::broken;
use crate::failure::Failure;
use crate::ground::{Face as Part, database_failure, listen, local_url};
use crate::output::Output;
use crate::remote::anywhere;
use crate::secrets::uuid_like;

/// Which handler is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Face {
    /// The gateway's production address.
    Gateway,
    /// One row per request.
    Bare,
}

impl Face {
    /// Its name on the command line and in the result.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Bare => "bare",
        }
    }
}

/// Options of the measured process.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// What to serve (被测对象)
    #[arg(long, value_enum)]
    face: Face,
    /// Database (数据库)
    #[arg(long)]
    database_url: String,
    /// Run the gateway's workers as well (同时运行后台任务)
    #[arg(long)]
    workers: bool,
}

/// Merchants and keys of the measured gateway.
struct Identity {
    merchant_id: String,
    base_key: String,
    v1_key: String,
    /// A second merchant, whose kit calls are the background.
    kit_merchant_id: String,
    kit_key: String,
}

/// Serves until standard input ends.
///
/// # Errors
/// When the database or the listener cannot be used.
pub(super) async fn serve(arguments: ServeArgs, output: Output) -> Result<(), Failure> {
    let wall = Clock::real();
    let entropy = Entropy::system();
    let db = Db::open(&arguments.database_url).await.map_err(|error| database_failure(&error))?;
    let listener = listen(Part::Gateway, ([127, 0, 0, 1], 0).into(), "--url").await?;
    let address = local_url(&listener)?;
    let identity = Identity {
        merchant_id: format!("bench-{}", entropy.alphanumeric(8)),
        base_key: entropy.alphanumeric(32),
        v1_key: uuid_like(&entropy),
        kit_merchant_id: format!("bench-kit-{}", entropy.alphanumeric(8)),
        kit_key: entropy.alphanumeric(32),
    };
    let stop = CancellationToken::new();
    let mut worker = None;
    let router = match arguments.face {
        Face::Bare => Bare::open(&db, &wall, &entropy).await.map_err(|error| database_failure(&error))?.router(),
        Face::Gateway => {
            let gateway = gateway(&db, (&wall, &entropy), &address, &identity).await?;
            let router = gateway.router();
            worker = arguments.workers.then_some(gateway);
            router
        }
    };
    let router = router.merge(statistics(&db, arguments.face));
    let ready = json!({
        "url": format!("{address}/produce/{}", identity.merchant_id),
        "key": identity.base_key,
        "v1Key": identity.v1_key,
        "kitUrl": format!("{address}/produce/{}", identity.kit_merchant_id),
        "kitKey": identity.kit_key,
        "statisticsUrl": format!("{address}/bench/statistics"),
    });
    output.show(&ready, |_| ready.to_string());
    let settings = ServerSettings::from_config(&Config::defaults().server);
    let work = async {
        match worker {
            Some(gateway) => gateway.run(stop.clone()).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = mercer_kernel::server::serve(listener, router, settings, wall, stop.clone()) => {}
        () = work => {}
        _ = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())) => {}
    }
    Ok(())
}

/// A gateway with one merchant, and another one for the background. Its workers are not started unless
/// asked for: what is measured is taking calls; events wait in the outbox.
async fn gateway(
    db: &Db,
    (wall, entropy): (&Clock, &Entropy),
    address: &str,
    identity: &Identity,
) -> Result<Gateway, Failure> {
    let failed =
        |error: mercer_gateway::GatewayError| broken("被测网关无法启动", "the measured gateway cannot start", error);
    let key_file = std::env::temp_dir().join("mercer-bench.key");
    let opened = match MasterKey::load_or_create(&key_file, entropy) {
        Ok(master) => Vault::open(db, &master, entropy).await,
        Err(error) => Err(error),
    };
    let vault = opened.map_err(|error| {
        broken("压测数据库的密钥不匹配", "the key of the benchmark's database does not fit", error)
            .next("换一个空数据库", "use an empty database")
    })?;
    let mut config = Config::defaults();
    // There is no app that could be waited for.
    config.gateway.saas_v1.wait_seconds = 0;
    let foundation = Foundation {
        db: db.clone(),
        clock: wall.clone(),
        wall: wall.clone(),
        entropy: entropy.clone(),
        vault,
        outbound: Arc::new(anywhere()?),
        config: Arc::new(config),
        public_url: address.to_owned(),
    };
    let gateway = Gateway::open(foundation).await.map_err(failed)?;
    for (merchant_id, kind, key) in [
        (&identity.merchant_id, InterfaceType::Base, &identity.base_key),
        (&identity.merchant_id, InterfaceType::SaasV1, &identity.v1_key),
        (&identity.kit_merchant_id, InterfaceType::Kit, &identity.kit_key),
    ] {
        let merchant = NewMerchant { merchant_id: merchant_id.clone(), name: "bench".to_owned() };
        gateway.ensure_merchant(&merchant).await.map_err(failed)?;
        gateway.ensure_key(merchant_id, kind, key).await.map_err(failed)?;
    }
    Ok(gateway)
}

/// What the load generator asks while and after it measures.
fn statistics(db: &Db, face: Face) -> Router {
    let (counters, db) = (db.statistics(), db.clone());
    Router::new().route(
        "/bench/statistics",
        get(move || async move {
            let mut told =
                json!({"commits": counters.commits(), "statements": counters.reads() + counters.statements()});
            if face == Face::Gateway {
                told["runningSyncs"] = json!(super::full_sync::running(&db).await.ok());
            }
            Json(told)
        }),
    )
}
