//! The store's pages: shop and buyer, seller centre (卖家中心), operator.
//!
//! Everything works without a mouse and without script. A page is a GET; what changes something is a POST that
//! leads on to a GET. Who may see what is decided by the desk extractors in [`desk`]: a buyer sees his own
//! things, a seller those of one merchant, an operator everything. Most pages are made of the blocks in
//! [`view`]; only the start page of the shop and the page of a product have templates of their own.

mod buyer;
mod clock;
mod desk;
mod fault;
mod fields;
mod frame;
mod once;
mod operator;
mod repo;
mod seller;
mod shop;
mod staff;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use repo::STATEMENTS as CONSOLE_STATEMENTS;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use mercer_kernel::web::Face;
use mercer_kernel::web::account::{Accounts, Role};
use mercer_kernel::web::console::{ConsoleSettings, console};

use crate::Core;

/// Largest form: a product with all its texts is far below.
const FORM_LIMIT_BYTES: usize = 256 * 1024;

/// What every page works with.
#[derive(Clone)]
struct Console {
    core: Arc<Core>,
}

impl FromRef<Console> for Accounts {
    fn from_ref(console: &Console) -> Self {
        console.core.accounts.clone()
    }
}

/// All pages of the store with sign-in, style and script.
pub(crate) fn router(core: Arc<Core>) -> Router {
    let accounts = core.accounts.clone();
    let settings = ConsoleSettings {
        body_limit_bytes: FORM_LIMIT_BYTES,
        home_of,
        demo_accounts: core.demo_accounts.get().cloned().unwrap_or_default(),
        ..ConsoleSettings::new(Face::Store, &core.foundation.public_url)
    };
    let pages = Router::new()
        .merge(shop::routes())
        .merge(buyer::routes())
        .merge(seller::routes())
        .merge(operator::routes())
        .merge(clock::routes())
        .with_state(Console { core });
    console(pages, accounts, settings)
}

/// Where a role starts after signing in.
fn home_of(role: Role) -> &'static str {
    match role {
        Role::Seller => "/seller",
        Role::Operator | Role::Admin => "/operator",
        Role::Buyer | Role::Viewer => "/",
    }
}
