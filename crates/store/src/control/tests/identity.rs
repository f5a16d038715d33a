//! Application credentials, enterprises, bindings and grants over the control API.

use http::Method;
use serde_json::{Value, json};

use super::{World, fits};
use crate::control::test_world::application_key;
use crate::seed::seed_credential;

fn public_key() -> String {
    application_key().public_key().to_pem()
}

/// A seeded store with its credential, and the enterprise of the seed.
async fn furnished() -> (World, String) {
    let world = World::open().await;
    seed_credential(&world.store, &public_key()).await.unwrap();
    world.store.run_due().await.unwrap();
    let enterprises = world.get("/enterprises").await;
    fits("EnterprisePage", &enterprises);
    let tenant = enterprises["items"][0]["tenantId"].as_str().unwrap().to_owned();
    (world, tenant)
}

async fn put(world: &World, path: &str, body: Value) -> Value {
    let (status, answer) = world.call(Method::PUT, path, Some(body)).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

#[tokio::test]
async fn a_credential_is_made_tested_changed_and_has_one_test_account() {
    let (world, _) = furnished().await;
    let new = json!({"merchantId": "m_demo", "name": "Second", "addressId": "addr_demo",
        "loginAddress": "https://two.example.com/cb", "publicKey": public_key(), "platforms": ["weLink"]});
    let (status, made) = world.post("/application-credentials", new.clone()).await;
    assert_eq!(status, 201, "{made}");
    fits("AddedApplication", &made);
    let (status, problem) = world.post("/application-credentials", new).await;
    assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("loginAddress")));
    let path = format!("/application-credentials/{}", made["appId"].as_str().unwrap());
    assert!(world.get(&path).await.get("secret").is_none(), "the secret is shown once only");
    fits("Application", &world.get(&path).await);
    fits("ApplicationPage", &world.get("/application-credentials?merchantId=m_demo").await);
    world.store.run_due().await.unwrap();
    let test = world.get(&format!("{path}/test")).await;
    fits("BindingDetail", &test);
    assert_eq!((test["state"].as_str(), test["resourceId"].is_null()), (Some("bound"), true));
    fits("Application", &put(&world, &path, json!({"name": "Renamed", "multiInstance": true})).await);
    let (status, problem) = world.call(Method::PUT, &path, Some(json!({"multiInstance": false}))).await;
    assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some("multiInstance")));
    let (status, problem) = world.call(Method::PUT, &path, Some(json!({"publicKey": "MIIB"}))).await;
    assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some("publicKey")));
    assert_eq!(world.call(Method::GET, &format!("{path}/test-account"), None).await.0, 404);
    let (status, account) = world.post(&format!("{path}/test-account"), json!({})).await;
    assert_eq!(status, 201);
    fits("TestAccount", &account);
    assert_eq!(world.post(&format!("{path}/test-account"), json!({})).await.0, 409);
    let (status, again) = world.post(&format!("{path}/test"), json!({})).await;
    assert_eq!((status, again["state"].as_str()), (200, Some("syncing")));
}

#[tokio::test]
async fn an_enterprise_has_departments_and_members() {
    let (world, tenant) = furnished().await;
    let path = format!("/enterprises/{tenant}");
    fits("Enterprise", &world.get(&path).await);
    fits("DepartmentList", &world.get(&format!("{path}/departments")).await);
    let new = json!({"orgCode": "EU", "orgName": "Europe", "parentCode": "SALES"});
    let (status, made) = world.post(&format!("{path}/departments"), new).await;
    assert_eq!(status, 201, "{made}");
    fits("Department", &made);
    let moved = json!({"parentCode": "EU"});
    let (status, problem) = world.call(Method::PUT, &format!("{path}/departments/SALES"), Some(moved)).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("department.circle")));
    fits("Department", &put(&world, &format!("{path}/departments/EU"), json!({"parentCode": "FIN"})).await);
    let (status, removed) = world.call(Method::DELETE, &format!("{path}/departments/EU"), None).await;
    assert_eq!((status.as_u16(), &removed), (200, &json!({"removed": 1})));

    let member = json!({"userName": "ann", "name": "Ann", "orgCode": "RND", "role": "admin", "employeeType": 2});
    let (status, made) = world.post(&format!("{path}/members"), member).await;
    assert_eq!(status, 201, "{made}");
    fits("Member", &made);
    let ann = format!("{path}/members/ann");
    fits("Member", &put(&world, &ann, json!({"name": "Ann Li", "orgCode": "FIN"})).await);
    let (status, disabled) = world.post(&format!("{ann}/disable"), json!({})).await;
    assert_eq!((status, disabled["state"].as_str()), (200, Some("disabled")));
    let listed = world.get(&format!("{path}/members?state=disabled&orgCode=FIN&text=ANN")).await;
    fits("MemberPage", &listed);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.post(&format!("{ann}/enable"), json!({})).await.1["state"], "enabled");
    assert_eq!(world.call(Method::DELETE, &ann, None).await.0, 200);
    assert_eq!(world.call(Method::GET, &ann, None).await.0, 404);

    let admins = world.get(&format!("{path}/admins")).await;
    fits("AdminList", &admins);
    let (status, invited) = world.post(&format!("{path}/admins"), json!({"buyer": "linlan"})).await;
    assert_eq!((status, invited["items"].as_array().unwrap().len()), (200, 2));
}

