//! A seller's app, connected to Mercer by one handler.
//!
//!     WEBHOOK_SECRET=whsec_... cargo run            # listens on http://127.0.0.1:8080/mercer

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, body::Bytes, extract::State, routing::post};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::distr::{Alphanumeric, SampleString as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// By instance id; in a real app a table with a unique key, so that a repeated event finds the account.
type Accounts = Arc<Mutex<HashMap<String, Value>>>;

/// Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", compared in constant time, at most 5 minutes old.
fn is_signed(key: &[u8], headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let is_fresh = timestamp.parse::<u64>().is_ok_and(|sent| now.abs_diff(sent) <= 300);
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    is_fresh
        && header("webhook-signature").split(' ').any(|one| {
            let given = one.strip_prefix("v1,").and_then(|text| BASE64.decode(text).ok());
            given.is_some_and(|given| mac.clone().verify_slice(&given).is_ok())
        })
}

/// What the app does with an event; whatever it returns is the answer.
fn react(accounts: &Accounts, event: &Value) -> Option<Value> {
    let instance_id = event["subject"].as_str()?.to_owned();
    let mut accounts = accounts.lock().expect("nothing panics while it holds the lock");
    match event["type"].as_str()? {
        "mercer.instance.created" => {
            let open = || {
                json!({
                    "frontEndUrl": format!("https://notes.example.com/{instance_id}"),
                    "userName": "owner",
                    "password": Alphanumeric.sample_string(&mut rand::rng(), 16),
                })
            };
            Some(accounts.entry(instance_id.clone()).or_insert_with(open).clone())
        }
        "mercer.instance.released" => accounts.remove(&instance_id).and(None),
        _ => None, // renewed, frozen, upgraded, ...: react to what matters to you, accept the rest
    }
}

async fn receive(State((key, accounts)): State<(Vec<u8>, Accounts)>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_signed(&key, &headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response(); // Mercer shows it as a failed delivery and tries again
    }
    let Ok(event) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    match react(&accounts, &event) {
        Some(account) => Json(account).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = std::env::var("WEBHOOK_SECRET")?;
    let key = BASE64.decode(secret.trim_start_matches("whsec_"))?;
    let port = std::env::var("PORT").ok().map_or(Ok(8080), |port| port.parse())?;
    let app = Router::new().route("/mercer", post(receive)).with_state((key, Accounts::default()));
    axum::serve(tokio::net::TcpListener::bind(("127.0.0.1", port)).await?, app).await?;
    Ok(())
}
