//! The store's side (云商店侧): a complete local store with buyers, a catalogue, orders and the life of instances,
//! which calls merchants over the seller protocol with the documented retries.
//!
//! Each folder is a piece of the business. `rules.rs` files decide and touch nothing; the other files read,
//! let the rules decide, and write one batch. What must happen later is an outbox row in that batch.
//!
//! - `catalog`: products, specifications, prices
//! - `order`: what was ordered and paid
//! - `instance`: what an order opened, and its life
//! - `callback`: what is called when, how answers are read, the retry table
//! - `message`: the calls as the seller centre shows them
//! - `notification`: announcing orders to the merchant
//! - `clock`: the store's own time
//! - `merchant`, `openapi`, `control`: who sells and buys, the open APIs, the control API

mod callback;
mod catalog;
mod clock;
mod codes;
mod console;
mod control;
mod error;
mod identity;
mod instance;
mod merchant;
mod message;
mod notification;
mod openapi;
mod order;
mod refusal;
pub mod seed;
mod settings;
mod window;

pub use callback::TableFault;
pub use error::StoreError;
pub use refusal::{Refusal, RefusalKind};
pub use seed::{SeedInput, Seeded, seed};

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::Migration;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::outbox::Outbox;
use mercer_kernel::telemetry::Telemetry;
use mercer_kernel::web::account::Accounts;
use mercer_kernel::web::login::DemoAccount;
use tokio_util::sync::CancellationToken;

use callback::{Policies, PollSpacing, StoreWork};
use settings::Settings;

/// Name of the store's jobs in the outbox and of its tables in the migrations.
const COMPONENT: &str = "store";
/// Attempts made at once while the clock is advanced; enough to keep a local merchant busy.
const PARALLEL_ATTEMPTS: usize = 16;

/// The store's tables.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "catalogue, orders, instances, messages",
        sql: include_str!("../migrations/0001_store.sql"),
    },
    Migration { version: 2, name: "merchants, buyers, keys", sql: include_str!("../migrations/0002_store_edge.sql") },
    Migration { version: 3, name: "SaaS V1.0", sql: include_str!("../migrations/0003_saas_v1.sql") },
    Migration {
        version: 4,
        name: "enterprises and applications",
        sql: include_str!("../migrations/0004_identity.sql"),
    },
    Migration { version: 5, name: "order notification", sql: include_str!("../migrations/0005_notification.sql") },
];

/// The store. Clones share it.
#[derive(Clone)]
pub struct Store {
    core: Arc<Core>,
}

/// What every piece of the store works with.
pub(crate) struct Core {
    /// Database, clocks, chance, secrets, the way out.
    pub(crate) foundation: Foundation,
    /// Everything that must happen later.
    pub(crate) outbox: Outbox,
    /// The retry table of the site.
    pub(crate) policies: Policies,
    /// Who may use the console and the control API.
    pub(crate) accounts: Accounts,
    /// Accounts whose passwords the sign-in page shows; set by the seed, in a store for trying things out.
    pub(crate) demo_accounts: OnceLock<Vec<DemoAccount>>,
    /// What an operator can set.
    pub(crate) settings: Settings,
    /// Who is advancing the clock.
    pub(crate) clock_desk: clock::Desk,
    /// When instances were last found not ready.
    pub(crate) poll_spacing: PollSpacing,
    /// The largest position given so far.
    position: AtomicI64,
}

impl Core {
    /// The order in which rows came about; a clock that stands still gives many of them one time.
    pub(crate) fn next_position(&self) -> i64 {
        let now = self.foundation.wall.now().as_micros();
        let last = self.position.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(now.max(last + 1)));
        now.max(last.unwrap_or_default() + 1)
    }
}

impl Store {
    /// Opens the store on its foundation: brings the tables up to date, sets its clock as it stood, and takes
    /// back the jobs of a process that ended.
    ///
    /// # Errors
    /// When the database or the site profile cannot be used.
    pub async fn open(foundation: Foundation) -> Result<Self, StoreError> {
        foundation.db.migrate(COMPONENT, MIGRATIONS).await?;
        let settings = Settings::from_config(&foundation.config, &foundation.public_url);
        let policies = Policies::load(&settings.profile)?;
        clock::restore(&foundation).await?;
        let clocks = (&foundation.clock, &foundation.wall);
        let work_settings = settings::outbox(&foundation.config);
        let outbox = Outbox::open(&foundation.db, COMPONENT, clocks, &foundation.entropy, work_settings).await?;
        tracing::info!(profile = policies.profile(), now = %foundation.clock.now(), "the store is open");
        let accounts = Accounts::open(&foundation.db, &foundation.wall, &Entropy::system(), COMPONENT).await?;
        let core = Core {
            foundation,
            accounts,
            demo_accounts: OnceLock::new(),
            outbox,
            policies,
            settings,
            clock_desk: clock::Desk::default(),
            poll_spacing: PollSpacing::default(),
            position: AtomicI64::new(0),
        };
        message::schedule_pruning(&core).await?;
        Ok(Self { core: Arc::new(core) })
    }

    /// The store's routes: open APIs, control API, pages, health and metrics.
    pub fn router(&self) -> Router {
        let Core { foundation, outbox, settings, .. } = &*self.core;
        let routes = openapi::router(Arc::clone(&self.core), settings.open_api.clone())
            .merge(control::router(Arc::clone(&self.core)))
            .merge(console::router(Arc::clone(&self.core)));
        Telemetry::new(COMPONENT, &foundation.db, outbox, &foundation.wall).wrap(routes)
    }

    /// Works off the outbox, and advances the clock when pages ask for it, until `shutdown`; calls under way
    /// are let to their end.
    pub async fn run(&self, shutdown: CancellationToken) {
        let outbox = self.core.outbox.run(self.work(), shutdown.clone());
        tokio::join!(outbox, clock::carry_out_requests(&self.core, shutdown));
    }

    /// Does everything that is due now and everything that becomes due by it; returns how many attempts it took.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        Ok(self.core.outbox.run_until_quiet(&self.work(), PARALLEL_ATTEMPTS).await?)
    }

    /// When the next job may start.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        Ok(self.core.outbox.next_due().await?)
    }

    /// Who may use the console and the control API.
    #[must_use]
    pub fn accounts(&self) -> &Accounts {
        &self.core.accounts
    }

    /// What the pieces work with.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    fn work(&self) -> Arc<StoreWork> {
        Arc::new(StoreWork::new(Arc::clone(&self.core)))
    }
}

/// Every statement of the store with its name, for the test that prepares them on both engines.
#[must_use]
pub fn statements() -> Vec<(&'static str, &'static str)> {
    [
        catalog::CATALOG_STATEMENTS,
        order::ORDER_STATEMENTS,
        instance::INSTANCE_STATEMENTS,
        message::MESSAGE_STATEMENTS,
        message::NOTICE_STATEMENTS,
        notification::NOTIFICATION_STATEMENTS,
        clock::STATEMENTS,
        merchant::MERCHANT_STATEMENTS,
        control::CONTROL_STATEMENTS,
        console::CONSOLE_STATEMENTS,
        &identity::statements(),
    ]
    .concat()
}

#[cfg(test)]
mod tests;
