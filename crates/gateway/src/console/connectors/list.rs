//! The list of connectors, and the choice of a new one's kind.

use askama::Template;
use axum::extract::State;
use mercer_kernel::web::{Language, Moment, Shell};

use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::Label;
use super::form::kind_name;
use super::texts::Texts;
use crate::connector::{Connector, ConnectorSettings};
use crate::gateway::Gateway;

#[derive(Template)]
#[template(path = "console/connectors.html")]
struct ListPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    connectors: Vec<Row>,
    kinds: Vec<Kind>,
}

struct Row {
    connector_id: String,
    name: String,
    kind: &'static str,
    target: String,
    serves: String,
    stock: Option<Label>,
    updated: Moment,
}

/// A kind to choose.
struct Kind {
    value: &'static str,
    name: &'static str,
    text: &'static str,
}

/// GET /connectors
pub(in crate::console) async fn list(State(gateway): State<Gateway>, visitor: Visitor) -> Outcome {
    let language = visitor.language;
    let mut rows = Vec::new();
    for connector in gateway.connectors(visitor.merchant_id()).await.told_in(language)? {
        let stock = match connector.settings {
            ConnectorSettings::Pool { .. } => {
                let stock =
                    gateway.pool_stock(visitor.merchant_id(), &connector.connector_id).await.told_in(language)?;
                let mood = if stock.low { "warn" } else { "ok" };
                Some(Label::new(mood, Texts(language).free_of(stock.free, stock.total)))
            }
            ConnectorSettings::Webhook { .. } | ConnectorSettings::Command { .. } | ConnectorSettings::Manual {} => {
                None
            }
        };
        rows.push(row(connector, stock, language));
    }
    let page = ListPage {
        common: CommonTexts(language),
        texts: Texts(language),
        connectors: rows,
        kinds: kinds(Texts(language)),
        shell: visitor.shell,
        frame: visitor.frame,
    };
    Ok(page.shell.render(&page))
}

fn kinds(texts: Texts) -> Vec<Kind> {
    vec![
        Kind { value: "webhook", name: texts.webhook(), text: texts.webhook_text() },
        Kind { value: "pool", name: texts.pool(), text: texts.pool_text() },
        Kind { value: "command", name: texts.command(), text: texts.command_text() },
        Kind { value: "manual", name: texts.manual(), text: texts.manual_text() },
    ]
}

fn row(connector: Connector, stock: Option<Label>, language: Language) -> Row {
    let texts = Texts(language);
    Row {
        kind: kind_name(connector.settings.kind(), language),
        target: match &connector.settings {
            ConnectorSettings::Webhook { url, .. } => url.clone(),
            ConnectorSettings::Command { program, .. } => program.clone(),
            ConnectorSettings::Manual {} => texts.manual_target().to_owned(),
            ConnectorSettings::Pool { .. } => String::new(),
        },
        serves: if connector.products.is_empty() {
            texts.serves_all().to_owned()
        } else {
            connector.products.join(", ")
        },
        stock,
        updated: Moment::of(connector.updated_at),
        connector_id: connector.connector_id,
        name: connector.name,
    }
}
