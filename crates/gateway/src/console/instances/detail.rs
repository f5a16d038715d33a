//! One instance: what it is, what the buyer gets, what happened.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use mercer_kernel::web::{Language, Moment, Mood, Notice, Shell};
use mercer_protocol::saas_v2::AppInfo;

use super::super::fields::Faults;
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Label};
use super::story::{self, Chapter};
use super::texts::{Story, Texts};
use crate::audit::Action;
use crate::gateway::Gateway;
use crate::inbound::Family;
use crate::instance::{Buyer, InstanceDetail, InstanceSummary, State as InstanceState};

#[derive(Template)]
#[template(path = "console/instance.html")]
struct DetailPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    story: Story,
    instance: InstanceSummary,
    standing: Label,
    facts: Vec<(&'static str, String)>,
    expires: Option<Moment>,
    billing_start: Option<Moment>,
    /// Address of the buyer's page; only where the protocol needs one.
    buyer_page: String,
    created: Moment,
    updated: Moment,
    app_info: Option<InfoForm>,
    buyer: Vec<(&'static str, String)>,
    revealed: bool,
    chapters: Vec<Chapter>,
    is_moving: bool,
    can_fill_in: bool,
    can_fail: bool,
    form: InfoForm,
    faults: Faults,
    reason: String,
}

/// App information as texts, for facts and for the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct InfoForm {
    pub(super) front_end_url: String,
    pub(super) admin_url: String,
    pub(super) user_name: String,
    pub(super) password: String,
    pub(super) memo: String,
}

impl InfoForm {
    fn of(info: AppInfo) -> Self {
        let text = |value: Option<String>| value.unwrap_or_default();
        Self {
            front_end_url: text(info.front_end_url),
            admin_url: text(info.admin_url),
            user_name: text(info.user_name),
            password: text(info.password),
            memo: text(info.memo),
        }
    }
}

/// How the page is shown: plainly, or again after a form.
#[derive(Debug, Default)]
pub(super) struct Showing {
    /// Account, password and buyer in the clear; already recorded.
    pub(super) revealed: bool,
    /// What was typed into the forms, and what is wrong with it.
    pub(super) form: Option<InfoForm>,
    pub(super) reason: String,
    pub(super) faults: Faults,
}

/// GET /instances/{id}
pub(in crate::console) async fn show(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(instance_id): Path<String>,
) -> Outcome {
    render(&gateway, visitor, &instance_id, Showing::default()).await
}

/// POST /instances/{id}/reveal: first the record, then the secret. Nothing is changed, so there is nothing
/// to redirect to; the clear text stands in this one answer only.
pub(in crate::console) async fn reveal(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(instance_id): Path<String>,
) -> Outcome {
    let language = visitor.language;
    // An unknown id gets no entry in the log.
    gateway.instance(visitor.merchant_id(), &instance_id, false).await.told_in(language)?;
    visitor.record(&gateway, Action::Reveal, (&instance_id, "account, password, buyer")).await.told_in(language)?;
    render(&gateway, visitor, &instance_id, Showing { revealed: true, ..Showing::default() }).await
}

/// Shows the instance; with 422 when a form has faults.
pub(super) async fn render(gateway: &Gateway, visitor: Visitor, instance_id: &str, showing: Showing) -> Outcome {
    let language = visitor.language;
    let detail = gateway.instance(visitor.merchant_id(), instance_id, showing.revealed).await.told_in(language)?;
    let visitor = visitor.at(&format!("/instances/{instance_id}"));
    let buyer_page = match detail.summary.protocol {
        Family::SaasV1 => gateway.instance_page(visitor.merchant_id(), instance_id),
        Family::SaasV2 | Family::KitV2 | Family::KitV1 | Family::OrderNotification => String::new(),
    };
    Ok(respond(detail, visitor, (showing, buyer_page)))
}

fn respond(detail: InstanceDetail, visitor: Visitor, (showing, buyer_page): (Showing, String)) -> Response {
    let language = visitor.language;
    let texts = Texts(language);
    let InstanceDetail { summary, app_info, buyer, order, timeline } = detail;
    let product_name = order.as_ref().and_then(|order| {
        order.order_line.iter().flat_map(|line| &line.product_info).find_map(|product| product.product_name.clone())
    });
    let shell = if showing.revealed {
        visitor.shell.with_notice(Notice::new(Mood::Info, texts.revealed()))
    } else {
        visitor.shell
    };
    let status = if showing.faults.sentences().is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = DetailPage {
        common: CommonTexts(language),
        texts,
        story: Story(language),
        standing: words::state(summary.state, language),
        facts: facts(&summary, product_name, texts, language),
        expires: summary.expire_time.map(Moment::of),
        billing_start: summary.billing_start.map(Moment::of),
        buyer_page,
        created: Moment::of(summary.created_at),
        updated: Moment::of(summary.updated_at),
        app_info: app_info.map(InfoForm::of),
        buyer: buyer.map(|buyer| buyer_facts(buyer, texts)).unwrap_or_default(),
        revealed: showing.revealed,
        chapters: story::tell(&timeline, language),
        is_moving: summary.state == InstanceState::Provisioning && !showing.revealed && status == StatusCode::OK,
        can_fill_in: visitor.frame.may_change && summary.state != InstanceState::Released,
        can_fail: visitor.frame.may_change && summary.state == InstanceState::Provisioning,
        form: showing.form.unwrap_or_default(),
        faults: showing.faults,
        reason: showing.reason,
        instance: summary,
        frame: visitor.frame,
        shell,
    };
    page.shell.render_with(status, &page)
}

fn facts(
    summary: &InstanceSummary,
    product_name: Option<String>,
    texts: Texts,
    language: Language,
) -> Vec<(&'static str, String)> {
    let common = CommonTexts(language);
    let product = match product_name {
        Some(name) if !summary.product_id.is_empty() => format!("{name} ({})", summary.product_id),
        Some(name) => name,
        None => summary.product_id.clone(),
    };
    let period =
        summary.period_number.map(|number| (number, summary.period_type.as_str())).filter(|(_, unit)| !unit.is_empty());
    let charging = words::charging(&summary.charging_mode, period, language);
    let or_unknown = |text: String| if text.is_empty() { texts.unknown().to_owned() } else { text };
    vec![
        (texts.protocol(), words::family(summary.protocol, language).to_owned()),
        (common.product(), or_unknown(product)),
        (texts.sku(), or_unknown(summary.sku_code.clone())),
        (texts.seats(), summary.linear_value.map_or_else(|| common.none().to_owned(), |seats| seats.to_string())),
        (texts.charging(), or_unknown(charging)),
        (texts.trial(), if summary.trial { common.yes() } else { common.no() }.to_owned()),
    ]
}

fn buyer_facts(buyer: Buyer, texts: Texts) -> Vec<(&'static str, String)> {
    [
        (texts.customer(), buyer.customer_name),
        (texts.customer_id(), buyer.customer_id),
        (texts.real_name(), buyer.customer_real_name),
        (texts.mobile(), buyer.mobile_phone),
        (texts.email(), buyer.email),
        (texts.buyer_user(), buyer.user_name),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.filter(|text| !text.is_empty()).map(|text| (label, text)))
    .collect()
}
