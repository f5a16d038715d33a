//! Trying a webhook out: one signed event that means nothing.

use axum::extract::{Path, State};
use mercer_kernel::outbox::AttemptRecord;
use mercer_kernel::web::{Language, Mood, Notice};
use serde_json::json;

use super::super::details;
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::visitor::Visitor;
use super::super::words;
use super::texts::Texts;
use crate::connector::{Delivered, Parcel, Reaction};
use crate::error::GatewayError;
use crate::gateway::Gateway;

/// The `type` of a test event. Apps may answer it with any success.
const TEST_EVENT: &str = "mercer.test";
/// How much of the app's answer the notice repeats.
const REPEATED_CHARACTERS: usize = 160;

/// POST /connectors/{id}/test
pub(in crate::console) async fn test(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(connector_id): Path<String>,
) -> Outcome {
    let language = visitor.language;
    let delivered = send(&gateway, visitor.merchant_id(), &connector_id).await.told_in(language)?;
    Ok(notice(&delivered, language).and_go_to(&format!("/connectors/{connector_id}")))
}

async fn send(gateway: &Gateway, merchant_id: &str, connector_id: &str) -> Result<Delivered, GatewayError> {
    let connector = gateway.opened_connector(merchant_id, connector_id).await?;
    let now = gateway.now();
    let id = gateway.entropy().id("test", now);
    let event = json!({
        "specversion": "1.0",
        "id": id,
        "source": gateway.foundation().public_url,
        "type": TEST_EVENT,
        "subject": connector_id,
        "time": now,
        "datacontenttype": "application/json",
        "data": { "merchantId": merchant_id, "connectorId": connector_id },
    });
    Ok(connector.deliver(gateway, &Parcel { id: &id, opens: false, event: &event }).await)
}

fn notice(delivered: &Delivered, language: Language) -> Notice {
    let texts = Texts(language);
    let answer = answered(&delivered.record, texts);
    match &delivered.reaction {
        Reaction::Opened(_) | Reaction::Later | Reaction::Done | Reaction::TakeAccount { .. } => {
            Notice::new(Mood::Good, texts.test_ok(&answer))
        }
        Reaction::Retry(reason) => {
            let why = words::failure(reason.code(), language);
            Notice::new(
                Mood::Bad,
                texts.test_failed(&why, &format!("{answer} {}", details::detail(&delivered.record.detail, language))),
            )
        }
        Reaction::Refused(reason) => Notice::new(Mood::Bad, texts.test_failed(reason, &answer)),
    }
}

fn answered(record: &AttemptRecord, texts: Texts) -> String {
    let status = record.http_status.map(|status| texts.http(status)).unwrap_or_default();
    let body: String = record.answer.chars().take(REPEATED_CHARACTERS).collect();
    if body.is_empty() { status } else { format!("{status} {body}") }
}
