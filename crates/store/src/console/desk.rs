//! Who sits where: extractors that let only the right people to a page and say whose things it may show.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use mercer_kernel::web::account::{Account, Role};
use mercer_kernel::web::session::{MaybeSignedIn, SignedIn};
use mercer_kernel::web::{Language, Problem, Visit};

use super::Console;

/// Anybody: the shop is public.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) visit: Visit,
    pub(super) account: Option<Account>,
}

/// A signed-in buyer.
#[derive(Debug, Clone)]
pub(super) struct Buyer {
    pub(super) visit: Visit,
    pub(super) account: Account,
}

/// A signed-in seller or operator. Their pages are the same; what they may see differs.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    pub(super) visit: Visit,
    pub(super) account: Account,
    /// Which of the two.
    pub(super) side: Side,
}

/// The two sides of the store's staff pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Sells: sees one merchant (卖家中心).
    Seller,
    /// Runs the store: sees everything.
    Operator,
}

impl Side {
    /// Where its pages lie.
    pub(super) const fn base(self) -> &'static str {
        match self {
            Self::Seller => "/seller",
            Self::Operator => "/operator",
        }
    }

    fn of_path(path: &str) -> Self {
        if path.starts_with(Self::Seller.base()) { Self::Seller } else { Self::Operator }
    }

    fn admits(self, role: Role) -> bool {
        match (self, role) {
            (Self::Seller, Role::Seller) | (Self::Operator, Role::Operator | Role::Admin) => true,
            (
                Self::Seller | Self::Operator,
                Role::Admin | Role::Operator | Role::Seller | Role::Buyer | Role::Viewer,
            ) => false,
        }
    }
}

impl Visitor {
    /// The visitor's language.
    pub(super) fn language(&self) -> Language {
        self.visit.language
    }
}

impl Buyer {
    /// The customer id.
    pub(super) fn id(&self) -> &str {
        &self.account.subject
    }

    /// The buyer's language.
    pub(super) fn language(&self) -> Language {
        self.visit.language
    }
}

impl Staff {
    /// The merchant whose things may be seen; empty for all.
    pub(super) fn merchant_id(&self) -> &str {
        match self.side {
            Side::Seller => &self.account.subject,
            Side::Operator => "",
        }
    }

    /// Whether things of this merchant may be seen.
    pub(super) fn may_see(&self, merchant_id: &str) -> bool {
        match self.side {
            Side::Seller => self.account.subject == merchant_id,
            Side::Operator => true,
        }
    }

    /// A path of this side.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.side.base())
    }

    /// The visitor's language.
    pub(super) fn language(&self) -> Language {
        self.visit.language
    }
}

impl FromRequestParts<Console> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let MaybeSignedIn(account) = MaybeSignedIn::from_request_parts(parts, console).await?;
        Ok(Self { visit: Visit::of(parts), account })
    }
}

impl FromRequestParts<Console> for Buyer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let SignedIn(account) = SignedIn::from_request_parts(parts, console).await?;
        let visit = Visit::of(parts);
        if account.role == Role::Buyer {
            return Ok(Self { visit, account });
        }
        Err(wrong_role(
            visit.language,
            "Only a buyer's account can order and use services. Sign out and sign in as a buyer.",
            "只有买家账号可以下单和使用服务。请退出后用买家账号登录。",
        ))
    }
}

impl FromRequestParts<Console> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Response> {
        let SignedIn(account) = SignedIn::from_request_parts(parts, console).await?;
        let visit = Visit::of(parts);
        let side = Side::of_path(parts.uri.path());
        if side.admits(account.role) {
            return Ok(Self { visit, account, side });
        }
        Err(match side {
            Side::Seller => wrong_role(
                visit.language,
                "The seller centre is for sellers. Sign out and sign in with a seller's account.",
                "卖家中心仅供商家使用。请退出后用商家账号登录。",
            ),
            Side::Operator => wrong_role(
                visit.language,
                "These pages are for the operator of the store. Sign out and sign in as the operator.",
                "运营页面仅供云商店运营人员使用。请退出后用运营账号登录。",
            ),
        })
    }
}

fn wrong_role(language: Language, en: &str, zh: &str) -> Response {
    Problem::new(http::StatusCode::FORBIDDEN, "account.role", en, zh).in_language(language).into_response()
}
