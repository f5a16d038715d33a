use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use mercer_kernel::http::FailureReason;
use tower::ServiceExt as _;

use crate::testing::{APP_INFO, MERCHANT, World};

struct Shown {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

/// The page as a browser that prefers `language` gets it, without an account.
async fn show(world: &World, path: &str, language: &str) -> Shown {
    let request = Request::get(path)
        .header(header::HOST, "gateway.example.com")
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_LANGUAGE, language)
        .body(Body::empty())
        .unwrap();
    let response = world.gateway.router().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Shown { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

fn path_of(world: &World) -> String {
    let url = world.gateway.instance_page(MERCHANT, "b-1");
    url.strip_prefix("https://gateway.example.com").unwrap().to_owned()
}

async fn bought(answer: Result<(u16, &str), FailureReason>) -> World {
    let world = World::with_app().await;
    world.app_answers(&[answer]);
    world
        .call_v1(&[
            ("activity", "newInstance"),
            ("customerId", "c-1"),
            ("customerName", "Example Ltd"),
            ("businessId", "b-1"),
            ("orderId", "O-1"),
            ("productId", "P-1"),
        ])
        .await;
    world
}

fn check(shown: &Shown, language: &str) {
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.text.contains(&format!("<html lang=\"{language}\"")), "{}", shown.text);
    assert_eq!(shown.text.matches("<h1").count(), 1);
    for leftover in ["{{", "{%", " style=", "onclick=", "Secret-Passw0rd", "admin"] {
        assert!(!shown.text.contains(leftover), "{leftover}: {}", shown.text);
    }
    assert_eq!(shown.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(shown.headers[header::REFERRER_POLICY], "no-referrer");
}

#[tokio::test]
async fn a_buyer_waits_in_his_language_and_is_sent_on_when_it_is_ready() {
    let world = bought(Err(FailureReason::ConnectFailed)).await;
    let path = path_of(&world);
    let english = show(&world, &path, "en").await;
    check(&english, "en");
    assert!(english.text.contains("Your service is being opened") && english.text.contains("does not answer"));
    assert!(english.text.contains("http-equiv=\"refresh\"") && english.headers["refresh"] == "3");
    let chinese = show(&world, &path, "zh-CN").await;
    check(&chinese, "zh-CN");
    assert!(chinese.text.contains("您购买的服务正在开通") && chinese.text.contains("O-1"));
    world.app_answers(&[Ok((202, ""))]);
    world.pass(std::time::Duration::from_secs(300)).await;
    let preparing = show(&world, &path, "en").await;
    assert!(preparing.text.contains("is at it") && preparing.headers["refresh"] == "10", "{}", preparing.text);
    let info = serde_json::from_str(APP_INFO).unwrap();
    world.gateway.put_app_info(MERCHANT, "b-1", &info).await.unwrap();
    let ready = show(&world, &path, "en").await;
    assert_eq!(ready.status, StatusCode::SEE_OTHER);
    assert_eq!(ready.headers[header::LOCATION], "https://app.example.com/t/1");
    assert_eq!(ready.headers[header::REFERRER_POLICY], "no-referrer");
}

#[tokio::test]
async fn a_failure_is_told_with_its_reason_and_whom_to_ask() {
    let world = bought(Ok((422, r#"{"error":{"message":"no seats <left>"}}"#))).await;
    for language in ["en", "zh-CN"] {
        let page = show(&world, &path_of(&world), language).await;
        check(&page, language);
        assert!(page.text.contains("no seats &#60;left&#62;") && page.text.contains("Demo"), "{}", page.text);
        assert!(!page.headers.contains_key("refresh"));
    }
}

#[tokio::test]
async fn frozen_and_released_are_told_and_send_nobody_on() {
    let world = bought(Ok((200, APP_INFO))).await;
    let path = path_of(&world);
    for (activity, english, chinese) in [
        ("expireInstance", "Your service is frozen", "您的服务已冻结"),
        ("releaseInstance", "Your service has ended", "您的服务已释放"),
    ] {
        world.call_v1(&[("activity", activity), ("instanceId", "b-1")]).await;
        for (language, title) in [("en", english), ("zh-CN", chinese)] {
            let page = show(&world, &path, language).await;
            check(&page, language);
            assert!(page.text.contains(title), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn without_the_proof_there_is_no_page() {
    let world = bought(Ok((202, ""))).await;
    let right = path_of(&world);
    let wrong = format!("{}{}", &right[..right.len() - 1], if right.ends_with('0') { '1' } else { '0' });
    let short = &right[..right.len() - 2];
    let other = right.replace("/b-1/", "/b-2/");
    for path in [wrong.as_str(), short, &other, &format!("{right}zz"), "/instance/demo/b-1/zz"] {
        assert_eq!(show(&world, path, "en").await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
