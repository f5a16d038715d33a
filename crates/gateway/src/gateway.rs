//! The gateway as one value: everything it owns hangs off it, so that two can live in one test.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Db, Migration};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::outbox::Outbox;
use mercer_kernel::telemetry::Telemetry;
use mercer_kernel::vault::Vault;
use mercer_kernel::web::account::Accounts;
use tokio_util::sync::CancellationToken;

use crate::error::GatewayError;
use crate::inbound::callback::Refusals;
use crate::merchant::Keyring;
use crate::settings::Settings;
use crate::work::GatewayWork;
use crate::{api, console, inbound, work};

/// The schema of the gateway.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "gateway", sql: include_str!("../migrations/0001_gateway.sql") },
    Migration { version: 2, name: "saas v1", sql: include_str!("../migrations/0002_saas_v1.sql") },
    Migration { version: 3, name: "accounts", sql: include_str!("../migrations/0003_account.sql") },
];

/// Attempts at once in [`Gateway::run_due`].
const PARALLEL: usize = 16;

/// The merchant's side. Clones share it.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    foundation: Foundation,
    settings: Settings,
    outbox: Outbox,
    keyring: Keyring,
    accounts: Accounts,
    refusals: Refusals,
    /// Makes the addresses of instance pages unguessable.
    page_secret: Vec<u8>,
}

impl Gateway {
    /// Opens the gateway: brings its tables up to date and takes its settings.
    ///
    /// # Errors
    /// The database.
    pub async fn open(foundation: Foundation) -> Result<Self, GatewayError> {
        let settings = Settings::read(&foundation.config);
        foundation.db.migrate("gateway", MIGRATIONS).await?;
        let clocks = (&foundation.clock, &foundation.wall);
        let outbox =
            Outbox::open(&foundation.db, "gateway", clocks, &foundation.entropy, settings.outbox.clone()).await?;
        let accounts = Accounts::open(&foundation.db, &foundation.wall, &Entropy::system(), "gateway").await?;
        let page_secret = crate::secret::of(&foundation, crate::secret::INSTANCE_PAGES).await?;
        let gateway = Self(Arc::new(Inner {
            page_secret,
            foundation,
            settings,
            outbox,
            accounts,
            keyring: Keyring::default(),
            refusals: Refusals::default(),
        }));
        work::start_timers(&gateway).await?;
        Ok(gateway)
    }

    /// Production address, management API, console, health and metrics.
    pub fn router(&self) -> Router {
        let routes =
            inbound::router(self.clone()).merge(api::router(self.clone())).merge(console::router(self.clone()));
        Telemetry::new("gateway", self.db(), self.outbox(), &self.foundation().wall).wrap(routes)
    }

    /// Every route of [`Gateway::router`] as method and path, for tests that enumerate them.
    #[must_use]
    pub fn routes() -> Vec<(String, String)> {
        let production = inbound::ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
        let instance_page = ("GET".to_owned(), crate::instance::page::PATH.to_owned());
        production.chain([instance_page]).chain(api::route_list()).chain(console::route_list()).collect()
    }

    /// Every statement of the gateway with its name, for the test that prepares them on both engines.
    pub fn statements() -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            crate::account::repo::STATEMENTS,
            crate::account::read::STATEMENTS,
            crate::account::bulk::STATEMENTS,
            crate::account::wipe::STATEMENTS,
            crate::audit::STATEMENTS,
            crate::connector::repo::STATEMENTS,
            crate::connector::POOL_STATEMENTS,
            console::STATEMENTS,
            crate::event::STATEMENTS,
            inbound::callback::STATEMENTS,
            inbound::inbox::STATEMENTS,
            crate::instance::repo::STATEMENTS,
            crate::instance::query::STATEMENTS,
            crate::instance::snapshot::STATEMENTS,
            crate::merchant::ENCRYPTION_STATEMENTS,
            crate::merchant::repo::STATEMENTS,
            crate::secret::STATEMENTS,
        ]
        .into_iter()
        .flatten()
        .copied()
    }

    /// The schema of the gateway, for tests that migrate a database of their own.
    #[must_use]
    pub const fn migrations() -> &'static [Migration] {
        MIGRATIONS
    }

    /// Delivers events and prunes until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        self.outbox().run(Arc::new(GatewayWork::new(self.clone())), shutdown).await;
    }

    /// Does everything that is due now; how many attempts that were. For tests.
    pub async fn run_due(&self) -> usize {
        let work = Arc::new(GatewayWork::new(self.clone()));
        match self.outbox().run_due(&work, PARALLEL).await {
            Ok(attempts) => attempts,
            Err(error) => {
                tracing::error!(%error, "the gateway's outbox cannot be read");
                0
            }
        }
    }

    /// When the next job may start; none when nothing waits or the database is gone.
    pub async fn next_due(&self) -> Option<Instant> {
        self.outbox().next_due().await.ok().flatten()
    }

    /// The ground it stands on.
    #[must_use]
    pub fn foundation(&self) -> &Foundation {
        &self.0.foundation
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Its jobs: events for the app and timers.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// Who may use the console and the management API.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.foundation.db
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.foundation.vault
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.0.foundation.entropy
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    pub(crate) fn page_secret(&self) -> &[u8] {
        &self.0.page_secret
    }

    pub(crate) fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }
}

impl FromRef<Gateway> for Accounts {
    fn from_ref(gateway: &Gateway) -> Self {
        gateway.accounts().clone()
    }
}
