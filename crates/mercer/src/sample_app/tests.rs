//! The webhook as the gateway uses it, and the pages as a buyer uses them, without a network.

use std::sync::Arc;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::vault::{MasterKey, Vault};
use serde_json::Value;
use sha2::Sha256;
use tower::ServiceExt as _;

use super::*;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: Instant = Instant::from_millis(1_800_000_000_000);

async fn app() -> SampleApp {
    let db = Db::open("sqlite::memory:").await.unwrap();
    let entropy = Entropy::seeded(7);
    let key = MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
    let vault = Vault::open(&db, &key, &entropy).await.unwrap();
    let clock = Clock::manual(NOW);
    let foundation = Foundation {
        db,
        clock: clock.clone(),
        wall: clock,
        entropy,
        vault,
        outbound: Arc::new(crate::remote::anywhere().unwrap()),
        config: Arc::new(Config::defaults()),
        public_url: "http://127.0.0.1:7003".to_owned(),
    };
    let gateway = Door { url: "http://127.0.0.1:1".to_owned(), token: String::new() };
    SampleApp::open(foundation, SECRET.to_owned(), gateway).await.unwrap()
}

fn event(kind: &str, more: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"ev","type":"mercer.instance.{kind}","data":{{"merchantId":"m","instanceId":"in_1","orderId":"CS1"{more}}}}}"#
    )
}

async fn deliver(app: &SampleApp, event_id: &str, body: String) -> (StatusCode, Value) {
    let timestamp = NOW.as_millis() / 1_000;
    let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(&SECRET[6..]).unwrap()).unwrap();
    mac.update(format!("{event_id}.{timestamp}.{body}").as_bytes());
    let signature = format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()));
    let request = Request::post(WEBHOOK_PATH)
        .header("webhook-id", event_id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(Body::from(body))
        .unwrap();
    send(app, request).await
}

async fn send(app: &SampleApp, request: Request<Body>) -> (StatusCode, Value) {
    let response = app.router().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_repeated_event_opens_one_account_and_gets_the_same_answer() {
    let app = app().await;
    let (status, first) = deliver(&app, "ev_1", event("created", r#","linearValue":5"#)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(first["password"].as_str().is_some_and(|password| password.len() >= 12));
    let (status, second) = deliver(&app, "ev_1", event("created", r#","linearValue":5"#)).await;
    assert_eq!((status, &second), (StatusCode::OK, &first));
    assert_eq!(repo::accounts(app.db()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_that_is_not_signed_changes_nothing() {
    let app = app().await;
    let request = Request::post(WEBHOOK_PATH).body(Body::from(event("created", ""))).unwrap();
    let (status, answer) = send(&app, request).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer["error"]["message"], "webhook.header_missing");
    assert!(repo::accounts(app.db()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_account_follows_its_instance_to_the_end() {
    let app = app().await;
    deliver(&app, "ev_1", event("created", r#","trial":true"#)).await;
    let renewed = event("renewed", r#","expireTime":"2028-01-01T00:00:00Z","linearValue":9"#);
    assert_eq!(deliver(&app, "ev_2", renewed).await.0, StatusCode::NO_CONTENT);
    deliver(&app, "ev_3", event("frozen", "")).await;
    let account = repo::account(app.db(), "in_1").await.unwrap().unwrap();
    assert_eq!((account.state, account.seats, account.trial), (rules::State::Frozen, Some(9), false));
    deliver(&app, "ev_4", event("released", "")).await;
    deliver(&app, "ev_5", event("unfrozen", "")).await;
    let account = repo::account(app.db(), "in_1").await.unwrap().unwrap();
    assert_eq!(account.state, rules::State::Released);
}

#[tokio::test]
async fn the_switches_answer_later_fail_and_refuse() {
    let app = app().await;
    let switched = |mood| switches::Switches { mood, delay_ms: 0 };
    for (mood, expected) in [
        (switches::Mood::Fail, StatusCode::INTERNAL_SERVER_ERROR),
        (switches::Mood::Down, StatusCode::SERVICE_UNAVAILABLE),
        (switches::Mood::Refuse, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        switches::write(&app, switched(mood)).await.unwrap();
        assert_eq!(deliver(&app, "ev_1", event("created", "")).await.0, expected);
        assert!(repo::accounts(app.db()).await.unwrap().is_empty());
    }
    switches::write(&app, switched(switches::Mood::Later)).await.unwrap();
    assert_eq!(deliver(&app, "ev_1", event("created", "")).await.0, StatusCode::ACCEPTED);
    assert_eq!(deliver(&app, "ev_1", event("created", "")).await.0, StatusCode::ACCEPTED);
    assert_eq!(repo::pending(app.db()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_buyer_logs_in_with_what_was_handed_out_and_reads_while_frozen() {
    let app = app().await;
    let (_, handed_out) = deliver(&app, "ev_1", event("created", "")).await;
    let (user, password) = (handed_out["userName"].as_str().unwrap(), handed_out["password"].as_str().unwrap());
    let log_in = |password: &str| {
        let form = format!("user={user}&password={password}");
        let request = Request::post("/login")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        app.router().oneshot(request)
    };
    assert_eq!(log_in("wrong").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let response = log_in(password).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let home = || {
        let request = Request::get("/").header(header::COOKIE, &cookie).header("accept-language", "en");
        app.router().oneshot(request.body(Body::empty()).unwrap())
    };
    let text = |response: axum::response::Response| async move {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    };
    assert!(text(home().await.unwrap()).await.contains("name=\"note\""));
    deliver(&app, "ev_2", event("frozen", "")).await;
    let frozen = text(home().await.unwrap()).await;
    assert!(frozen.contains("read-only") && !frozen.contains("name=\"note\""), "{frozen}");
    deliver(&app, "ev_3", event("released", "")).await;
    assert_eq!(home().await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(log_in(password).await.unwrap().status(), StatusCode::GONE);
}
