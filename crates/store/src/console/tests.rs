//! Every page in both languages, as the one who may see it, and what others get.

mod identity;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use mercer_kernel::web::Language;

use crate::control::test_world::World;
use crate::seed::{DoorKeys, MERCHANT_ID, seed_doors};
use crate::{Refusal, catalog, instance, merchant, message, order};

const TEAMBOARD: &str = "teamboard-standard-month";

/// A store with people who can sign in.
struct Town {
    world: World,
}

impl Town {
    async fn open() -> Self {
        let world = World::open().await;
        let keys = DoorKeys { console_password: "demo".to_owned(), api_token: "seeded-token".to_owned() };
        seed_doors(&world.store, &keys).await.unwrap();
        let router = world.store.router();
        Self { world: World { router, ..world } }
    }

    async fn sign_in(&self, name: &str) -> String {
        let accounts = &self.world.store.core().accounts;
        let account = accounts.list().await.unwrap().into_iter().find(|account| account.name == name).unwrap();
        let cookie = accounts.start_session(&account, false).await.unwrap();
        cookie.to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    async fn get(&self, path: &str, cookies: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).header("host", "store.example").header("accept", "text/html");
        read(self.world.exchange(request.header("cookie", cookies).body(Body::empty()).unwrap()).await)
    }

    async fn post(&self, path: &str, cookies: &str, form: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::post(path)
            .header("host", "store.example")
            .header("origin", "http://store.example")
            .header("accept", "text/html")
            .header("cookie", cookies)
            .header("content-type", "application/x-www-form-urlencoded");
        read(self.world.exchange(request.body(Body::from(form.to_owned())).unwrap()).await)
    }

    /// The order a form leads to.
    async fn order(&self, buyer: &str, form: &str) -> String {
        let (status, headers, body) = self.post("/orders", buyer, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        location(&headers).split('/').nth(2).unwrap().to_owned()
    }

    async fn resource_of(&self, order_id: &str) -> String {
        order::by_id(self.world.store.core(), order_id).await.unwrap().unwrap().resource_id.unwrap()
    }

    /// Makes an instance usable, as the merchant's answer would.
    async fn activate(&self, order_id: &str) {
        let core = self.world.store.core();
        let found = instance::find(core, order_id).await.unwrap().unwrap();
        let mut active = instance::rules::activate(found, Some(1), core.foundation.clock.now()).unwrap();
        active.instance_id = Some(format!("m-{order_id}"));
        let mut batch = mercer_kernel::db::Batch::new();
        instance::update(&mut batch, &active);
        let placed = order::by_id(core, order_id).await.unwrap().unwrap();
        let done = order::rules::completed(placed, core.foundation.clock.now());
        order::repo::update(&mut batch, &done);
        core.foundation.db.apply(batch).await.unwrap();
    }
}

fn read((status, headers, body): (StatusCode, HeaderMap, Bytes)) -> (StatusCode, HeaderMap, String) {
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

fn location(headers: &HeaderMap) -> &str {
    headers[header::LOCATION].to_str().unwrap()
}

fn check(path: &str, language: Language, body: &str) {
    assert!(body.contains(&format!("<html lang=\"{}\"", language.tag())), "{path}: language");
    assert_eq!(body.matches("<h1").count(), 1, "{path}: one heading");
    assert!(body.contains("id=\"store-clock\""), "{path}: clock");
    for leftover in ["{{", "{%", "Some(", "None<", "style=\"", "onclick", "<script>"] {
        assert!(!body.contains(leftover), "{path}: {leftover} in the page");
    }
    let main = &body[body.find("<main").unwrap()..];
    let has_chinese = main.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one));
    assert!(language == Language::En || has_chinese, "{path}: Chinese text");
}

