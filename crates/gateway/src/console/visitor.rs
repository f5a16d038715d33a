//! Who looks at the console, and at which merchant.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use mercer_kernel::outbox::JobState;
use mercer_kernel::web::account::{Account, Role};
use mercer_kernel::web::language::cookie;
use mercer_kernel::web::session::SignedIn;
use mercer_kernel::web::{Face, Language, NavItem, PageRequest, Problem, Shell, Visit};

use super::refusal::ToldIn as _;
use super::texts::NavigationTexts;
use crate::audit::{Action, Remark};
use crate::delivery::DeliveryFilter;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::Merchant;

/// The cookie that remembers which merchant is looked at.
pub(super) const MERCHANT_COOKIE: &str = "mercer_gateway_merchant";

/// A signed-in account and the merchants it may see; there may be none yet.
pub(super) struct Staff {
    pub(super) account: Account,
    pub(super) language: Language,
    pub(super) shell: Shell,
    pub(super) merchants: Vec<Merchant>,
    chosen: Option<Merchant>,
}

/// A signed-in account that looks at one merchant.
pub(super) struct Visitor {
    pub(super) account: Account,
    pub(super) language: Language,
    pub(super) shell: Shell,
    pub(super) merchant: Merchant,
    pub(super) frame: Frame,
}

/// What the console adds to the frame of every page.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) texts: NavigationTexts,
    /// Name of the merchant looked at; empty when there is none.
    pub(super) merchant_name: String,
    /// Every merchant one can switch to, when there are several.
    pub(super) choices: Vec<MerchantChoice>,
    /// Whether the visitor may change anything.
    pub(super) may_change: bool,
}

/// An entry of the switch.
#[derive(Debug, Clone)]
pub(super) struct MerchantChoice {
    pub(super) merchant_id: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

impl Visitor {
    /// Says which page a form belongs to: switching the language must not send it again.
    #[must_use]
    pub(super) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.shell.path);
        self
    }

    /// The id of the merchant looked at.
    pub(super) fn merchant_id(&self) -> &str {
        &self.merchant.merchant_id
    }

    /// Records what the visitor does. What must be recorded is recorded first.
    pub(super) async fn record(
        &self,
        gateway: &Gateway,
        action: Action,
        (subject, detail): (&str, &str),
    ) -> Result<(), GatewayError> {
        let remark = Remark { merchant_id: self.merchant_id(), actor: &self.account.name, action, subject, detail };
        gateway.record(&remark).await
    }
}

impl Staff {
    /// What the console adds to the frame.
    pub(super) fn frame(&self) -> Frame {
        let chosen = self.chosen.as_ref().map(|merchant| merchant.merchant_id.as_str());
        let choice = |merchant: &Merchant| MerchantChoice {
            merchant_id: merchant.merchant_id.clone(),
            name: merchant.name.clone(),
            chosen: chosen == Some(merchant.merchant_id.as_str()),
        };
        Frame {
            texts: NavigationTexts(self.language),
            merchant_name: self.chosen.as_ref().map(|merchant| merchant.name.clone()).unwrap_or_default(),
            choices: if self.merchants.len() > 1 { self.merchants.iter().map(choice).collect() } else { Vec::new() },
            may_change: may_change(self.account.role),
        }
    }

    /// Whether this is the merchant looked at.
    pub(super) fn is_chosen(&self, merchant: &Merchant) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.merchant_id == merchant.merchant_id)
    }

    /// Whether the account sees one merchant only.
    pub(super) fn is_bound(&self) -> bool {
        !self.account.subject.is_empty()
    }
}

impl FromRequestParts<Gateway> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let SignedIn(account) = SignedIn::from_request_parts(parts, gateway).await?;
        let visit = Visit::of(parts);
        let language = visit.language;
        let shell = Shell::new(visit, Face::Gateway).signed_in(&account);
        let is_change = parts.method != Method::GET && parts.method != Method::HEAD;
        if !may_look(account.role) || (is_change && !may_change(account.role)) {
            return Err(not_allowed().in_language(language).into_response());
        }
        let merchants = gateway.merchants().await.told_in(language);
        let mut merchants = merchants.map_err(Problem::into_response)?;
        if !account.subject.is_empty() {
            merchants.retain(|merchant| merchant.merchant_id == account.subject);
        }
        let chosen = choose(&parts.headers, &merchants);
        let failed = match &chosen {
            Some(merchant) => failed_deliveries(gateway, &merchant.merchant_id)
                .await
                .told_in(language)
                .map_err(Problem::into_response)?,
            None => 0,
        };
        let shell = shell.with_navigation(navigation(language, (chosen.is_some(), failed), account.subject.is_empty()));
        Ok(Self { account, language, shell, merchants, chosen })
    }
}

impl FromRequestParts<Gateway> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let staff = Staff::from_request_parts(parts, gateway).await?;
        let frame = staff.frame();
        let Staff { account, language, shell, chosen, .. } = staff;
        match chosen {
            Some(merchant) => Ok(Self { account, language, shell, merchant, frame }),
            None if account.subject.is_empty() => Err(Redirect::to("/merchants").into_response()),
            None => Err(unknown_merchant().in_language(language).into_response()),
        }
    }
}

fn choose(headers: &HeaderMap, merchants: &[Merchant]) -> Option<Merchant> {
    let remembered = cookie(headers, MERCHANT_COOKIE);
    let chosen = remembered.and_then(|id| merchants.iter().find(|merchant| merchant.merchant_id == id));
    chosen.or_else(|| merchants.first()).cloned()
}

async fn failed_deliveries(gateway: &Gateway, merchant_id: &str) -> Result<u64, GatewayError> {
    let filter = DeliveryFilter { state: Some(JobState::Failed), ..DeliveryFilter::default() };
    Ok(gateway.deliveries(merchant_id, &filter, PageRequest::new(1, 1)).await?.total)
}

fn navigation(language: Language, (has_merchant, failed): (bool, u64), sees_all: bool) -> Vec<NavItem> {
    let texts = NavigationTexts(language);
    let mut items = Vec::new();
    if has_merchant {
        items.extend([
            NavItem::new("/", texts.overview()),
            NavItem::new("/instances", texts.instances()).under(texts.work()),
            NavItem::new("/accounts", texts.accounts()),
            NavItem::new("/callbacks", texts.callbacks()),
            NavItem::new("/deliveries", texts.deliveries()).with_waiting(failed),
            NavItem::new("/connectors", texts.connectors()).under(texts.setup()),
            NavItem::new("/keys", texts.keys()),
        ]);
    }
    if sees_all {
        items.push(NavItem::new("/merchants", texts.merchants()));
    }
    items
}

const fn may_look(role: Role) -> bool {
    match role {
        Role::Admin | Role::Operator | Role::Seller | Role::Viewer => true,
        Role::Buyer => false,
    }
}

const fn may_change(role: Role) -> bool {
    match role {
        Role::Admin | Role::Operator | Role::Seller => true,
        Role::Viewer | Role::Buyer => false,
    }
}

fn unknown_merchant() -> Problem {
    Problem::not_found(
        "merchant.unknown",
        "The merchant of this account does not exist in this gateway.",
        "该账号对应的商家在本网关中不存在。",
    )
}

fn not_allowed() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "role",
        "Your role may look but not change anything. Ask an administrator of this gateway.",
        "您的角色只能查看，不能修改。请联系本网关的管理员。",
    )
}