#[tokio::test]
async fn a_file_with_bad_rows_imports_nothing_unless_told_to_skip() {
    let (world, tenant) = furnished().await;
    let path = format!("/enterprises/{tenant}/members");
    let csv = "userName,name,orgCode,email\nann,Ann,RND,\nbob,Bob,RND,bob\n";
    let (status, problem) = world.post(&format!("{path}/import"), json!({"csv": csv})).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("import.bad_rows")));
    assert_eq!(problem["errors"][0]["field"], "line 3, column email");
    fits("Problem", &problem);
    let (status, imported) = world.post(&format!("{path}/import"), json!({"csv": csv, "onBadRows": "skip"})).await;
    assert_eq!((status, imported["added"].as_i64(), imported["bad"].as_i64()), (200, Some(1), Some(1)));
    fits("Imported", &imported);
    let exported = world.get(&format!("{path}/export")).await;
    fits("Csv", &exported);
    assert!(exported["csv"].as_str().unwrap().contains("ann,Ann,RND,user"));
    let departments = format!("/enterprises/{tenant}/departments");
    let csv = json!({"csv": "orgCode,orgName,parentCode\nA,Above,HQ\n"});
    assert_eq!(world.post(&format!("{departments}/import"), csv).await.1["added"], 1);
    fits("Csv", &world.get(&format!("{departments}/export")).await);
}

#[tokio::test]
async fn a_joint_service_is_bound_granted_stopped_and_unbound() {
    let (world, tenant) = furnished().await;
    let buyer = &world.seeded.buyers[1].0;
    let body = json!({"buyerId": buyer, "productId": "campus-team-month", "quantity": 50, "pay": true});
    let (status, order) = world.post("/orders", body).await;
    assert_eq!(status, 201, "{order}");
    world.store.run_due().await.unwrap();
    let wanted = json!({"tenantId": tenant, "resourceId": order["orderId"]});
    let (status, bound) = world.post("/bindings", wanted.clone()).await;
    assert_eq!(status, 201, "{bound}");
    fits("BindingDetail", &bound);
    assert_eq!(world.post("/bindings", wanted).await.1["code"], "binding.bound");
    world.store.run_due().await.unwrap();
    let path = format!("/bindings/{}", bound["bindingId"].as_str().unwrap());
    let bound = world.get(&path).await;
    fits("BindingDetail", &bound);
    assert_eq!(bound["state"], "bound", "{bound}");
    assert_eq!(bound["steps"].as_array().unwrap().len(), 3);

    let grant = json!({"users": ["chen.hao"], "departments": ["SALES"]});
    let (status, granted) = world.post(&format!("{path}/grants"), grant).await;
    assert_eq!((status, granted["authorised"].as_i64(), &granted["departments"]), (200, Some(3), &json!(["SALES"])));
    fits("AuthorisationPage", &world.get(&format!("{path}/authorisations")).await);
    let (_, less) = world.post(&format!("{path}/withdrawals"), json!({"departments": ["SALES"]})).await;
    assert_eq!(less["authorised"], 1);
    assert_eq!(world.post(&format!("{path}/grants"), json!({})).await.1["code"], "grant.nobody");
    let released = put(&world, &format!("{path}/personal-fields"), json!({"releasePersonal": true})).await;
    assert_eq!(released["releasePersonal"], true);
    for (verb, state) in [("stop", "stopped"), ("start", "bound"), ("retry", "syncing"), ("unbind", "unbound")] {
        let (status, after) = world.post(&format!("{path}/{verb}"), json!({})).await;
        assert_eq!((status, after["state"].as_str()), (200, Some(state)), "{verb}: {after}");
        fits("BindingDetail", &after);
        world.store.run_due().await.unwrap();
    }
    fits("BindingList", &world.get(&format!("/enterprises/{tenant}/bindings")).await);
    let customers = world.get("/application-credentials/app_demo/customers").await;
    fits("CustomerPage", &customers);
    let customer = format!("/application-credentials/app_demo/customers/{tenant}");
    fits("Customer", &put(&world, &customer, json!({"loginAddress": "https://nw.example.com/cb"})).await);
    let (status, told) = world.post("/application-credentials/app_demo/push", json!({})).await;
    assert_eq!((status, told["told"].as_i64()), (200, Some(0)));
    let (status, dissolved) = world.post(&format!("/enterprises/{tenant}/dissolve"), json!({})).await;
    assert_eq!((status, dissolved["state"].as_str()), (200, Some("dissolved")));
    for missing in ["/bindings/none", "/enterprises/none", "/application-credentials/none"] {
        assert_eq!(world.call(Method::GET, missing, None).await.0, 404, "{missing}");
    }
}
