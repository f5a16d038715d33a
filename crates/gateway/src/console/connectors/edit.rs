//! Making, changing and removing a connector.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use mercer_kernel::web::{Moment, Mood, Notice, Shell};

use super::super::fields::{Asked, Faults, Sent};
use super::super::refusal::{Outcome, ToldIn as _, and_go_to};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::Choice;
use super::form::{self, Form, KINDS};
use super::texts::Texts;
use crate::audit::Action;
use crate::connector::{Connector, PoolStock};
use crate::error::{GatewayError, LineFault};
use crate::gateway::Gateway;

/// How long a new secret is shown unasked to whoever may change things.
const FRESH: Duration = Duration::from_secs(300);

#[derive(Template)]
#[template(path = "console/connector.html")]
struct ConnectorPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    title: String,
    /// Empty for a new one.
    connector_id: String,
    kind_name: &'static str,
    form: Form,
    change_checks: Vec<Choice>,
    faults: Faults,
    secret: String,
    updated: Option<Moment>,
    stock: Option<PoolStock>,
    lines: Vec<(u64, String, String)>,
    /// Head of the list of lines; empty where the notice says it.
    lines_title: String,
    pasted: String,
}

/// How the page of a connector is shown: plainly, or again after a form.
#[derive(Debug, Default)]
pub(super) struct Showing {
    pub(super) form: Option<Form>,
    pub(super) faults: Faults,
    pub(super) notice: Option<Notice>,
    /// The secret in the clear; already recorded.
    pub(super) secret: String,
    /// Lines because of which nothing was imported.
    pub(super) lines: Vec<LineFault>,
    /// Lines that were left out.
    pub(super) skipped: Vec<LineFault>,
    pub(super) pasted: String,
}

impl Showing {
    /// The form again, with what is wrong; the error itself when another value would not mend it.
    fn again(error: GatewayError, form: Form, visitor: &Visitor) -> Result<Self, GatewayError> {
        let language = visitor.language;
        match error {
            GatewayError::Field(fault) => {
                Ok(Self { form: Some(form), faults: Faults::one(&fault, language), ..Self::default() })
            }
            GatewayError::Conflict { zh, en, .. } => {
                let notice = Notice::new(Mood::Bad, language.pick(&en, &zh));
                Ok(Self { form: Some(form), notice: Some(notice), ..Self::default() })
            }
            other => Err(other),
        }
    }

