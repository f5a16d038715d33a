//! GET of the instance page: a redirect to the app when it is ready, a page otherwise.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use mercer_kernel::outbox::{Job, JobFilter};
use mercer_kernel::web::{Face, Moment, PageRequest, Problem, Shell, Visit};

use super::super::repo::{self, Found};
use super::super::{EventKind, seal};
use super::story::{Progress, Story, look_again_after, story};
use super::texts::Texts;
use crate::api::problem_of;
use crate::error::GatewayError;
use crate::gateway::Gateway;

/// Where the page lives.
pub(crate) const PATH: &str = "/instance/{merchant}/{instance}/{proof}";

/// The page; it needs no account.
pub(crate) fn router() -> Router<Gateway> {
    Router::new().route(PATH, get(show))
}

#[derive(Template)]
#[template(path = "instance/page.html")]
struct InstancePage {
    shell: Shell,
    texts: Texts,
    title: &'static str,
    /// What the state means for the buyer; empty where the steps say it.
    text: &'static str,
    /// `ok`, `busy`, `warn`, `bad`, `idle`.
    mood: &'static str,
    steps: Vec<Step>,
    /// Why it failed; only then.
    reason: Option<String>,
    ask: String,
    seller: String,
    order_id: String,
    instance_id: String,
    since: Moment,
    expires: Option<Moment>,
    /// Seconds after which the page looks again; 0 for never.
    refresh: u64,
}

/// One step of the opening.
struct Step {
    mood: &'static str,
    title: &'static str,
    text: &'static str,
    /// When the next attempt follows.
    next: Option<Moment>,
}

async fn show(
    State(gateway): State<Gateway>,
    visit: Visit,
    Path((merchant_id, instance_id, proof)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let language = visit.language;
    if !super::fits(gateway.page_secret(), (&merchant_id, &instance_id), &proof) {
        return Err(no_such_page().in_language(language));
    }
    let looked = look(&gateway, &merchant_id, &instance_id).await;
    let looked = looked.map_err(|error| problem_of(&error, language).in_language(language))?;
    let Some(seen) = looked else { return Err(no_such_page().in_language(language)) };
    if let Some(address) = seen.address {
        let mut response = Redirect::to(&address).into_response();
        guard(response.headers_mut());
        return Ok(response);
    }
    let shell = Shell::new(visit, Face::Gateway);
    let age = gateway.now().since(seen.found.instance.created_at);
    let refresh = look_again_after(&seen.story, age).map_or(0, |pause| pause.as_secs());
    let page = page(shell, seen, refresh);
    let mut response = page.shell.render(&page);
    guard(response.headers_mut());
    if let Some(value) = (refresh > 0).then(|| HeaderValue::from(refresh)) {
        // Without a script, and also where a browser keeps nothing of the page.
        response.headers_mut().insert(HeaderName::from_static("refresh"), value);
    }
    Ok(response)
}

/// What is seen of an instance.
struct Seen {
    found: Found,
    story: Story,
    seller: String,
    /// Where the app is, when it can be used.
    address: Option<String>,
}

async fn look(gateway: &Gateway, merchant_id: &str, instance_id: &str) -> Result<Option<Seen>, GatewayError> {
    let Some(found) = repo::find(gateway.db(), merchant_id, instance_id, None).await? else { return Ok(None) };
    let job = created(gateway, merchant_id, instance_id).await?;
    let story = story(&found.instance, job.as_ref());
    let address = match (&story, &found.app_info_sealed) {
        (Story::Ready, Some(sealed)) => seal::open_app_info(gateway.vault(), &found.instance, sealed)?.front_end_url,
        _ => None,
    };
    let seller = gateway.merchant(merchant_id).await?.name;
    Ok(Some(Seen { found, story, seller, address }))
}

/// The job that tells the app of the purchase; none once it was pruned.
async fn created(gateway: &Gateway, merchant_id: &str, instance_id: &str) -> Result<Option<Job>, GatewayError> {
    let filter = JobFilter {
        merchant_id: merchant_id.to_owned(),
        subject: instance_id.to_owned(),
        kind: EventKind::Created.as_str().to_owned(),
        ..JobFilter::default()
    };
    Ok(gateway.outbox().list(&filter, PageRequest::new(1, 1)).await?.items.into_iter().next())
}

fn page(shell: Shell, seen: Seen, refresh: u64) -> InstancePage {
    let texts = Texts(shell.language);
    let (title, text, mood) = match &seen.story {
        Story::Opening(_) | Story::Ready => (texts.opening(), texts.opening_text(), "busy"),
        Story::Frozen => (texts.frozen(), texts.frozen_text(), "warn"),
        Story::Released => (texts.released(), texts.released_text(), "idle"),
        Story::Failed(_) => (texts.failed(), "", "bad"),
    };
    let instance = seen.found.instance;
    InstancePage {
        title,
        text,
        mood,
        steps: match &seen.story {
            Story::Opening(progress) => steps(*progress, texts),
            Story::Ready | Story::Frozen | Story::Released | Story::Failed(_) => Vec::new(),
        },
        reason: match seen.story {
            Story::Failed(reason) if reason.is_empty() => Some(texts.no_reason().to_owned()),
            Story::Failed(reason) => Some(reason),
            Story::Opening(_) | Story::Ready | Story::Frozen | Story::Released => None,
        },
        ask: texts.ask_text(&seen.seller),
        seller: seen.seller,
        order_id: instance.order_id,
        instance_id: instance.instance_id,
        since: Moment::of(instance.created_at),
        expires: instance.expire_time.map(Moment::of),
        refresh,
        shell,
        texts,
    }
}

fn steps(progress: Progress, texts: Texts) -> Vec<Step> {
    let step = |mood, title, text| Step { mood, title, text, next: None };
    let received = step("ok", texts.step_received(), texts.step_received_text());
    let handed = match progress {
        Progress::HandingOver => step("busy", texts.step_handed(), texts.step_handing_text()),
        Progress::NotReached { next } => {
            Step { next: Some(Moment::of(next)), ..step("warn", texts.step_handed(), texts.step_unreached_text()) }
        }
        Progress::Preparing => step("ok", texts.step_handed(), texts.step_handed_text()),
    };
    let account = match progress {
        Progress::Preparing => step("busy", texts.step_account(), texts.step_account_text()),
        Progress::HandingOver | Progress::NotReached { .. } => {
            step("idle", texts.step_account(), texts.step_account_later())
        }
    };
    vec![received, handed, account, step("idle", texts.step_ready(), texts.step_ready_text())]
}

/// The address is the key to the page: it stays out of caches, indexes and other people's logs.
fn guard(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
}

fn no_such_page() -> Problem {
    Problem::not_found(
        "instance.unknown",
        "There is no such page. Open it again from the store's buyer centre.",
        "页面不存在。请从云商店买家中心重新进入。",
    )
}
