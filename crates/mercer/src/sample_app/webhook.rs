//! `POST /mercer`: the events of the gateway.
//!
//! The same event may come several times (the gateway repeats until it has an answer), so the event's
//! id is a unique key in the batch that does its work, beside the answer that was given: a repetition
//! gets the same answer and opens nothing twice.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use mercer_kernel::clock::Instant;
use mercer_kernel::db::{Batch, DbError};
use mercer_kernel::vault::{Place, VaultError};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

use super::rules::{Account, Event, State as AccountState, Step, decide};
use super::switches::Mood;
use super::{SampleApp, password, repo, signature, tenant, tenant_repo};

/// Characters of a user name after its prefix.
const NAME_LENGTH: usize = 8;
/// Characters of an initial password.
const PASSWORD_LENGTH: usize = 14;

/// What goes wrong while an event is worked on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebhookError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A stored answer cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Takes one event.
pub(crate) async fn receive(State(app): State<SampleApp>, headers: HeaderMap, body: Bytes) -> Response {
    let switches = match super::switches::read(&app).await {
        Ok(switches) => switches,
        Err(error) => return broken(&error.into()),
    };
    app.wall().wake_at(app.wall().now().plus(Duration::from_millis(switches.delay_ms))).await;
    let event_id = match signature::verify(app.webhook_secret(), &headers, &body, app.wall().now()) {
        Ok(event_id) => event_id,
        Err(refusal) => return refuse(StatusCode::UNAUTHORIZED, refusal.code()),
    };
    match switches.mood {
        Mood::Normal | Mood::Later => {}
        Mood::Fail => return refuse(StatusCode::INTERNAL_SERVER_ERROR, "switched to fail"),
        Mood::Down => return refuse(StatusCode::SERVICE_UNAVAILABLE, "switched to down"),
        Mood::Refuse => {
            return refuse(
                StatusCode::UNPROCESSABLE_ENTITY,
                "茶记暂停开户 / Tea Notes opens no accounts at the moment",
            );
        }
    }
    let Some(told) = Told::read(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "the body is no event of the gateway");
    };
    match work(&app, event_id, &told, switches.mood).await {
        Ok(reply) => reply.into_response(),
        Err(error) => broken(&error),
    }
}

/// An event by what it is about.
#[derive(Debug)]
pub(crate) enum Told {
    /// An instance.
    Instance(Event),
    /// An enterprise with its members and departments.
    Tenant(Event<tenant::Told>),
    /// An order, of whatever product.
    Order(Event<OrderTold>),
}

/// Content of an event about an order, as far as this app reads it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderTold {
    order_id: String,
    #[serde(default)]
    order_type: String,
}

impl Told {
    fn read(body: &[u8]) -> Option<Self> {
        let Event::<Value> { kind, data } = serde_json::from_slice(body).ok()?;
        if kind.starts_with("mercer.instance.") {
            let data = serde_json::from_value(data).ok()?;
            return Some(Self::Instance(Event { kind, data }));
        }
        if kind.starts_with("mercer.order.") {
            let data = serde_json::from_value(data).ok()?;
            return Some(Self::Order(Event { kind, data }));
        }
        let data = serde_json::from_value(data).ok()?;
        Some(Self::Tenant(Event { kind, data }))
    }
}

/// The answer to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// 200 with the app information.
    Opened(String),
    /// 202: the information follows.
    Later,
    /// 204: done, nothing to tell.
    Done,
    /// 409: the account is not here yet; the gateway tries again.
    TryAgain,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Opened(information) => ([(header::CONTENT_TYPE, "application/json")], information).into_response(),
            Self::Later => StatusCode::ACCEPTED.into_response(),
            Self::Done => StatusCode::NO_CONTENT.into_response(),
            Self::TryAgain => refuse(StatusCode::CONFLICT, "there is no account for this instance yet"),
        }
    }
}

/// Works on one event, once.
///
/// # Errors
/// The database, or a stored answer that cannot be opened.
pub(crate) async fn work(app: &SampleApp, event_id: &str, told: &Told, mood: Mood) -> Result<Reply, WebhookError> {
    app.db().transact(|| work_once(app, event_id, told, mood)).await
}

async fn work_once(app: &SampleApp, event_id: &str, told: &Told, mood: Mood) -> Result<(Batch, Reply), WebhookError> {
    if let Some(stored) = repo::event(app.db(), event_id).await? {
        return Ok((Batch::new(), repeated(app, event_id, stored)?));
    }
    match told {
        Told::Instance(event) => decide_once(app, event_id, event, mood).await,
        Told::Tenant(event) => keep(app, event_id, event),
        Told::Order(event) => Ok(note(app, event_id, event)),
    }
}

