//! `mercer up` from the command line: ready at once, everything kept, and one clear message when something
//! is wrong.

use std::net::TcpListener;
use std::process::Output;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::folder::Folder;
use crate::support::http::Api;
use crate::support::program::{Program, Start};
use crate::support::town::text;
use crate::support::wait::until;

const WITHIN: Duration = Duration::from_secs(20);
/// Everything on free ports.
const ARGUMENTS: [&str; 10] =
    ["up", "--json", "--data", "data", "--store", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--app", "127.0.0.1:0"];

#[tokio::test(flavor = "multi_thread")]
async fn up_is_ready_keeps_everything_and_ends_on_ctrl_c() {
    let folder = Folder::new("up");
    let mut up = Program::start(Start::new(folder.path(), "up", &ARGUMENTS)).await;
    let first = up.ready.clone();
    assert_promised_members(&first);
    let api = Api::at(&text(&first["store"]["url"]), &text(&first["store"]["token"]));
    let order = json!({
        "buyerId": first["buyers"][0]["buyerId"],
        "productId": "teamboard-standard-month",
        "quantity": 2,
        "pay": true,
    });
    let order_id = text(&api.post("/orders", order).await["orderId"]);
    let instance = format!("/instances/{order_id}");
    until("the merchant's instance id", WITHIN, async || api.get(&instance).await["instanceId"].as_str().map(drop))
        .await;
    api.post("/clock/advance", json!({"until": "idle"})).await;
    assert_eq!(api.get(&format!("/orders/{order_id}")).await["state"], "completed");
    let password = api.get(&format!("{instance}/view")).await["appInfo"]["password"].clone();
    assert!(password.is_string(), "{password}");

    let refused = Start::new(folder.path(), "second", &ARGUMENTS).output().await;
    assert_refusal(&refused, 5, &["another mercer is using this data folder"]);

    assert_eq!(up.interrupt().await.code(), Some(0), "{}", up.log());
    up.again().await;
    assert_promised_members(&up.ready);
    for kept in ["merchantId", "accessKey", "kitAccessKey", "generalAccessKey", "v1Key", "buyers", "productIds"] {
        assert_eq!(up.ready[kept], first[kept], "{kept}");
    }
    // The ports are others, the tokens the same.
    let api = Api::at(&text(&up.ready["store"]["url"]), &text(&first["store"]["token"]));
    assert_eq!(api.get(&format!("/orders/{order_id}")).await["state"], "completed");
    let view = api.get(&format!("{instance}/view")).await;
    assert_eq!(view["appInfo"]["password"], password, "the account is still there: {view}");
    assert_eq!(up.interrupt().await.code(), Some(0), "{}", up.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_joint_product_can_be_bound_as_soon_as_the_pair_of_keys_is_made() {
    let folder = Folder::new("pair");
    let mut up = Program::start(Start::new(folder.path(), "pair", &ARGUMENTS)).await;
    let api = Api::at(&text(&up.ready["store"]["url"]), &text(&up.ready["store"]["token"]));
    let tested = until("the credential and its test calls", WITHIN, async || {
        let all = api.get("/application-credentials").await;
        let app_id = all["items"][0]["appId"].as_str()?.to_owned();
        let test = api.get(&format!("/application-credentials/{app_id}/test")).await;
        (test["state"] == "bound").then_some(app_id)
    });
    let app_id = tested.await;
    let known = api.get(&format!("/application-credentials/{app_id}")).await;
    assert_eq!(up.interrupt().await.code(), Some(0), "{}", up.log());
    up.again().await;
    let api = Api::at(&text(&up.ready["store"]["url"]), &text(&up.ready["store"]["token"]));
    let again = api.get(&format!("/application-credentials/{app_id}")).await;
    assert_eq!(again["publicKey"], known["publicKey"], "the pair is made once");
    assert_eq!(up.interrupt().await.code(), Some(0), "{}", up.log());
}

#[tokio::test]
async fn a_wrong_setting_ends_with_2_and_names_key_value_and_what_is_allowed() {
    let folder = Folder::new("wrong");
    let file = folder.join("mercer.toml");
    for (content, expected) in [
        ("[gateway.signature]\nwindow_seconds = 901\n", ["gateway.signature.window_seconds", "901", "1 to 900"]),
        ("[store]\nprofile = \"mars\"\n", ["store.profile", "mars", "sandbox, cn, intl, eu"]),
        ("[gateway]\nlissten = \"x\"\n", ["gateway.lissten", "x", "mercer config example"]),
        ("[outbox]\nworkers = \"many\"\n", ["outbox.workers", "many", "whole number"]),
    ] {
        std::fs::write(&file, content).expect("the temporary folder can be written");
        for face in ["up", "gateway", "store"] {
            let line = [face, "--data", "d", "--config", "mercer.toml"];
            assert_refusal(&Start::new(folder.path(), "wrong", &line).output().await, 2, &expected);
        }
    }
    std::fs::remove_file(&file).expect("it was written a moment ago");
    let start = Start::new(folder.path(), "wrong", &["up", "--data", "d"]).with("MERCER_OUTBOX__POLL_MS", "5");
    assert_refusal(&start.output().await, 2, &["outbox.poll_ms", "5", "20 to 60000"]);
    let start = Start::new(folder.path(), "wrong", &["up", "--data", "d", "--json", "--database-url", "mysql://x"]);
    let refused = start.output().await;
    let error: Value = serde_json::from_slice(&refused.stderr).expect("with --json the message is JSON");
    assert_eq!((refused.status.code(), &error["error"]["exitCode"]), (Some(2), &json!(2)), "{error}");
    assert!(text(&error["error"]["input"]).contains("mysql://x"), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_way_out() {
    let folder = Folder::new("taken");
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("a listener has an address").to_string();
    let mut line = ARGUMENTS;
    let at = line.iter().position(|word| *word == "--gateway").expect("it is on the line");
    line[at + 1] = &address;
    let refused = Start::new(folder.path(), "taken", &line).output().await;
    assert_refusal(&refused, 6, &["the address is in use", &address, "--gateway 127.0.0.1:0"]);
}

fn assert_promised_members(ready: &Value) {
    for path in ["/store/url", "/store/token", "/gateway/url", "/gateway/token", "/app/url", "/merchantId"] {
        let value = ready.pointer(path).and_then(Value::as_str).unwrap_or_default();
        assert!(!value.is_empty(), "{path}: {ready}");
    }
    let count = |name: &str| ready[name].as_array().map_or(0, Vec::len);
    assert!(count("buyers") >= 2 && count("productIds") >= 4 && count("logins") >= 4, "{ready}");
}

/// One message on the errors' channel and nothing else.
fn assert_refusal(output: &Output, code: i32, expected: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(output.stdout.is_empty(), "{output:?}");
    for word in expected {
        assert!(message.contains(word), "{word} is not in: {message}");
    }
    let messages = message.lines().filter(|line| line.starts_with("error") || line.starts_with('{')).count();
    assert!(messages == 1 && !message.contains("panicked"), "one message: {message}");
}
