//! A seller's app as small as can be: it opens accounts when the gateway tells it to, and remembers
//! everything it was told.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// How the app answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// Opens accounts at once.
    #[default]
    Prompt,
    /// Answers 202 and completes later by the management API.
    Later,
    /// Answers 503.
    Broken,
    /// Refuses for good.
    Refuses,
    /// Says no when asked whether a change on renewal is possible.
    RefusesChanges,
}

/// An event as the app received it.
#[derive(Debug, Clone)]
pub struct Received {
    /// `webhook-id`: the same on every delivery of one event.
    pub id: String,
    /// `mercer.instance.created` …
    pub kind: String,
    /// The event's data.
    pub data: Value,
}

/// A cheap handle on the app. Clones share it.
#[derive(Clone, Default)]
pub struct App(Arc<Mutex<Memory>>);

#[derive(Default)]
struct Memory {
    secret: String,
    manner: Manner,
    received: Vec<Received>,
    /// Instance ids in the order in which accounts were opened for them.
    accounts: Vec<String>,
}

impl App {
    /// The app's webhook at `/events`.
    pub fn router(&self) -> Router {
        Router::new().route("/events", post(receive)).with_state(self.clone())
    }

    /// What the gateway signs its events with.
    pub fn set_secret(&self, secret: String) {
        self.lock().secret = secret;
    }

    /// How to answer from now on.
    pub fn answer(&self, manner: Manner) {
        self.lock().manner = manner;
    }

    /// Every delivery, repeated ones included.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.lock().received.clone()
    }

    /// Every event once, in the order of its first delivery.
    #[must_use]
    pub fn distinct(&self) -> Vec<Received> {
        let mut distinct: Vec<Received> = Vec::new();
        for event in self.received() {
            if !distinct.iter().any(|known| known.id == event.id) {
                distinct.push(event);
            }
        }
        distinct
    }

    /// The kinds of the distinct events of one instance, in the order of their first delivery.
    #[must_use]
    pub fn story_of(&self, instance_id: &str) -> Vec<String> {
        let events = self.distinct().into_iter().filter(|event| event.data["instanceId"] == instance_id);
        events
            .map(|event| event.kind.trim_start_matches("mercer.").trim_start_matches("instance.").to_owned())
            .collect()
    }

    /// The instances that have an account.
    #[must_use]
    pub fn accounts(&self) -> Vec<String> {
        self.lock().accounts.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn receive(State(app): State<App>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    let mut memory = app.lock();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let seconds = timestamp.parse().unwrap_or_default();
    let expected = mercer_gateway::connector::sign_webhook(&memory.secret, &id, seconds, body.as_bytes());
    if expected.as_deref() != Some(header("webhook-signature").as_str()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": { "message": "wrong signature" } })));
    }
    let event: Value = serde_json::from_str(&body).unwrap_or_default();
    let kind = event["type"].as_str().unwrap_or_default().to_owned();
    let data = event["data"].clone();
    let instance_id = data["instanceId"].as_str().unwrap_or_default().to_owned();
    memory.received.push(Received { id, kind: kind.clone(), data });
    match memory.manner {
        Manner::Broken => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({}))),
        Manner::Refuses => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": { "message": "sold out" } }))),
        Manner::RefusesChanges if kind.ends_with("change_check") => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": { "message": "too many seats in use" } })))
        }
        Manner::Later if kind.ends_with("created") => (StatusCode::ACCEPTED, Json(json!({}))),
        _ if kind.ends_with("created") => {
            if !memory.accounts.contains(&instance_id) {
                memory.accounts.push(instance_id.clone());
            }
            (StatusCode::OK, Json(account_of(&instance_id)))
        }
        _ => (StatusCode::OK, Json(json!({}))),
    }
}

/// What the buyer of an instance gets.
#[must_use]
pub fn account_of(instance_id: &str) -> Value {
    json!({
        "frontEndUrl": format!("https://app.test/{instance_id}"),
        "userName": "admin",
        "password": format!("pw-{instance_id}"),
        "memo": "你好 🎈"
    })
}