/// Everything there is to look at: an unpaid order, one in progress, a usable service, and its calls.
async fn furnished() -> (Town, Vec<(&'static str, Vec<String>)>) {
    let town = Town::open().await;
    let buyer = town.sign_in("linlan").await;
    let unpaid = town.order(&buyer, &format!("productId={TEAMBOARD}&quantity=3&periodNumber=2")).await;
    let running = town.order(&buyer, &format!("productId={TEAMBOARD}&quantity=5&periodNumber=1")).await;
    town.post(&format!("/orders/{running}/pay"), &buyer, "").await;
    let trial = town.order(&buyer, "productId=helpdesk-team-trial&quantity=2").await;
    let ready =
        town.order(&buyer, &format!("productId={TEAMBOARD}&quantity=7&extendName1=domain&extendValue1=a")).await;
    town.post(&format!("/orders/{ready}/pay"), &buyer, "").await;
    town.activate(&ready).await;
    town.activate(&trial).await;
    let core = town.world.store.core();
    town.world.store.run_due().await.unwrap();
    let filter = message::MessageFilter::default();
    let messages = message::list(core, &filter, crate::window::Window::first(9)).await.unwrap();
    let message = messages.last().unwrap().message_id.clone();
    let (service, trial_service) = (town.resource_of(&ready).await, town.resource_of(&trial).await);
    let opening = town.resource_of(&running).await;
    let owned = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect::<Vec<_>>();
    let mut buyers =
        owned(&["/", "/?text=board", "/?text=nothing-like-it", "/orders", "/orders?state=failed", "/services"]);
    buyers.extend([format!("/orders/{unpaid}"), format!("/orders/{unpaid}/pay"), format!("/orders/{running}")]);
    buyers.extend([format!("/orders/{ready}"), format!("/services/{service}"), format!("/services/{opening}")]);
    for deal in ["renew", "change", "upgrade", "formal", "unsubscribe", "cancel-renewal"] {
        buyers.push(format!("/services/{service}/{deal}"));
        buyers.push(format!("/services/{trial_service}/{deal}"));
    }
    buyers.push(format!("/services/{service}/renew?productId={TEAMBOARD}&periodNumber=99"));
    let (v1, awaiting, by_use) = v1_services(&town, &buyer).await;
    buyers.extend([&v1, &awaiting, &by_use].map(|service| format!("/services/{service}")));
    for deal in ["renew", "change", "upgrade", "unsubscribe"] {
        buyers.push(format!("/services/{v1}/{deal}"));
        buyers.push(format!("/services/{awaiting}/{deal}"));
    }
    let products = ["teamboard", "helpdesk", "migration", "wiki", "monitor", "esign", "orbit", "granary", "courier"];
    for code in products.into_iter().chain(["classroom"]) {
        buyers.push(format!("/products/{code}"));
    }
    buyers.push(format!("/products/teamboard?productId={TEAMBOARD}&quantity=0&periodNumber=many"));
    buyers.push(format!("/order?productId={TEAMBOARD}&quantity=2&periodNumber=3"));
    buyers.push("/order?productId=helpdesk-team-trial".to_owned());
    buyers.push("/order?productId=migration-single-once&quantity=7".to_owned());
    buyers.push("/clock".to_owned());
    let mut sellers = owned(&["/seller", "/seller/products", "/seller/products/new", "/seller/products/teamboard"]);
    sellers.extend(owned(&[
        "/seller/products/wiki",
        "/seller/products/orbit",
        "/seller/products/granary",
        "/seller/orders",
        "/seller/messages",
        "/seller/notices",
        "/seller/keys",
        "/seller/notifications",
    ]));
    sellers.extend(owned(&[
        "/seller/addresses",
        "/seller/credentials",
        "/seller/messages?state=running&from=2026-11-25",
    ]));
    sellers.extend([format!("/seller/orders/{running}"), format!("/seller/messages/{message}")]);
    let mut operators =
        owned(&["/operator", "/operator/merchants", "/operator/buyers", "/operator/orders", "/operator/instances"]);
    operators.extend(owned(&["/operator/messages", "/operator/clock", "/operator/settings", "/", "/clock"]));
    operators.extend([format!("/operator/orders/{running}"), format!("/operator/messages/{message}")]);
    operators.extend([format!("/operator/instances/{v1}"), format!("/operator/instances/{awaiting}")]);
    operators.extend([format!("/operator/instances/{service}"), format!("/operator/instances/{opening}")]);
    let guests = owned(&["/", "/products/teamboard", "/clock"]);
    (town, vec![("linlan", buyers), ("seller", sellers), ("operator", operators), ("", guests)])
}

/// Services of products reached by SaaS V1.0: in use, waiting for acceptance, charged by use.
async fn v1_services(town: &Town, buyer: &str) -> (String, String, String) {
    let mut services = Vec::new();
    for wish in
        ["productId=orbit-standard-month&quantity=2", "productId=granary-vault-year", "productId=courier-standard-use"]
    {
        let order = town.order(buyer, wish).await;
        town.post(&format!("/orders/{order}/pay"), buyer, "").await;
        town.world.store.run_due().await.unwrap();
        services.push(town.resource_of(&order).await);
    }
    let by_use = services.pop().unwrap();
    let awaiting = services.pop().unwrap();
    (services.pop().unwrap(), awaiting, by_use)
}

#[tokio::test]
async fn a_buyer_sees_what_can_be_read_and_accepts_the_service() {
    let town = Town::open().await;
    let buyer = town.sign_in("linlan").await;
    let (v1, awaiting, by_use) = v1_services(&town, &buyer).await;
    let page = town.get(&format!("/services/{v1}"), &buyer).await.2;
    assert!(page.contains("https://app.example.com") && page.contains("unreadable"), "{page}");
    assert!(!page.contains(&format!("/services/{v1}/change")), "there is no change on renewal");
    assert!(town.get(&format!("/services/{v1}/change"), &buyer).await.2.contains("cannot be changed on renewal"));
    assert!(town.get(&format!("/services/{by_use}"), &buyer).await.2.contains("Usage"));

    let path = format!("/services/{awaiting}");
    let page = town.get(&path, &buyer).await.2;
    assert!(page.contains("Confirm acceptance") && page.contains("Waits for acceptance"), "{page}");
    let other = town.sign_in("northwind").await;
    assert_eq!(town.post(&format!("{path}/accept"), &other, "").await.0, StatusCode::NOT_FOUND);
    let (status, headers, _) = town.post(&format!("{path}/accept"), &buyer, "").await;
    assert_eq!((status, location(&headers)), (StatusCode::SEE_OTHER, path.as_str()));
    let page = town.get(&path, &buyer).await.2;
    assert!(page.contains("In use") && !page.contains("Confirm acceptance"), "{page}");
}

#[tokio::test]
async fn a_v1_product_is_published_from_the_form() {
    let town = Town::open().await;
    let seller = town.sign_in("seller").await;
    let form = "nameZh=%E8%8C%B6&nameEn=Tea&addressId=addr_demo&currency=CNY&state=onSale&sku1.nameZh=%E6%A0%87&sku1.nameEn=Std\
        &sku1.month=9.90&sku1.countsZh=GB&sku1.countsEn=GB&sku1.kind=diskSize&sku1.max=10";
    let (status, _, body) = town.post("/seller/products/new", &seller, &format!("{form}&acceptance=yes")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("id=\"acceptance-error\""), "{body}");
    let v1 = format!("{form}&access=saasV1&acceptance=yes&encryptionBits=128&authorization=mobile");
    let (status, headers, body) = town.post("/seller/products/new", &seller, &v1).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let code = location(&headers).rsplit('/').next().unwrap().to_owned();
    let product = catalog::product(town.world.store.core(), &code).await.unwrap().unwrap();
    let expected = catalog::Integration {
        access: catalog::Access::SaasV1,
        acceptance: true,
        encryption_bits: 128,
        authorization: catalog::Authorization::Mobile,
        ..catalog::Integration::default()
    };
    assert_eq!(product.integration, expected);
    assert_eq!(product.skus[0].linear.as_ref().unwrap().kind, catalog::LinearKind::DiskSize);
    let page = town.get(&format!("/seller/products/{code}"), &seller).await.2;
    assert!(page.contains("AES-128-CBC") && page.contains("SaaS V1.0"), "{page}");
}

#[tokio::test]
async fn every_page_renders_in_both_languages() {
    let (town, people) = furnished().await;
    assert_rendered(&town, people).await;
}

/// Every page of everybody in both languages.
async fn assert_rendered(town: &Town, people: Vec<(&str, Vec<String>)>) {
    for (name, paths) in people {
        let session = if name.is_empty() { String::new() } else { town.sign_in(name).await };
        for path in paths {
            for language in Language::ALL {
                let cookies = format!("{session}; mercer_lang={}", language.code());
                let (status, headers, body) = town.get(&path, &cookies).await;
                assert_eq!(status, StatusCode::OK, "{path}: {body}");
                assert_eq!(headers[header::CONTENT_LANGUAGE], language.tag(), "{path}");
                check(&path, language, &body);
            }
        }
    }
}

#[tokio::test]
async fn lists_without_rows_say_what_to_do() {
    let town = Town::open().await;
    let buyer = town.sign_in("northwind").await;
    for path in ["/orders", "/services"] {
        let (status, _, body) = town.get(path, &buyer).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("class=\"empty\"") && body.contains("href=\"/\""), "{path}");
    }
    let seller = town.sign_in("seller").await;
    for path in ["/seller/orders", "/seller/messages", "/seller/notices"] {
        assert!(town.get(path, &seller).await.2.contains("class=\"empty\""), "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_what_belongs_to_others() {
    let (town, people) = furnished().await;
    let other = town.sign_in("northwind").await;
    let seller = town.sign_in("seller").await;
    let buyers = &people[0].1;
    for path in buyers.iter().filter(|path| path.starts_with("/orders/") || path.starts_with("/services/")) {
        assert_eq!(town.get(path, &other).await.0, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(town.get(path, &seller).await.0, StatusCode::FORBIDDEN, "{path}");
        let (status, headers, _) = town.get(path, "").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
        assert!(location(&headers).starts_with("/login?next="), "{path}");
    }
    for path in people[1].1.iter().filter(|path| path.starts_with("/seller")) {
        assert_eq!(town.get(path, &other).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    for path in people[2].1.iter().filter(|path| path.starts_with("/operator")) {
        assert_eq!(town.get(path, &seller).await.0, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_seller_sees_only_his_merchant() {
    let (town, people) = furnished().await;
    let core = town.world.store.core();
    let wanted =
        merchant::NewMerchant { merchant_id: Some("m_other".to_owned()), name: "他".to_owned(), name_en: None };
    merchant::add_merchant(&core.foundation, &wanted).await.unwrap();
    let account = mercer_kernel::web::account::Account {
        name: "other".to_owned(),
        role: mercer_kernel::web::account::Role::Seller,
        subject: "m_other".to_owned(),
        display_name: "Other".to_owned(),
    };
    core.accounts.ensure(&account, "demo").await.unwrap();
    let other = town.sign_in("other").await;
    let single = |path: &&String| path.matches('/').count() == 3 && !path.ends_with("/new");
    for path in people[1].1.iter().filter(single) {
        assert_eq!(town.get(path, &other).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(town.get("/seller/orders", &other).await.2.contains("class=\"empty\""));
}

#[tokio::test]
async fn a_purchase_goes_from_the_product_to_the_order() {
    let town = Town::open().await;
    let buyer = town.sign_in("linlan").await;
    let choice = format!("productId={TEAMBOARD}&quantity=5&periodNumber=2");
    let (_, _, page) = town.get(&format!("/products/teamboard?{choice}"), &buyer).await;
    assert!(page.contains("¥190.00"), "5 seats of ¥19 for 2 months");
    let order_id = town.order(&buyer, &choice).await;
    let (_, _, page) = town.get(&format!("/orders/{order_id}/pay"), &buyer).await;
    assert!(page.contains("¥190.00"));
    let (status, headers, _) = town.post(&format!("/orders/{order_id}/pay"), &buyer, "").await;
    assert_eq!((status, location(&headers)), (StatusCode::SEE_OTHER, format!("/orders/{order_id}").as_str()));
    let (_, _, page) = town.get(&format!("/orders/{order_id}"), &buyer).await;
    assert!(page.contains("data-refresh-ms=\"2000\"") && page.contains("Processing"));
    // Paying again is told, not done.
    let (_, headers, _) = town.post(&format!("/orders/{order_id}/pay"), &buyer, "").await;
    assert!(headers[header::SET_COOKIE].to_str().unwrap().starts_with("mercer_notice=bad."));
}

#[tokio::test]
async fn a_form_with_a_mistake_comes_back_with_the_allowed_range() {
    let town = Town::open().await;
    let buyer = town.sign_in("linlan").await;
    let (status, _, body) = town.post("/orders", &buyer, &format!("productId={TEAMBOARD}&quantity=0")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("1 to 500"), "{body}");
    let seller = town.sign_in("seller").await;
    let (status, _, body) = town.post("/seller/addresses", &seller, "url=nonsense").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("id=\"url-error\""), "{body}");
    let (status, _, body) = town.post("/seller/products/new", &seller, "nameZh=a&addressId=addr_demo").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("nameZh-error") && body.contains("1 to 100"), "{body}");
}

#[tokio::test]
async fn an_order_notification_is_added_tried_and_deleted() {
    let town = Town::open().await;
    let seller = town.sign_in("seller").await;
    let form = "accessType=saas&productCode=&addressId=addr_demo";
    let (status, headers, body) = town.post("/seller/notifications", &seller, form).await;
    assert_eq!((status, location(&headers)), (StatusCode::SEE_OTHER, "/seller/notifications"), "{body}");
    let (status, _, body) = town.post("/seller/notifications", &seller, form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("delete that first"), "{body}");
    let (_, _, page) = town.get("/seller/notifications", &seller).await;
    let test = page.split("action=\"").find(|rest| rest.starts_with("/seller/notifications/ntf_")).unwrap();
    let test = test.split('"').next().unwrap();
    let (status, headers, _) = town.post(test, &seller, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, _, page) = town.get(location(&headers), &seller).await;
    assert!(page.contains("testFlag") && page.contains("000000"), "request, answer and verdict are shown");
    for path in ["/seller/messages?interface=order_notification", "/seller/notifications"] {
        assert!(town.get(path, &seller).await.2.contains(location(&headers)), "{path}");
    }
    let delete = test.replace("/test", "/delete");
    assert_eq!(town.post(&delete, &seller, "").await.0, StatusCode::SEE_OTHER);
    assert_eq!(town.post(&delete, &seller, "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let town = Town::open().await;
    let seller = town.sign_in("seller").await;
    let (status, headers, body) =
        town.post("/seller/keys", &seller, "interfaceType=base&accessKey=brand-new-key-123456").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(!cookie.contains("brand-new-key"), "the cookie is sealed");
    let (_, headers, body) = town.get(location(&headers), &format!("{seller}; {cookie}")).await;
    assert!(body.contains("brand-new-key-123456"));
    assert!(headers.get_all(header::SET_COOKIE).iter().any(|value| value.to_str().unwrap().contains("mercer_once=;")));
    let operator = town.sign_in("operator").await;
    assert!(
        !town.get("/operator/merchants", &format!("{operator}; {cookie}")).await.2.contains("brand-new-key-123456")
    );
}

#[tokio::test]
async fn a_product_is_published_from_the_form_and_sold() {
    let town = Town::open().await;
    let seller = town.sign_in("seller").await;
    let form = "nameZh=%E8%8C%B6&nameEn=Tea&addressId=addr_demo&currency=CNY&state=onSale&sku1.nameZh=%E6%A0%87&sku1.nameEn=Std\
        &sku1.month=9.90&sku1.trialDays=7&sku1.countsZh=%E5%B8%AD&sku1.countsEn=Seats&sku1.max=10";
    let (status, headers, body) = town.post("/seller/products/new", &seller, form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let code = location(&headers).rsplit('/').next().unwrap().to_owned();
    let product = catalog::product(town.world.store.core(), &code).await.unwrap().unwrap();
    assert_eq!(product.merchant_id, MERCHANT_ID);
    assert_eq!(product.skus[0].prices.len(), 2);
    assert!(town.get("/", "").await.2.contains("Tea"));
    let (status, _, _) = town.post(&format!("/seller/products/{code}/state/saleStopped"), &seller, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!town.get("/", "").await.2.contains("Tea"));
}

#[tokio::test]
async fn the_operator_freezes_the_clock_and_an_instance() {
    let (town, people) = furnished().await;
    let operator = town.sign_in("operator").await;
    let (status, headers, _) = town.post("/operator/clock/freeze", &operator, "next=/operator/settings").await;
    assert_eq!((status, location(&headers)), (StatusCode::SEE_OTHER, "/operator/settings"));
    let (_, headers, _) = town.post("/operator/clock/advance", &operator, "to=2001-01-01T00:00").await;
    assert!(headers[header::SET_COOKIE].to_str().unwrap().starts_with("mercer_notice=bad."));
    let buyer = town.sign_in("linlan").await;
    assert_eq!(town.post("/operator/clock/freeze", &buyer, "").await.0, StatusCode::FORBIDDEN);
    let path = people[2].1.iter().find(|path| path.starts_with("/operator/instances/")).unwrap();
    town.post(&format!("{path}/freeze"), &operator, "").await;
    assert!(town.get(path, &operator).await.2.contains("Clear the violation"));
}

#[test]
fn a_refusal_is_told_in_both_languages() {
    let refusal = Refusal::conflict("a", "不行", "no");
    let notice = |language| super::fault::refusal_notice(&refusal, language).text;
    assert_eq!((notice(Language::Zh), notice(Language::En)), ("不行".to_owned(), "no".to_owned()));
}
