//! Every page in both languages, with data and without, and what the forms do.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use mercer_kernel::http::FailureReason;
use mercer_kernel::web::account::{Account, Role};
use mercer_kernel::web::{Language, PageRequest};

use crate::account::TenantFilter;
use crate::connector::{ConnectorSettings, NewConnector};
use crate::delivery::DeliveryFilter;
use crate::inbound::CallbackFilter;
use crate::instance::InstanceFilter;
use crate::testing::{APP_INFO, MERCHANT, World, new_instance};
use crate::testing_kit::{GENERAL_KEY, TENANT, application, department, departments, members, tenant, tree, user};
use tower::ServiceExt as _;

/// A page as the browser got it.
struct Shown {
    status: StatusCode,
    location: String,
    cookies: Vec<String>,
    language: String,
    text: String,
}

/// A signed-in browser.
struct Browser {
    world: World,
    session: String,
}

impl Browser {
    async fn new(world: World) -> Self {
        Self::with_role(world, Role::Admin).await
    }

    async fn with_role(world: World, role: Role) -> Self {
        let account = Account { name: "lin".to_owned(), role, subject: String::new(), display_name: "林".to_owned() };
        let accounts = world.gateway.accounts();
        accounts.ensure(&account, "pass-word-1").await.unwrap();
        let cookie = accounts.start_session(&account, false).await.unwrap();
        let session = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { world, session }
    }

