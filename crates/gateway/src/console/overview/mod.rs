//! The first page: how things stand, and what needs somebody now.

mod attention;
mod chart;
mod repo;
mod texts;

use askama::Template;
use axum::extract::State;
use mercer_kernel::clock::Instant;
use mercer_kernel::outbox::{Job, JobState};
use mercer_kernel::web::{Language, PageRequest, Shell};

use self::attention::{Backlog, Facts, Item, Step};
use self::chart::{HOURS, Hour};
use self::repo::HourCount;
use self::texts::Texts;
use super::callbacks::Row as CallbackRow;
use super::refusal::{Outcome, ToldIn as _};
use super::visitor::{Frame, Visitor};
use super::words::{self, Label};
use crate::connector::ConnectorSettings;
use crate::delivery::DeliveryFilter;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::inbound::{CallbackFilter, Verdict};
use crate::instance::{InstanceFilter, State as InstanceState};
use crate::merchant::{InterfaceType, KeyRow, Site, paste_values};

pub(crate) use self::repo::STATEMENTS;

/// Callbacks listed on the page.
const RECENT: u32 = 8;
const HOUR_MICROS: i64 = 3_600_000_000;
/// Beijing's midnight is at 16:00 UTC.
const MIDNIGHT_OFFSET_HOURS: i64 = 8;

#[derive(Template)]
#[template(path = "console/overview.html")]
struct OverviewPage {
    shell: Shell,
    frame: Frame,
    texts: Texts,
    items: Vec<Item>,
    steps: Vec<Step>,
    stats: Vec<Stat>,
    chart: String,
    hours: Vec<HourRow>,
    states: Vec<StateRow>,
    recent: Vec<CallbackRow>,
    was_called: bool,
}

/// A number at the head of the page.
struct Stat {
    mood: &'static str,
    label: &'static str,
    value: String,
    hint: String,
    href: &'static str,
}

struct HourRow {
    text: String,
    taken: String,
    refused: String,
}

struct StateRow {
    label: Label,
    count: i64,
    href: String,
}

/// What the page is made of.
struct Gathered {
    facts: Facts,
    hours: [Hour; HOURS],
    today: Hour,
    open: Backlog,
    latest: Option<Job>,
    states: Vec<(InstanceState, i64)>,
    keys: Vec<KeyRow>,
    recent: Vec<CallbackRow>,
}

/// GET /
pub(super) async fn show(State(gateway): State<Gateway>, visitor: Visitor) -> Outcome {
    let language = visitor.language;
    let gathered = gather(&gateway, visitor.merchant_id(), language).await.told_in(language)?;
    let now = gateway.now();
    let texts = Texts(language);
    let facts = &gathered.facts;
    let (taken, refused) = gathered.hours.iter().fold((0, 0), |sum, hour| (sum.0 + hour.taken, sum.1 + hour.refused));
    let page = OverviewPage {
        items: attention::items(facts, now, language),
        steps: attention::steps(facts, language),
        stats: stats(&gathered, now, language),
        chart: chart::draw(&gathered.hours, &texts.chart_title(taken, refused), language),
        hours: gathered.hours.iter().rev().map(hour_row).collect(),
        states: state_rows(&gathered.states, language),
        was_called: facts.was_called,
        recent: gathered.recent,
        shell: visitor.shell,
        frame: visitor.frame,
        texts,
    };
    Ok(page.shell.render(&page))
}