    fn status(&self) -> StatusCode {
        let is_again = self.form.is_some() || !self.lines.is_empty() || !self.faults.sentences().is_empty();
        if is_again { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    }
}

/// GET /connectors/new?kind=
pub(in crate::console) async fn new(visitor: Visitor, Asked(asked): Asked) -> Outcome {
    let kind = asked.text("kind");
    if !KINDS.contains(&kind) {
        return Ok(Redirect::to("/connectors").into_response());
    }
    let form = Form::empty(kind);
    Ok(render_new(visitor, form, Showing::default()))
}

/// POST /connectors
pub(in crate::console) async fn add(State(gateway): State<Gateway>, visitor: Visitor, Sent(sent): Sent) -> Outcome {
    let language = visitor.language;
    let kind = sent.text("kind").to_owned();
    let result = async {
        let connector = gateway.add_connector(visitor.merchant_id(), &form::read(&sent, &kind)?).await?;
        visitor.record(&gateway, Action::ChangeConnector, (&connector.connector_id, "added")).await?;
        Ok(connector)
    };
    match result.await {
        Ok(connector) => {
            let path = format!("/connectors/{}", connector.connector_id);
            Ok(Notice::new(Mood::Good, Texts(language).created()).and_go_to(&path))
        }
        Err(error) => {
            let form = Form::typed(&sent, &kind);
            let showing = Showing::again(error, form.clone(), &visitor).told_in(language)?;
            Ok(render_new(visitor.at(&format!("/connectors/new?kind={kind}")), form, showing))
        }
    }
}

/// GET /connectors/{id}
pub(in crate::console) async fn show(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(connector_id): Path<String>,
) -> Outcome {
    render(&gateway, visitor, &connector_id, Showing::default()).await
}

/// POST /connectors/{id}
pub(in crate::console) async fn change(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(connector_id): Path<String>,
    Sent(sent): Sent,
) -> Outcome {
    let language = visitor.language;
    let kind = gateway.connector(visitor.merchant_id(), &connector_id).await.told_in(language)?.settings.kind();
    let result = async {
        gateway.change_connector(visitor.merchant_id(), &connector_id, &form::read(&sent, kind)?).await?;
        visitor.record(&gateway, Action::ChangeConnector, (&connector_id, "changed")).await
    };
    match result.await {
        Ok(()) => {
            Ok(Notice::new(Mood::Good, Texts(language).saved()).and_go_to(&format!("/connectors/{connector_id}")))
        }
        Err(error) => {
            let showing = Showing::again(error, Form::typed(&sent, kind), &visitor).told_in(language)?;
            render(&gateway, visitor, &connector_id, showing).await
        }
    }
}

/// POST /connectors/{id}/remove
pub(in crate::console) async fn remove(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(connector_id): Path<String>,
) -> Outcome {
    let result = async {
        gateway.remove_connector(visitor.merchant_id(), &connector_id).await?;
        visitor.record(&gateway, Action::ChangeConnector, (&connector_id, "removed")).await
    };
    and_go_to(result.await, visitor.language, "/connectors", |()| Texts(visitor.language).removed().to_owned())
}

/// POST /connectors/{id}/reveal: first the record, then the secret, in this one answer only.
pub(in crate::console) async fn reveal(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(connector_id): Path<String>,
) -> Outcome {
    let language = visitor.language;
    gateway.connector(visitor.merchant_id(), &connector_id).await.told_in(language)?;
    let secret = shown_secret(&gateway, &visitor, &connector_id).await.told_in(language)?;
    render(&gateway, visitor, &connector_id, Showing { secret, ..Showing::default() }).await
}

async fn shown_secret(gateway: &Gateway, visitor: &Visitor, connector_id: &str) -> Result<String, GatewayError> {
    visitor.record(gateway, Action::Reveal, (connector_id, "webhook secret")).await?;
    Ok(gateway.reveal_connector_secret(visitor.merchant_id(), connector_id).await?.unwrap_or_default())
}

/// The page of a connector.
pub(super) async fn render(gateway: &Gateway, visitor: Visitor, connector_id: &str, mut showing: Showing) -> Outcome {
    let language = visitor.language;
    let connector = gateway.connector(visitor.merchant_id(), connector_id).await.told_in(language)?;
    let is_webhook = connector.settings.kind() == "webhook";
    let is_fresh = gateway.now().since(connector.created_at) < FRESH && connector.version == 1;
    if is_webhook && is_fresh && visitor.frame.may_change && showing.secret.is_empty() {
        showing.secret = shown_secret(gateway, &visitor, connector_id).await.told_in(language)?;
    }
    let stock = match connector.settings.kind() {
        "pool" => Some(gateway.pool_stock(visitor.merchant_id(), connector_id).await.told_in(language)?),
        _ => None,
    };
    let visitor = visitor.at(&format!("/connectors/{connector_id}"));
    let form = showing
        .form
        .take()
        .map_or_else(|| (Form::of(&connector), StatusCode::OK), |form| (form, StatusCode::UNPROCESSABLE_ENTITY));
    let status = if form.1 == StatusCode::OK { showing.status() } else { form.1 };
    let page = page(visitor, Some((&connector, stock)), form.0, showing);
    Ok(page.shell.render_with(status, &page))
}

fn render_new(visitor: Visitor, form: Form, showing: Showing) -> axum::response::Response {
    let status = showing.status();
    let page = page(visitor, None, form, showing);
    page.shell.render_with(status, &page)
}

fn page(
    visitor: Visitor,
    stored: Option<(&Connector, Option<PoolStock>)>,
    form: Form,
    showing: Showing,
) -> ConnectorPage {
    let language = visitor.language;
    let texts = Texts(language);
    let kind_name = form.kind_name(language);
    let shell = match showing.notice {
        Some(notice) => visitor.shell.with_notice(notice),
        None => visitor.shell,
    };
    ConnectorPage {
        common: CommonTexts(language),
        title: stored.map_or_else(|| texts.new_title(kind_name), |(connector, _)| connector.name.clone()),
        connector_id: stored.map(|(connector, _)| connector.connector_id.clone()).unwrap_or_default(),
        change_checks: form.change_checks(language),
        updated: stored.map(|(connector, _)| Moment::of(connector.updated_at)),
        stock: stored.and_then(|(_, stock)| stock),
        lines_title: match showing.lines.len() {
            0 => String::new(),
            count => texts.import_faults(count),
        },
        lines: showing
            .lines
            .into_iter()
            .chain(showing.skipped)
            .map(|fault| (fault.line, fault.column, language.pick(&fault.en, &fault.zh).to_owned()))
            .collect(),
        faults: showing.faults,
        secret: showing.secret,
        pasted: showing.pasted,
        kind_name,
        form,
        frame: visitor.frame,
        shell,
        texts,
    }
}