async fn decide_once(
    app: &SampleApp,
    event_id: &str,
    event: &Event,
    mood: Mood,
) -> Result<(Batch, Reply), WebhookError> {
    let instance_id = event.data.instance_id.as_str();
    let account = repo::account(app.db(), instance_id).await?;
    let now = app.wall().now();
    let mut batch = Batch::new();
    let key = (event_id, instance_id, event.kind.as_str());
    let reply = match decide(event, account.as_ref(), now) {
        Step::Unknown => return Ok((Batch::new(), Reply::TryAgain)),
        Step::Agree => {
            repo::insert_event(&mut batch, key, now, None);
            Reply::Done
        }
        Step::Keep(account) => {
            if account.state == AccountState::Released {
                // Personal data of the members goes with the account.
                tenant_repo::delete_tenant(&mut batch, (instance_id, ""));
            }
            repo::update_account(&mut batch, &account);
            repo::insert_event(&mut batch, key, now, None);
            Reply::Done
        }
        Step::Open => {
            let (account, information) = open(app, event, now);
            repo::insert_account(&mut batch, &account);
            if mood == Mood::Later {
                let sealed = app.vault().seal(pending_place(instance_id), &information)?;
                repo::insert_pending(&mut batch, (instance_id, &event.data.merchant_id), now, sealed);
                repo::insert_event(&mut batch, key, now, None);
                Reply::Later
            } else {
                let sealed = app.vault().seal(event_place(event_id), &information)?;
                repo::insert_event(&mut batch, key, now, Some(sealed));
                Reply::Opened(information)
            }
        }
    };
    Ok((batch, reply))
}

/// An event about an enterprise.
fn keep(app: &SampleApp, event_id: &str, event: &Event<tenant::Told>) -> Result<(Batch, Reply), WebhookError> {
    let now = app.wall().now();
    let mut batch = Batch::new();
    tenant::apply(app, &mut batch, (&event.kind, &event.data), now)?;
    repo::insert_event(&mut batch, (event_id, &event.data.instance_id, &event.kind), now, None);
    Ok((batch, Reply::Done))
}

/// An event about an order.
fn note(app: &SampleApp, event_id: &str, event: &Event<OrderTold>) -> (Batch, Reply) {
    let now = app.wall().now();
    let mut batch = Batch::new();
    tenant_repo::put_order(&mut batch, (&event.data.order_id, &event.data.order_type), now);
    repo::insert_event(&mut batch, (event_id, "", &event.kind), now, None);
    (batch, Reply::Done)
}

fn repeated(app: &SampleApp, event_id: &str, stored: Option<String>) -> Result<Reply, WebhookError> {
    match stored {
        Some(sealed) => Ok(Reply::Opened(app.vault().open_at(event_place(event_id), &sealed)?)),
        // 202 and 204 both mean "taken" to the gateway; what is pending is told by its API.
        None => Ok(Reply::Later),
    }
}

/// A new account with the information for the buyer.
fn open(app: &SampleApp, event: &Event, now: Instant) -> (Account, String) {
    let data = &event.data;
    let entropy = app.entropy();
    let user_name = format!("tea-{}", entropy.alphanumeric(NAME_LENGTH).to_ascii_lowercase());
    let clear_text = entropy.alphanumeric(PASSWORD_LENGTH);
    let (password_salt, password_hash) = password::hashed(&entropy.alphanumeric(22), &clear_text);
    let information = json!({
        "frontEndUrl": format!("{}/login?user={user_name}", app.public_url()),
        "userName": user_name,
        "password": clear_text,
        "memo": "用此账号登录茶记 / Log in to Tea Notes with this account",
    });
    let account = Account {
        instance_id: data.instance_id.clone(),
        user_name,
        password_salt,
        password_hash,
        buyer_name: data.buyer.clone().and_then(|buyer| buyer.customer_name).unwrap_or_default(),
        order_id: data.order_id.clone(),
        product_id: data.product_id.clone().unwrap_or_default(),
        sku_code: data.sku_code.clone().unwrap_or_default(),
        seats: data.linear_value,
        trial: data.trial,
        expires_at: data.expire_time,
        state: AccountState::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    (account, information.to_string())
}

/// Where the sealed answer to an event lies.
fn event_place(event_id: &str) -> Place<'_> {
    Place { table: "app_event", row: event_id, column: "answer_sealed" }
}

/// Where the sealed information that is still to be told lies.
pub(crate) fn pending_place(instance_id: &str) -> Place<'_> {
    Place { table: "app_pending", row: instance_id, column: "answer_sealed" }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    let body: Value = json!({"error": {"message": message}});
    (status, axum::Json(body)).into_response()
}

fn broken(error: &WebhookError) -> Response {
    tracing::error!(%error, "the sample app could not work on an event");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "internal error of the sample app")
}