async fn gather(gateway: &Gateway, merchant_id: &str, language: Language) -> Result<Gathered, GatewayError> {
    let now = gateway.now();
    let this_hour = now.as_micros().div_euclid(HOUR_MICROS);
    let first_hour = this_hour + 1 - i64::try_from(HOURS).unwrap_or(24);
    let counts = repo::hours(gateway.db(), merchant_id, Instant::from_micros(first_hour * HOUR_MICROS)).await?;
    let midnight = this_hour - (this_hour + MIDNIGHT_OFFSET_HOURS).rem_euclid(24);
    let keys = gateway.keys(merchant_id).await?;
    let link = gateway.store_link(merchant_id).await?;
    let connectors = gateway.connectors(merchant_id).await?;
    let mut low_pools = Vec::new();
    for connector in connectors.iter().filter(|connector| matches!(connector.settings, ConnectorSettings::Pool { .. }))
    {
        let stock = gateway.pool_stock(merchant_id, &connector.connector_id).await?;
        if stock.low {
            low_pools.push((connector.name.clone(), connector.connector_id.clone(), stock.free));
        }
    }
    let retrying = backlog(gateway, merchant_id, JobState::Retrying).await?;
    let waiting = backlog(gateway, merchant_id, JobState::Waiting).await?;
    let running = backlog(gateway, merchant_id, JobState::Running).await?;
    let refused_today = |verdict| count(&counts, midnight, |found| found == verdict);
    let facts = Facts {
        failed: backlog(gateway, merchant_id, JobState::Failed).await?,
        retrying,
        opening: opening(gateway, merchant_id).await?,
        refused_today: refused_today(Verdict::Refused),
        conflicts_today: refused_today(Verdict::Conflict),
        low_pools,
        has_key: keys.iter().any(is_valid_base),
        has_link: link.is_some(),
        has_connector: !connectors.is_empty(),
        was_called: repo::was_called(gateway.db(), merchant_id).await?,
        fits_real_store: paste_values(&gateway.foundation().public_url, merchant_id, &keys).fits_real_store,
        is_sandbox: link.is_none_or(|link| link.site == Site::Sandbox),
    };
    let recent = gateway.callbacks(merchant_id, &CallbackFilter::default(), PageRequest::new(1, RECENT)).await?;
    let latest = gateway.deliveries(merchant_id, &DeliveryFilter::default(), PageRequest::new(1, 1)).await?;
    Ok(Gathered {
        hours: std::array::from_fn(|position| hour(&counts, first_hour + i64::try_from(position).unwrap_or(0))),
        today: Hour {
            hour: midnight,
            taken: count(&counts, midnight, is_taken),
            refused: count(&counts, midnight, |verdict| !is_taken(verdict)),
        },
        open: Backlog {
            count: retrying.count + waiting.count + running.count,
            oldest: [retrying.oldest, waiting.oldest, running.oldest].into_iter().flatten().min(),
        },
        latest: latest.items.into_iter().next(),
        states: gateway.instance_counts(merchant_id).await?,
        recent: recent.items.iter().map(|callback| CallbackRow::of(callback, language)).collect(),
        keys,
        facts,
    })
}

/// How many deliveries stand in a state, and the oldest of them.
async fn backlog(gateway: &Gateway, merchant_id: &str, state: JobState) -> Result<Backlog, GatewayError> {
    let filter = DeliveryFilter { state: Some(state), ..DeliveryFilter::default() };
    let newest = gateway.deliveries(merchant_id, &filter, PageRequest::new(1, 1)).await?;
    let last_page = u32::try_from(newest.total).unwrap_or(u32::MAX);
    let oldest = match newest.total {
        0 | 1 => newest.items.into_iter().next(),
        _ => gateway.deliveries(merchant_id, &filter, PageRequest::new(last_page, 1)).await?.items.into_iter().next(),
    };
    Ok(Backlog { count: newest.total, oldest: oldest.map(|job| job.created_at) })
}

async fn opening(gateway: &Gateway, merchant_id: &str) -> Result<Backlog, GatewayError> {
    let filter = InstanceFilter { state: Some(InstanceState::Provisioning), ..InstanceFilter::default() };
    let newest = gateway.instances(merchant_id, &filter, PageRequest::new(1, 1)).await?;
    let last_page = u32::try_from(newest.total).unwrap_or(u32::MAX);
    let oldest =
        gateway.instances(merchant_id, &filter, PageRequest::new(last_page, 1)).await?.items.into_iter().next();
    Ok(Backlog { count: newest.total, oldest: oldest.map(|instance| instance.created_at) })
}