    async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Shown {
        let request = request
            .header(header::COOKIE, &self.session)
            .header(header::ACCEPT, "text/html")
            .header(header::HOST, "gateway.example.com")
            .body(body.into())
            .unwrap();
        let response = self.world.gateway.router().oneshot(request).await.unwrap();
        let text_of = |name: header::HeaderName| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (status, location, language) =
            (response.status(), text_of(header::LOCATION), text_of(header::CONTENT_LANGUAGE));
        let cookies = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Shown { status, location, cookies, language, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Shown {
        self.send(Request::get(path), Body::empty()).await
    }

    async fn post(&self, path: &str, form: &str) -> Shown {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.to_owned()).await
    }

    /// The page in a language, checked for what every page must be.
    async fn check(&self, path: &str, language: Language) -> Shown {
        let join = if path.contains('?') { '&' } else { '?' };
        let shown = self.get(&format!("{path}{join}lang={}", language.code())).await;
        check(path, language, &shown, StatusCode::OK);
        shown
    }
}

fn check(path: &str, language: Language, shown: &Shown, status: StatusCode) {
    assert_eq!(shown.status, status, "{path}: {}", shown.text);
    assert_eq!(shown.language, language.tag(), "{path}");
    assert!(shown.text.contains(&format!("<html lang=\"{}\"", language.tag())), "{path}");
    assert_eq!(shown.text.matches("<h1").count(), 1, "{path} has one h1");
    for leftover in ["{{", "}}", "{%", "missing", "TODO", "style=", "onclick=", "None", "Some("] {
        assert!(!shown.text.contains(leftover), "{path} contains {leftover}");
    }
    let body = shown.text.split_once("<main").map_or("", |(_, body)| body);
    let has_chinese = body.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
    assert_eq!(has_chinese, language == Language::Zh, "{path} is written in {}", language.tag());
    for id in ids(&shown.text) {
        assert_eq!(shown.text.matches(&format!(" id=\"{id}\"")).count(), 1, "{path} has the id {id} twice");
    }
}

fn ids(text: &str) -> Vec<&str> {
    text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// An instance in use, one that waits, one that failed to be delivered, a refused call, a conflict.
async fn busy_world() -> World {
    let world = World::with_app().await.and_kit().await;
    for order in ["CS1", "CS2", "CS3"] {
        world.order(order, |order| {
            if let Some(buyer) = &mut order.buyer_info {
                buyer.customer_name = Some("Example Ltd".to_owned());
                buyer.customer_real_name = Some("Lin".to_owned());
            }
            for product in order.order_line.iter_mut().flat_map(|line| &mut line.product_info) {
                product.product_name = Some("Example product".to_owned());
            }
        });
    }
    world.app_answers(&[Ok((200, APP_INFO)), Ok((202, "")), Err(FailureReason::ConnectFailed)]);
    for (order, business) in [("CS1", "b-1"), ("CS2", "b-2"), ("CS3", "b-3")] {
        world.new_instance(order, business).await;
        world.gateway.run_due().await;
    }
    accounts(&world).await;
    world.call(&serde_json::json!({ "activity": "queryInstance", "instanceId": "b-2" })).await;
    world.call(&serde_json::json!({ "activity": "queryInstance", "instanceId": "b-2" })).await;
    world.send(MERCHANT, "signature=00&timestamp=1735689600000&nonce=1", new_instance("CS9", "b-9").to_string()).await;
    world
}

/// An enterprise with a tree, a member, a binding, and a long list that is being applied.
async fn accounts(world: &World) {
    world.kit("tenantSync", &tenant(1, "Acme", 1)).await;
    world.kit("applicationSync", &application(1, "client-1", "Secret-One-0001", 1)).await;
    world.kit("allOrgSync", &departments(1, &tree(120))).await;
    world.kit("singleOrgSync", &department(2, ("D99", "Lost", "D-none"), 1)).await;
    world.kit("singleOrgSync", &department(2, ("D5", "Gone", "D0"), 0)).await;
    world.kit("authSync", &members(2, &[user("liwei", "D11")], 1)).await;
    world.kit("authSync", &members(3, &[user("zhao", "D11")], 1)).await;
    world.kit("authSync", &members(4, &[user("zhao", "D11")], 3)).await;
    world.kit("allOrgSync", &departments(5, &tree(501))).await;
    world.notify(GENERAL_KEY, "CS1", "0").await;
}

async fn detail_paths(world: &World) -> Vec<String> {
    let page = PageRequest::default();
    let mut paths = Vec::new();
    for instance in world.gateway.instances(MERCHANT, &InstanceFilter::default(), page).await.unwrap().items {
        paths.push(format!("/instances/{}", instance.instance_id));
    }
    for callback in world.gateway.callbacks(MERCHANT, &CallbackFilter::default(), page).await.unwrap().items {
        paths.push(format!("/callbacks/{}", callback.callback_id));
    }
    for delivery in world.gateway.deliveries(MERCHANT, &DeliveryFilter::default(), page).await.unwrap().items {
        paths.push(format!("/deliveries/{}", delivery.id));
    }
    for tenant in world.gateway.tenants(MERCHANT, &TenantFilter::default(), page).await.unwrap().items {
        let (id, instance) = (&tenant.tenant_id, &tenant.instance_id);
        for rest in ["", "&open=D1", "&open=D11", "&orphans=1", "&text=liwei", "&text=dept", "&text=nothing-like-this"]
        {
            paths.push(format!("/accounts/{id}?instance={instance}{rest}"));
        }
        for rest in ["", "&department=D11", "&standing=withdrawn", "&text=nothing-like-this"] {
            paths.push(format!("/accounts/{id}/members?instance={instance}{rest}"));
        }
    }
    for connector in world.gateway.connectors(MERCHANT).await.unwrap() {
        paths.push(format!("/connectors/{}", connector.connector_id));
    }
    paths
}

const LISTS: [&str; 16] = [
    "/",
    "/instances",
    "/instances?state=active&text=b-",
    "/instances?text=nothing-like-this",
    "/accounts",
    "/accounts?standing=present&text=acme",
    "/callbacks",
    "/callbacks?verdict=refused&from=2025-01-01T08:00",
    "/deliveries",
    "/deliveries?state=retrying",
    "/deliveries/resend?from=2025-01-01T08:00&to=2025-01-02T08:00&state=retrying",
    "/connectors",
    "/connectors/new?kind=webhook",
    "/connectors/new?kind=pool",
    "/connectors/new?kind=command",
    "/keys",
];

#[tokio::test]
async fn every_page_is_shown_in_both_languages() {
    let browser = Browser::new(busy_world().await).await;
    let paths =
        LISTS.into_iter().map(str::to_owned).chain(["/merchants".to_owned(), "/connectors/new?kind=manual".to_owned()]);
    let paths: Vec<String> = paths.chain(detail_paths(&browser.world).await).collect();
    for (method, route) in super::route_list() {
        let is_walked = |path: &String| match route.split_once("{id}") {
            Some((before, _)) => path.strip_prefix(before).is_some_and(|id| id.contains('_') || id.contains('-')),
            None => path.split('?').next() == Some(route.as_str()),
        };
        assert!(method != "GET" || paths.iter().any(is_walked), "{route} is not walked");
    }
    for path in &paths {
        for language in Language::ALL {
            browser.check(path, language).await;
        }
    }
}

#[tokio::test]
async fn pages_without_data_say_what_to_do() {
    let browser = Browser::new(World::bare().await).await;
    for language in Language::ALL {
        for path in LISTS {
            browser.check(path, language).await;
        }
        let overview = browser.check("/", language).await;
        assert!(overview.text.contains("/keys#paste"));
        for path in ["/instances", "/accounts", "/callbacks", "/deliveries", "/connectors"] {
            assert!(browser.check(path, language).await.text.contains("class=\"empty\""), "{path}");
        }
    }
}

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let mut browser = Browser::new(World::bare().await).await;
    browser.session = String::new();
    for (method, path) in super::route_list() {
        let path = path.replace("{id}", "x");
        let shown = if method == "GET" { browser.get(&path).await } else { browser.post(&path, "").await };
        assert!(shown.location.starts_with("/login"), "{method} {path}: {}", shown.status);
    }
}

#[tokio::test]
async fn a_viewer_looks_and_changes_nothing() {
    let browser = Browser::with_role(busy_world().await, Role::Viewer).await;
    for path in detail_paths(&browser.world).await {
        let shown = browser.get(&path).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}");
    }
    for (method, path) in super::route_list() {
        if method == "POST" {
            let path = path.replace("{id}", "b-1");
            assert_eq!(browser.post(&path, "").await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

#[tokio::test]
async fn accounts_are_masked_until_somebody_asks_and_that_is_recorded() {
    let browser = Browser::new(busy_world().await).await;
    let masked = browser.get("/instances/b-1").await;
    assert!(!masked.text.contains("Secret-Passw0rd"));
    let revealed = browser.post("/instances/b-1/reveal?lang=en", "").await;
    check("/instances/b-1/reveal", Language::En, &revealed, StatusCode::OK);
    assert!(revealed.text.contains("Secret-Passw0rd"));
    let after = browser.get("/instances/b-1?lang=en").await;
    assert!(!after.text.contains("Secret-Passw0rd"));
    assert!(after.text.contains("lin looked at the account and the buyer in the clear"));
}

#[tokio::test]
async fn a_person_hands_out_the_app_information_and_mistakes_are_named() {
    let browser = Browser::new(busy_world().await).await;
    let wrong = browser.post("/instances/b-2/app-info?lang=en", "frontEndUrl=nowhere&userName=u7").await;
    check("/instances/b-2/app-info", Language::En, &wrong, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Allowed: an absolute http or https address."));
    assert!(wrong.text.contains("value=\"u7\""), "what was typed stays");
    let right = browser.post("/instances/b-2/app-info", "frontEndUrl=https%3A%2F%2Fa.example.com").await;
    assert_eq!((right.status, right.location.as_str()), (StatusCode::SEE_OTHER, "/instances/b-2"));
    assert!(right.cookies.iter().any(|cookie| cookie.starts_with("mercer_notice=ok.")));
    let filter = InstanceFilter { text: "b-2".to_owned(), ..InstanceFilter::default() };
    let found = browser.world.gateway.instances(MERCHANT, &filter, PageRequest::default()).await.unwrap();
    assert_eq!(found.items[0].state.as_str(), "active");
}

#[tokio::test]
async fn a_window_is_counted_before_it_is_sent_again() {
    let browser = Browser::new(busy_world().await).await;
    let window = "from=2025-01-01T00:00&to=2025-01-03T00:00&state=retrying";
    let preview = browser.get(&format!("/deliveries/resend?{window}&lang=en")).await;
    assert!(preview.text.contains("Send 1 again"), "{}", preview.text);
    let open_ended = browser.get("/deliveries/resend?from=2025-01-01T00:00").await;
    assert_eq!(open_ended.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = browser.post("/deliveries/resend", window).await;
    assert_eq!(sent.location, "/deliveries");
    browser.world.app_answers(&[Ok((200, APP_INFO))]);
    browser.world.gateway.run_due().await;
    let left = browser.get(&format!("/deliveries/resend?{window}&lang=en")).await;
    assert!(left.text.contains("No delivery stands in this window"));
}

#[tokio::test]
async fn a_new_secret_is_shown_once_and_later_only_when_asked_for() {
    let browser = Browser::new(World::bare().await).await;
    let form = "kind=webhook&name=app&url=https%3A%2F%2Fapp.example.com%2Fevents&changeCheck=ask";
    let made = browser.post("/connectors", form).await;
    assert!(made.location.starts_with("/connectors/con_"), "{}", made.text);
    assert!(browser.get(&made.location).await.text.contains("whsec_"), "shown right after");
    browser.world.clock.advance(std::time::Duration::from_secs(301));
    assert!(!browser.get(&made.location).await.text.contains("<code>whsec_"), "not shown unasked later");
    assert!(browser.post(&format!("{}/reveal", made.location), "").await.text.contains("<code>whsec_"));
    let added = browser.post("/keys", "interfaceType=base&text=").await;
    assert!(added.location.starts_with("/keys?added=key_"));
    let keys = browser.get(&added.location).await;
    assert!(keys.text.contains("data-copy="));
}

#[tokio::test]
async fn a_bad_line_of_a_pool_is_named_and_nothing_is_imported() {
    let browser = Browser::new(World::bare().await).await;
    let settings = ConnectorSettings::Pool { low_mark: 1 };
    let new = NewConnector { name: "pool".to_owned(), settings, products: Vec::new(), secret: None };
    let connector_id = browser.world.gateway.add_connector(MERCHANT, &new).await.unwrap().connector_id;
    const SKIP: &str = "--X\r\nContent-Disposition: form-data; name=\"skipBad\"\r\n\r\ntrue\r\n";
    let import_with = |csv: &str, more: &str| {
        let body = format!("{more}--X\r\nContent-Disposition: form-data; name=\"csv\"\r\n\r\n{csv}\r\n--X--\r\n");
        let request = Request::post(format!("/connectors/{connector_id}/pool?lang=en"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
        browser.send(request, body)
    };
    let import = |csv: &str| import_with(csv, "");
    let wrong = import("frontEndUrl,userName\nhttps://a.example.com,u1\nnowhere,u2").await;
    check("pool", Language::En, &wrong, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Lines that cannot be taken: 1"));
    assert!(wrong.text.contains("nowhere,u2"), "the lines stay");
    assert!(wrong.text.contains("<code>frontEndUrl</code>"), "the column is named");
    let some = import_with("frontEndUrl,userName\nhttps://a.example.com,u0\nnowhere,u2", SKIP).await;
    check("pool-skipped", Language::En, &some, StatusCode::OK);
    assert!(some.text.contains("lines skipped: 1"), "{}", some.text);
    let right = import("frontEndUrl,userName\nhttps://a.example.com,u1").await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.world.gateway.pool_stock(MERCHANT, &connector_id).await.unwrap().free, 2);
}

#[tokio::test]
async fn a_test_event_is_signed_and_its_answer_told() {
    let browser = Browser::new(World::with_app().await).await;
    let connector = browser.world.gateway.connectors(MERCHANT).await.unwrap().remove(0);
    let path = format!("/connectors/{}/test", connector.connector_id);
    browser.world.app_answers(&[Ok((204, ""))]);
    let good = browser.post(&path, "").await;
    assert!(good.cookies.iter().any(|cookie| cookie.starts_with("mercer_notice=ok.")));
    assert_eq!(browser.world.events()[0]["type"], "mercer.test");
    browser.world.app_answers(&[Err(FailureReason::Timeout)]);
    let bad = browser.post(&path, "").await;
    assert!(bad.cookies.iter().any(|cookie| cookie.starts_with("mercer_notice=bad.")));
}

#[tokio::test]
async fn an_unknown_id_is_a_page_that_says_so() {
    let browser = Browser::new(World::bare().await).await;
    for path in ["/instances/x", "/accounts/x", "/accounts/x/members", "/callbacks/x", "/deliveries/x", "/connectors/x"]
    {
        let shown = browser.get(path).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
        assert!(shown.text.contains("<h1"), "{path}");
    }
}

#[tokio::test]
async fn the_tree_opens_level_by_level_and_shows_where_one_is() {
    let browser = Browser::new(busy_world().await).await;
    let top = browser.check(&format!("/accounts/{TENANT}?instance=b-1"), Language::En).await;
    assert!(top.text.contains("Dept 0") && !top.text.contains("Dept 11<"), "only the top level");
    assert!(top.text.contains("<progress"), "a list is being applied");
    let below = browser.check(&format!("/accounts/{TENANT}?instance=b-1&open=D1"), Language::En).await;
    assert!(below.text.contains("Dept 11") && below.text.contains("aria-current=\"true\""));
    assert!(below.text.contains("members?instance=b-1&#38;department=D11"), "{}", below.text);
    let orphans = browser.check(&format!("/accounts/{TENANT}?instance=b-1&orphans=1"), Language::En).await;
    assert!(orphans.text.contains("Lost"));
    let found = browser.check(&format!("/accounts/{TENANT}?instance=b-1&text=liwei"), Language::En).await;
    assert!(found.text.contains("Name liwei"));
}

#[tokio::test]
async fn client_secrets_and_phones_are_masked_until_somebody_asks() {
    let browser = Browser::new(busy_world().await).await;
    let path = format!("/accounts/{TENANT}?instance=b-1");
    assert!(!browser.get(&path).await.text.contains("Secret-One-0001"));
    let revealed = browser.post(&format!("/accounts/{TENANT}/reveal?instance=b-1&lang=en"), "").await;
    check("/accounts/reveal", Language::En, &revealed, StatusCode::OK);
    assert!(revealed.text.contains("Secret-One-0001"));
    let members = format!("/accounts/{TENANT}/members?instance=b-1&lang=en");
    assert!(!browser.get(&members).await.text.contains("13800001234"));
    let revealed = browser.post(&members, "").await;
    check("/accounts/members", Language::En, &revealed, StatusCode::OK);
    assert!(revealed.text.contains("13800001234"));
    assert_eq!(browser.world.gateway.check_audit().await.unwrap(), None);
}

#[tokio::test]
async fn an_rsa_key_shows_its_public_key_and_keeps_the_private_one() {
    let browser = Browser::new(World::bare().await).await;
    let pem = crate::testing_kit::RSA_KEY;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("interfaceType", "rsa")
        .append_pair("text", pem)
        .finish();
    let added = browser.post("/keys", &form).await;
    assert_eq!(added.location, "/keys?made=rsa");
    let page = browser.check(&added.location, Language::En).await;
    assert!(page.text.contains("BEGIN PUBLIC KEY") && page.text.contains("RSA 3072"), "{}", page.text);
    assert!(!page.text.contains("PRIVATE KEY"));
    let wrong = browser.post("/keys?lang=en", "interfaceType=rsa&text=not+a+key").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("at least 3072 bits"), "{}", wrong.text);
}

#[tokio::test]
async fn bit_lengths_of_v1_are_set_by_product() {
    let browser = Browser::new(World::bare().await).await;
    let saved = browser.post("/keys/encryption", "bits=256&products=P-1%0D%0A%0D%0AS-2").await;
    assert_eq!(saved.location, "/keys#encryption");
    let encryption = browser.world.gateway.encryption(MERCHANT).await.unwrap();
    assert_eq!(encryption.products, [("P-1".to_owned(), 128), ("S-2".to_owned(), 128)].into());
    let page = browser.check("/keys", Language::Zh).await;
    assert!(page.text.contains("P-1\nS-2"), "{}", page.text);
}
