//! Tea Notes (茶记): a small SaaS application to play with, and the shortest complete example of what
//! a seller's application does with the gateway.
//!
//! It opens an account when an instance is created, hands out address, user and password, follows
//! renewals, freezes and releases, and lets the buyer really log in; for joint products it keeps the
//! enterprises with their members. It knows the gateway's webhook and one call of its management API,
//! nothing of the store or the protocol, so an instance bought through SaaS V1.0 is like any other.

mod pages;
mod password;
mod repo;
mod rules;
mod signature;
mod switches;
mod tenant;
mod tenant_repo;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use mercer_kernel::clock::Clock;
use mercer_kernel::db::{Db, DbError};
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::http::Outbound;
use mercer_kernel::vault::Vault;
use mercer_kernel::web::wrap;

use crate::connection::Door;

/// Path of the webhook.
pub(crate) const WEBHOOK_PATH: &str = "/mercer";
/// Largest event that is read; most are a few kilobytes, one about 500 members with their old values the largest.
const EVENT_LIMIT_BYTES: usize = 2 * 1024 * 1024;
/// Largest form that is read.
const FORM_LIMIT_BYTES: usize = 64 * 1024;

/// The application. Clones share it.
#[derive(Clone)]
pub(crate) struct SampleApp(Arc<Inner>);

struct Inner {
    foundation: Foundation,
    webhook_secret: String,
    gateway: Door,
}

impl SampleApp {
    /// Opens the application.
    ///
    /// # Errors
    /// When its tables cannot be brought up to date.
    pub(crate) async fn open(foundation: Foundation, webhook_secret: String, gateway: Door) -> Result<Self, DbError> {
        foundation.db.migrate("sample_app", repo::MIGRATIONS).await?;
        Ok(Self(Arc::new(Inner { foundation, webhook_secret, gateway })))
    }

    /// Webhook and pages.
    pub(crate) fn router(&self) -> Router {
        let webhook = Router::new()
            .route(WEBHOOK_PATH, post(webhook::receive))
            .layer(DefaultBodyLimit::max(EVENT_LIMIT_BYTES))
            .with_state(self.clone());
        wrap::pages(pages::router(self.clone()), FORM_LIMIT_BYTES).merge(webhook)
    }

    fn db(&self) -> &Db {
        &self.0.foundation.db
    }

    fn wall(&self) -> &Clock {
        &self.0.foundation.wall
    }

    fn entropy(&self) -> &Entropy {
        &self.0.foundation.entropy
    }

    fn vault(&self) -> &Vault {
        &self.0.foundation.vault
    }

    fn outbound(&self) -> &dyn Outbound {
        &*self.0.foundation.outbound
    }

    fn public_url(&self) -> &str {
        &self.0.foundation.public_url
    }

    fn webhook_secret(&self) -> &str {
        &self.0.webhook_secret
    }

    fn gateway(&self) -> &Door {
        &self.0.gateway
    }
}

#[cfg(test)]
mod tests;