fn stats(gathered: &Gathered, now: Instant, language: Language) -> Vec<Stat> {
    let texts = Texts(language);
    let facts = &gathered.facts;
    let total: i64 = gathered.states.iter().map(|(_, count)| count).sum();
    let active =
        gathered.states.iter().find(|(state, _)| *state == InstanceState::Active).map_or(0, |(_, count)| *count);
    let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
    let today = gathered.today;
    vec![
        Stat {
            mood: "",
            label: texts.instances(),
            value: total.to_string(),
            hint: format!("{active} {}", texts.in_use()),
            href: "/instances",
        },
        Stat {
            mood: if today.refused > 0 { "warn" } else { "" },
            label: texts.calls_today(),
            value: (today.taken + today.refused).to_string(),
            hint: format!("{} · {}", texts.taken(today.taken), texts.refused(today.refused)),
            href: "/callbacks",
        },
        Stat {
            mood: if facts.retrying.count > 0 { "warn" } else { "" },
            label: texts.open_deliveries(),
            value: gathered.open.count.to_string(),
            hint: or(gathered.open.age(now, language), texts.none_waits()),
            href: "/deliveries",
        },
        Stat {
            mood: if facts.failed.count > 0 { "bad" } else { "" },
            label: texts.failed_deliveries(),
            value: facts.failed.count.to_string(),
            hint: or(facts.failed.age(now, language), texts.none_failed()),
            href: "/deliveries?state=failed",
        },
        app_stat(gathered, now, language),
        key_stat(&gathered.keys, now, language),
    ]
}

fn app_stat(gathered: &Gathered, now: Instant, language: Language) -> Stat {
    let texts = Texts(language);
    let (mood, value) = match (gathered.facts.has_connector, gathered.latest.as_ref().map(|job| job.state)) {
        (false, _) => ("bad", texts.app_missing()),
        (true, Some(JobState::Done)) => ("ok", texts.app_ok()),
        (true, Some(JobState::Retrying | JobState::Failed)) => ("bad", texts.app_failing()),
        (true, Some(JobState::Waiting | JobState::Running | JobState::Cancelled) | None) => ("", texts.app_unknown()),
    };
    let last = gathered.latest.as_ref().and_then(|job| job.last_attempt_at);
    let hint = last
        .map_or_else(|| texts.no_delivery_yet().to_owned(), |at| texts.last_delivery(&words::age(at, now, language)));
    Stat { mood, label: texts.app(), value: value.to_owned(), hint, href: "/connectors" }
}

fn key_stat(keys: &[KeyRow], now: Instant, language: Language) -> Stat {
    let texts = Texts(language);
    let has_key = keys.iter().any(is_valid_base);
    let last = keys.iter().filter(|key| is_valid_base(key)).filter_map(|key| key.last_used_at).max();
    let hint = last.map_or_else(|| texts.key_unused().to_owned(), |at| texts.key_used(&words::age(at, now, language)));
    let (mood, value) = if has_key { ("", texts.key_valid()) } else { ("bad", texts.key_missing()) };
    Stat { mood, label: texts.key(), value: value.to_owned(), hint, href: "/keys" }
}

fn state_rows(counts: &[(InstanceState, i64)], language: Language) -> Vec<StateRow> {
    let count = |state| counts.iter().find(|(found, _)| *found == state).map_or(0, |(_, count)| *count);
    let row = |state: InstanceState| StateRow {
        label: words::state(state, language),
        count: count(state),
        href: format!("/instances?state={}", state.as_str()),
    };
    InstanceState::ALL.into_iter().map(row).collect()
}

fn hour_row(hour: &Hour) -> HourRow {
    HourRow { text: hour.text(), taken: hour.taken.to_string(), refused: hour.refused.to_string() }
}

fn hour(counts: &[HourCount], hour: i64) -> Hour {
    let of_hour: Vec<HourCount> = counts.iter().filter(|count| count.hour == hour).copied().collect();
    Hour { hour, taken: count(&of_hour, hour, is_taken), refused: count(&of_hour, hour, |verdict| !is_taken(verdict)) }
}

/// Calls from an hour on whose verdict is wanted.
fn count(counts: &[HourCount], from_hour: i64, is_wanted: impl Fn(Verdict) -> bool) -> i64 {
    counts.iter().filter(|count| count.hour >= from_hour && is_wanted(count.verdict)).map(|count| count.count).sum()
}

const fn is_taken(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Accepted | Verdict::Repeated => true,
        Verdict::Refused | Verdict::Conflict => false,
    }
}

fn is_valid_base(key: &KeyRow) -> bool {
    key.interface_type == InterfaceType::Base && key.revoked_at.is_none()
}
