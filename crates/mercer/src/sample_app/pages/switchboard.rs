//! The switches, and the accounts that wait to be handed out.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::Response;
use http::{HeaderMap, Method};
use mercer_kernel::db::DbError;
use mercer_kernel::http::Request;
use mercer_kernel::web::Language;
use mercer_kernel::web::layout::Shell;
use mercer_kernel::web::moment::Moment;
use mercer_kernel::web::visit::{Mood as NoticeMood, Notice, Visit};
use serde::Deserialize;

use super::super::rules::Account;
use super::super::switches::{self, Mood, Switches};
use super::super::webhook::pending_place;
use super::super::{SampleApp, repo, tenant_repo};
use super::texts::Texts;
use super::{logged_in, shell, unavailable};

/// Time the gateway's management API may take.
const GATEWAY_TIMEOUT_MS: u64 = 10_000;

#[derive(Template)]
#[template(path = "tea_switches.html")]
struct SwitchesPage {
    shell: Shell,
    texts: Texts,
    moods: Vec<Choice>,
    delay_ms: u64,
    pending: Vec<String>,
    accounts: Vec<Account>,
    orders: Vec<OrderLine>,
}

/// An order the store told of.
struct OrderLine {
    order_id: String,
    order_type: String,
    when: Moment,
}

struct Choice {
    code: &'static str,
    name: &'static str,
    chosen: bool,
}

/// How everything is switched, and what waits.
pub(super) async fn show(State(app): State<SampleApp>, headers: HeaderMap, visit: Visit) -> Response {
    let language = visit.language;
    match page(&app, &headers, visit).await {
        Ok(page) => page.shell.render(&page),
        Err(error) => unavailable(&error, language),
    }
}

async fn page(app: &SampleApp, headers: &HeaderMap, visit: Visit) -> Result<SwitchesPage, DbError> {
    let user = logged_in(app, headers).await?.map(|account| account.user_name).unwrap_or_default();
    let texts = Texts(visit.language);
    let Switches { mood, delay_ms } = switches::read(app).await?;
    let pending = repo::pending(app.db()).await?;
    let orders = tenant_repo::orders(app.db()).await?;
    let order_line = |(order_id, order_type, when)| OrderLine { order_id, order_type, when: Moment::of(when) };
    let choice = |one: Mood| Choice { code: one.as_str(), name: texts.mood(one), chosen: one == mood };
    Ok(SwitchesPage {
        shell: shell(visit, &user),
        texts,
        moods: Mood::ALL.into_iter().map(choice).collect(),
        delay_ms,
        pending: pending.into_iter().map(|(instance_id, _, _)| instance_id).collect(),
        accounts: repo::accounts(app.db()).await?,
        orders: orders.into_iter().map(order_line).collect(),
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    mood: String,
    #[serde(default)]
    delay_ms: u64,
}

/// Sets the switches.
pub(super) async fn set(State(app): State<SampleApp>, visit: Visit, Form(form): Form<Wanted>) -> Response {
    let mood = Mood::parse(&form.mood).unwrap_or(Mood::Normal);
    match switches::write(&app, Switches { mood, delay_ms: form.delay_ms }).await {
        Ok(()) => Notice::new(NoticeMood::Good, Texts(visit.language).set_done()).and_go_to("/switches"),
        Err(error) => unavailable(&error, visit.language),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Complete {
    instance_id: String,
}

/// Hands an account out by the gateway's management API, as an app does that answered 202.
pub(super) async fn complete(State(app): State<SampleApp>, visit: Visit, Form(form): Form<Complete>) -> Response {
    let texts = Texts(visit.language);
    match hand_out(&app, &form.instance_id, visit.language).await {
        Ok(Ok(())) => Notice::new(NoticeMood::Good, texts.completed()).and_go_to("/switches"),
        Ok(Err(reason)) => Notice::new(NoticeMood::Bad, texts.not_completed(&reason)).and_go_to("/switches"),
        Err(error) => unavailable(&error, visit.language),
    }
}

/// The inner error is the gateway's refusal.
async fn hand_out(app: &SampleApp, instance_id: &str, language: Language) -> Result<Result<(), String>, DbError> {
    let pending = repo::pending(app.db()).await?;
    let Some((_, merchant_id, sealed)) = pending.into_iter().find(|(known, _, _)| known == instance_id) else {
        return Ok(Ok(()));
    };
    let information = match app.vault().open_at(pending_place(instance_id), &sealed) {
        Ok(information) => information,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let gateway = app.gateway();
    let url = format!("{}/api/v1/instances/{instance_id}/app-info?merchantId={merchant_id}", gateway.url);
    let request = Request { method: Method::PUT, ..Request::post_json(url, information, GATEWAY_TIMEOUT_MS) }
        .header("Authorization", format!("Bearer {}", gateway.token))
        .header("Accept-Language", language.tag());
    match app.outbound().send(request).await {
        Ok(answer) if (200..300).contains(&answer.status) => {
            repo::delete_pending(app.db(), instance_id).await?;
            Ok(Ok(()))
        }
        Ok(answer) => Ok(Err(format!("HTTP {} {}", answer.status, String::from_utf8_lossy(&answer.body)))),
        Err(failure) => Ok(Err(format!("{} {}", failure.reason, failure.detail))),
    }
}
