//! `mercer sign`, `verify`, `encrypt`, `decrypt` and `keys` as an integrator uses them: what one command
//! makes, the next one takes.

use std::process::Output;

use serde_json::Value;

use crate::support::folder::Folder;
use crate::support::program::Start;
use crate::support::town::text;

const KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
const BODY: &str =
    r#"{"flag":1,"instanceId":"inst-7f3a","name":"研发/部 Tools","tenantId":"t1","timeStamp":"20260311093015120"}"#;

async fn run(folder: &Folder, line: &[&str]) -> Output {
    Start::new(folder.path(), "scheme", line).output().await
}

/// What a command that must succeed says as JSON.
async fn told(folder: &Folder, line: &[&str]) -> Value {
    let output = run(folder, line).await;
    assert!(output.status.success(), "{line:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

#[tokio::test]
async fn what_sign_makes_verify_takes_for_every_scheme() {
    let folder = Folder::new("schemes");
    std::fs::write(folder.join("body.json"), BODY).expect("the temporary folder can be written");
    let v1 = ["--json", "sign", "v1", "--key", KEY, "-p", "activity=queryInstance", "-p", "name=a+b 张 %2B/="];
    let signed = told(&folder, &v1).await;
    std::fs::write(folder.join("mine.txt"), text(&signed["canonicalString"])).expect("as above");
    let url = text(&signed["url"]);
    let checked = told(&folder, &["--json", "verify", "v1", "--key", KEY, "--url", &url, "--mine", "mine.txt"]).await;
    assert_eq!((&checked["accepted"], &checked["difference"]["same"]), (&true.into(), &true.into()), "{checked}");

    for form in ["direct", "prehash"] {
        let line = ["--json", "sign", "kit-v2", "--key", KEY, "--form", form, "--body", "body.json"];
        let signed = told(&folder, &line).await;
        let header = |name: &str, member: &str| format!("{name}: {}", text(&signed[member]));
        let headers = [header("x-sign", "signature"), header("x-timestamp", "xTimestamp"), header("X-Nonce", "xNonce")];
        let mut line = vec!["--json", "verify", "kit-v2", "--key", KEY, "--body", "body.json"];
        headers.iter().for_each(|header| line.extend(["-H", header]));
        assert_eq!(told(&folder, &line).await["form"], form);
    }

    let signed = told(&folder, &["--json", "sign", "kit-v1", "--key", KEY, "--body", "body.json"]).await;
    let token = text(&signed["authToken"]);
    let line = ["--json", "verify", "kit-v1", "--key", KEY, "--body", "body.json", "--auth-token", &token];
    assert_eq!(told(&folder, &line).await["accepted"], true);

    let signed = told(&folder, &["--json", "sign", "body-sign", "--key", KEY, "--body", "body.json"]).await;
    let header = text(&signed["header"]);
    let line = ["--json", "verify", "body-sign", "--key", KEY, "--body", "body.json", "-H", &header];
    assert_eq!(told(&folder, &line).await["accepted"], true);

    let signed = told(&folder, &["--json", "sign", "order-notify", "--key", KEY, "--body", "body.json"]).await;
    let url = text(&signed["url"]);
    let line = ["--json", "verify", "order-notify", "--key", KEY, "--body", "body.json", "--url", &url];
    assert_eq!(told(&folder, &line).await["accepted"], true);
}

#[tokio::test]
async fn a_differing_own_string_ends_with_1_and_names_byte_and_reason_in_both_languages() {
    let folder = Folder::new("mine");
    let call = "activity=queryInstance&email=a%2Bb&timeStamp=20200727073711903";
    let signed = told(&folder, &["--json", "sign", "v1", "--key", KEY, "--query", call]).await;
    let url = text(&signed["url"]);
    let mine = "activity=queryInstance&email=a b&timeStamp=20200727073711903";
    for (language, words) in [("en", "you decoded \"+\" as a blank"), ("zh", "您把「+」解码成了空格")] {
        let line = ["--lang", language, "verify", "v1", "--key", KEY, "--url", &url, "--mine", mine];
        let output = run(&folder, &line).await;
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{shown}");
        assert!(shown.contains(words) && shown.contains("30") && shown.contains("U+002B +"), "{shown}");
    }
    let wrong = run(&folder, &["verify", "v1", "--key", "other", "--url", &url]).await;
    assert_eq!(wrong.status.code(), Some(1));
}

#[tokio::test]
async fn what_encrypt_makes_decrypt_reads() {
    let folder = Folder::new("ciphers");
    for bits in ["256", "128"] {
        let line = ["--json", "encrypt", "v1", "--key", KEY, "--bits", bits, "张三 13800138000"];
        let wire = text(&told(&folder, &line).await["wire"]);
        let line = ["--json", "decrypt", "v1", "--key", KEY, "--bits", bits, &wire];
        assert_eq!(told(&folder, &line).await["text"], "张三 13800138000");
    }
    let pair = told(&folder, &["--json", "keys", "rsa", "--out", "keys"]).await;
    let (public, private) = (text(&pair["publicKeyFile"]), text(&pair["privateKeyFile"]));
    let paste = text(&pair["paste"]);
    for (hash, mgf, key) in [("sha256", "sha256", &public), ("sha256", "sha1", &paste), ("sha1", "sha1", &public)] {
        let mut line = vec!["--json", "encrypt", "client-secret", "--public-key", key];
        line.extend(["--hash", hash, "--mgf", mgf, "s3cret"]);
        let secret = text(&told(&folder, &line).await["clientSecret"]);
        let found = told(&folder, &["--json", "decrypt", "client-secret", "--private-key", &private, &secret]).await;
        assert_eq!(found["text"], "s3cret");
        let padding = text(&found["padding"]).replace('-', "").to_lowercase();
        assert_eq!(padding, format!("{hash}/mgf1{mgf}"));
    }
    let again = run(&folder, &["keys", "rsa", "--out", "keys"]).await;
    assert_eq!(again.status.code(), Some(5), "a key is never written over");
}
