//! A person buys a product in the shop, sees it become ready, and works with the seller's app; then looks at
//! the same story from the merchant's side.

use serde_json::Value;

use crate::support::driver::{Person, with_browser};
use crate::support::folder::Folder;
use crate::support::program::{Program, Start};
use crate::support::town::text;

const PRODUCT: &str = "teamboard-professional-year";
const SEATS: &str = "3";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_buys_a_product_and_opens_the_app() {
    let folder = Folder::new("browser-up");
    let line = ["up", "--json", "--data", "data", "--virtual-clock"];
    let line = [&line[..], &["--store", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--app", "127.0.0.1:0"]].concat();
    let up = Program::start(Start::new(folder.path(), "up", &line)).await;
    let ready = up.ready.clone();
    // The merchant answers "not ready" at first; the store asks again two minutes later, on its own clock.
    let wait = Start::new(folder.path(), "clock", &["clock", "advance", "--until-idle", "--data", "data"]);
    with_browser("zh-CN", move |person| async move {
        buys(&person, &text(&ready["store"]["url"])).await;
        let advanced = wait.output().await;
        assert!(advanced.status.success(), "{advanced:?}");
        // Nobody loads the page again: it looks by itself.
        person.sees_in(".page-head .badge", "已完成").await;
        let (user, password) = reads_the_account(&person).await;
        uses_the_app(&person, (&user, &password)).await;
        switches_the_language(&person, &text(&ready["store"]["url"])).await;
        sees_the_merchants_side(&person, &ready).await;
    })
    .await;
}

async fn buys(person: &Person, store: &str) {
    person.goes_to(store).await;
    person.sees("轻舟看板").await;
    person.clicks("a[href^='/products/teamboard']").await;
    person.chooses(PRODUCT).await;
    person.is_at(PRODUCT).await;
    person.types("#quantity", SEATS).await;
    person.types("#periodNumber", "2").await;
    person.clicks("button[formaction='/order']").await;
    // Ordering needs an account; the sandbox's sign-in page offers one.
    person.is_at("/login").await;
    person.clicks(".demo form:has(input[value='linlan']) button").await;
    // Two years of three seats at 390.
    person.sees_in("form[action='/orders']", "2340.00").await;
    person.clicks("form[action='/orders'] button.primary").await;
    person.clicks("form[action$='/pay'] button.primary").await;
    person.sees_in(".page-head .badge", "处理中").await;
}

/// From "my purchased services" to address and account; the password shows when it is asked for.
async fn reads_the_account(person: &Person) -> (String, String) {
    person.clicks("nav.sections a[href='/services']").await;
    person.sees_in("tbody", "使用中").await;
    person.clicks("tbody a[href^='/services/']").await;
    let user = person.reads("dl.facts .copyable code").await;
    person.clicks("dl.facts details summary").await;
    let password = person.reads("dl.facts details .copyable code").await;
    (user, password)
}

async fn uses_the_app(person: &Person, (user, password): (&str, &str)) {
    person.clicks("a.button[target='_blank']").await;
    person.turns_to_the_new_tab().await;
    assert_eq!(person.attribute("#user", "value").await, user, "the app's address names the user");
    person.types("#password", password).await;
    person.clicks("form[action='/login'] button.primary").await;
    person.sees_in("dl.facts", PRODUCT).await;
    person.sees_in("dl.facts", SEATS).await;
}

async fn switches_the_language(person: &Person, store: &str) {
    person.goes_to(&format!("{store}/services")).await;
    person.sees("已购服务").await;
    person.clicks("button[name='lang']").await;
    person.sees_in("h1", "My services").await;
    assert_eq!(person.attribute("html", "lang").await, "en");
    person.goes_to(store).await;
    person.sees("Skiff Board").await;
}

async fn sees_the_merchants_side(person: &Person, ready: &Value) {
    let logins = ready["logins"].as_array().expect("up prints logins");
    let login = logins.iter().find(|login| login["role"] == "gateway.administrator").expect("one is the gateway's");
    person.goes_to(&format!("{}/instances", text(&login["url"]))).await;
    person.types("#name", &text(&login["user"])).await;
    person.types("#password", &text(&login["password"])).await;
    person.clicks("form[action='/login'] button.primary").await;
    person.clicks("tbody a[href^='/instances/']").await;
    for told in ["Create instance", "Instance bought", "the app took it"] {
        person.sees_in("#story .timeline", told).await;
    }
    person.clicks("#story .timeline details summary").await;
    person.sees_in("#story .timeline details", "mercer.instance.created").await;
    // The call as it came.
    person.clicks("#story .timeline a[href^='/callbacks/']").await;
    person.is_at("/callbacks/").await;
    person.sees("newInstance").await;
    person.sees("000004").await;
}
