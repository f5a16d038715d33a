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

fn told(kind: &str, more: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"ev","type":"mercer.{kind}","data":{{"merchantId":"m","instanceId":"in_1","tenantId":"t1","syncTime":"20261125090000000"{more}}}}}"#
    )
}

#[tokio::test]
async fn an_enterprise_with_its_members_is_kept_until_the_instance_is_released() {
    let app = app().await;
    deliver(&app, "ev_1", event("created", "")).await;
    for (id, kind, more) in [
        (
            "ev_2",
            "tenant.changed",
            r#","tenantCode":"acme","name":"Acme","domainName":"https://acme.example","orderId":"CS1""#,
        ),
        ("ev_3", "application.changed", r#","appId":"a","clientId":"c1","clientSecret":"s3cret""#),
        (
            "ev_4",
            "departments.synced",
            r#","page":1,"pages":1,"total":1,"departments":[{"orgCode":"D1","orgName":"研发部","parentCode":""}]"#,
        ),
        (
            "ev_5",
            "member.authorized",
            r#","appId":"a","members":[{"userName":"li","name":"Li","orgCode":"D1","role":"admin","enable":true},{"userName":"wu","name":"Wu","orgCode":"D9","role":"user","enable":true}]"#,
        ),
        ("ev_6", "member.withdrawn", r#","appId":"a","members":[{"userName":"wu","previous":{"name":"Wu"}}]"#),
        ("ev_7", "tenant.invented", ""),
    ] {
        assert_eq!(deliver(&app, id, told(kind, more)).await.0, StatusCode::NO_CONTENT, "{kind}");
    }
    let tenants = tenant_repo::tenants(app.db(), "in_1").await.unwrap();
    assert_eq!((tenants.len(), tenants[0].name.as_str(), tenants[0].departments), (1, "Acme", 1));
    assert_eq!(tenants[0].client_id, "c1");
    let members = tenant_repo::members(app.db(), ("in_1", "t1")).await.unwrap();
    let seen: Vec<(&str, &str, bool)> =
        members.iter().map(|one| (one.user_name.as_str(), one.org_code.as_str(), one.may_enter)).collect();
    assert_eq!(seen, [("li", "研发部", true), ("wu", "D9", false)]);
    deliver(&app, "ev_8", event("released", "")).await;
    assert!(tenant_repo::tenants(app.db(), "in_1").await.unwrap().is_empty());
    assert!(tenant_repo::members(app.db(), ("in_1", "t1")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_notified_order_is_noted_once_and_needs_no_instance() {
    let app = app().await;
    let notified = r#"{"specversion":"1.0","id":"ev","type":"mercer.order.notified","data":{"merchantId":"m","orderId":"CS9","orderLineId":"CS9-000001","orderType":"NEW","order":{}}}"#;
    for _ in 0..2 {
        let (status, _) = deliver(&app, "ev_1", notified.to_owned()).await;
        assert!(status.is_success(), "{status}");
    }
    deliver(&app, "ev_2", notified.to_owned()).await;
    let orders = tenant_repo::orders(app.db()).await.unwrap();
    assert_eq!(orders.len(), 1);
    assert_eq!((orders[0].0.as_str(), orders[0].1.as_str()), ("CS9", "NEW"));
}

#[tokio::test]
async fn the_page_of_the_enterprises_shows_members_to_whoever_is_logged_in() {
    let app = app().await;
    let team = |cookie: String| {
        let request = Request::get("/team").header(header::COOKIE, cookie).header("accept-language", "en");
        app.router().oneshot(request.body(Body::empty()).unwrap())
    };
    assert_eq!(team(String::new()).await.unwrap().status(), StatusCode::SEE_OTHER);
    let (_, handed_out) = deliver(&app, "ev_1", event("created", "")).await;
    deliver(&app, "ev_2", told("tenant.changed", r#","tenantCode":"acme","name":"Acme""#)).await;
    let members = r#","members":[{"userName":"li","name":"Li Wei","orgCode":"D1","role":"admin","enable":true}]"#;
    deliver(&app, "ev_3", told("member.authorized", members)).await;
    let (user, password) = (handed_out["userName"].as_str().unwrap(), handed_out["password"].as_str().unwrap());
    let request = Request::post("/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("user={user}&password={password}")))
        .unwrap();
    let response = app.router().oneshot(request).await.unwrap();
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let response = team(cookie).await.unwrap();
    let page = String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert!(page.contains("Acme · acme") && page.contains("Li Wei") && page.contains("Administrator"), "{page}");
}
