//! Enterprises and application credentials: from "bought" to "bound and authorised", and every page on the way.

use axum::body::Body;
use http::{Request, StatusCode, header};

use super::{Town, assert_rendered, location};
use crate::control::test_world::application_key;
use crate::seed::seed_credential;

fn public_key() -> String {
    application_key().public_key().to_pem()
}

/// A town where linlan has bound a joint service to a new enterprise with one member; the paths of both.
async fn bound() -> (Town, String, String) {
    let town = Town::open().await;
    seed_credential(&town.world.store, &public_key()).await.unwrap();
    let buyer = town.sign_in("linlan").await;
    let order = town.order(&buyer, "productId=campus-team-month&quantity=50&periodNumber=1").await;
    town.post(&format!("/orders/{order}/pay"), &buyer, "").await;
    town.activate(&order).await;
    let quick = format!("/services/{}/enterprise", town.resource_of(&order).await);
    let (status, _, body) = town.get(&quick, &buyer).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let form = "name=Acme+Tools&tenantCode=acme-tools&firstMember=lan&agree=yes";
    let (status, headers, body) = town.post(&quick, &buyer, form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let service = location(&headers).to_owned();
    let enterprise = service.split("/services/").next().unwrap().to_owned();
    for _ in 0..8 {
        town.world.store.run_due().await.unwrap();
    }
    (town, enterprise, service)
}

async fn import(town: &Town, path: &str, cookies: &str, csv: &str, skip: bool) -> (StatusCode, String) {
    let mut body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n"
    );
    if skip {
        body.push_str("--x\r\nContent-Disposition: form-data; name=\"skip\"\r\n\r\nyes\r\n");
    }
    body.push_str("--x--\r\n");
    let request = Request::post(path)
        .header("host", "store.example")
        .header("origin", "http://store.example")
        .header("cookie", cookies)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    let (status, _, body) = super::read(town.world.exchange(request).await);
    (status, body)
}

#[tokio::test]
async fn a_bought_service_is_bound_and_authorised_with_one_form() {
    let (town, enterprise, service) = bound().await;
    let buyer = town.sign_in("linlan").await;
    let (_, _, page) = town.get(&format!("{service}?lang=en"), &format!("{buyer}; mercer_lang=en")).await;
    assert!(page.contains("Bound"), "the three steps are through: {page}");
    assert!(page.contains("lan"), "the first member is authorised");
    let other = town.sign_in("northwind").await;
    for path in [&enterprise, &service] {
        assert_eq!(town.get(path, &other).await.0, StatusCode::NOT_FOUND, "somebody else's enterprise");
    }
}

#[tokio::test]
async fn every_page_of_enterprises_and_credentials_renders_in_both_languages() {
    let (town, enterprise, service) = bound().await;
    let buyer = town.sign_in("linlan").await;
    let form = "userName=liwei&name=Li+Wei&orgCode=&role=admin";
    town.post(&format!("{enterprise}/members/new"), &buyer, form).await;
    let pages = ["", "/admins", "/dissolve", "/members", "/members/new", "/members/lan", "/members/import"];
    let mut buyers: Vec<String> = pages.iter().map(|rest| format!("{enterprise}{rest}")).collect();
    buyers.extend(
        ["/departments", "/departments/import", "/members?state=disabled"].map(|rest| format!("{enterprise}{rest}")),
    );
    buyers.extend(["/enterprises".to_owned(), "/enterprises/new".to_owned(), service]);
    let sellers = ["/seller/applications", "/seller/applications/new", "/seller/applications/app_demo"];
    let sellers = sellers.map(str::to_owned).to_vec();
    assert_rendered(&town, vec![("linlan", buyers), ("seller", sellers)]).await;
    for path in [format!("{enterprise}/members/export"), format!("{enterprise}/departments/export")] {
        assert_eq!(town.get(&path, &buyer).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn an_import_names_line_and_column_and_imports_nothing_unless_told_to_skip() {
    let (town, enterprise, _) = bound().await;
    let buyer = format!("{}; mercer_lang=en", town.sign_in("linlan").await);
    let path = format!("{enterprise}/members/import");
    let (_, _, csv) = town.get(&format!("{enterprise}/members/export"), &buyer).await;
    let head = csv.trim_start_matches('\u{feff}').lines().next().unwrap().to_owned();
    let row = |user: &str, name: &str| {
        let cells: Vec<&str> = head
            .split(',')
            .map(|column| match column {
                "userName" => user,
                "name" => name,
                _ => "",
            })
            .collect();
        cells.join(",")
    };
    let file = format!("{head}\r\n{}\r\n\r\n{}\r\n", row("good", "Good"), row("bad name!", "Bad"));
    let (_, body) = import(&town, &path, &buyer, &file, false).await;
    assert!(body.contains("userName") && body.contains('4'), "line and column are named: {body}");
    assert_eq!(town.get(&format!("{enterprise}/members/good"), &buyer).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_credential_is_applied_for_and_its_secret_shown_once() {
    let town = Town::open().await;
    let seller = town.sign_in("seller").await;
    let key: String = public_key().lines().filter(|line| !line.starts_with("---")).collect();
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let form = format!(
        "name=Desk&authMode=oauth2&protocol=kit_v1&addressId=addr_demo&domainKind=shared\
         &loginAddress=https%3A%2F%2Fdesk.example.com%2Fsso&publicKey={key}"
    );
    let (status, headers, body) = town.post("/seller/applications/new", &seller, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let here = location(&headers).to_owned();
    let english = format!("{seller}; mercer_lang=en");
    let (_, _, body) = town.get(&here, &format!("{english}; {cookie}")).await;
    assert!(body.contains("shown this once only"), "{body}");
    assert!(!town.get(&here, &english).await.2.contains("shown this once only"));
    assert_eq!(town.post(&format!("{here}/test-account"), &seller, "").await.0, StatusCode::SEE_OTHER);
    assert!(town.get(&here, &english).await.2.contains("Sign-in centre"));

    let short = form.replace(&key, "MIGfMA0");
    let (status, _, body) = town.post("/seller/applications/new", &english, &short).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("publicKey"), "{body}");
}

#[tokio::test]
async fn each_customer_gets_a_login_address_of_its_own() {
    let (town, enterprise, _) = bound().await;
    let core = town.world.store.core();
    let independent = serde_json::from_value(serde_json::json!({"domainKind": "independent"})).unwrap();
    crate::identity::application::change(core, "app_demo", &independent).await.unwrap();
    let seller = town.sign_in("seller").await;
    let page = "/seller/applications/app_demo";
    let (_, _, body) = town.get(page, &seller).await;
    let ids: Vec<&str> = body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let once: std::collections::HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(once.len(), ids.len(), "every id occurs once: {ids:?}");
    let tenant_id = enterprise.rsplit('/').next().unwrap();
    let form = format!("loginAddress.{tenant_id}=https%3A%2F%2Facme.example.com%2Fsso");
    let (status, _, body) = town.post(&format!("{page}/customers/{tenant_id}"), &seller, &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    assert!(town.get(page, &seller).await.2.contains("https://acme.example.com/sso"));
    let other = town.post(&format!("{page}/customers/{tenant_id}"), &seller, "loginAddress.x=1").await;
    assert!(other.1[header::SET_COOKIE].to_str().unwrap().starts_with("mercer_notice=bad."));
}
