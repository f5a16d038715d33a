//! A merchant that checks every signature, remembers what it was asked, and answers as it is told to.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::http::{Answer, BoxFuture, Failure, FailureReason, HeaderMap, Method, Outbound, Request};
use mercer_protocol::body_sign;
use mercer_protocol::cipher::{self, Iv, KeySize};
use mercer_protocol::kit::{self, x_sign};
use mercer_protocol::saas_v1::auth_token;
use mercer_protocol::saas_v2::signature::{Presented, VerifyInput, VerifySettings, verify};
use serde_json::{Value, json};

use super::{GENERAL_KEY, KEY, KIT_KEY, V1_KEY};

/// One call as the merchant saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// When, on the store's clock.
    pub(super) at: Instant,
    /// Its nonce.
    pub(super) nonce: String,
    /// Its body; of the kit with the call's name as `activity`.
    pub(super) body: Value,
    /// The body's text.
    pub(super) raw: String,
    /// The path below the host.
    pub(super) path: String,
}

/// How the merchant answers an activity.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// As it should.
    Well,
    /// With this JSON.
    Json(Value),
    /// With this JSON and no signature; SaaS V1.0 demands one.
    Unsigned(Value),
    /// With this HTTP status.
    Status(u16),
    /// Not at all.
    Down,
}

/// The merchant.
pub(super) struct MerchantSide {
    clock: Clock,
    wall: Clock,
    seen: Mutex<Vec<Seen>>,
    replies: Mutex<HashMap<String, Reply>>,
}

impl MerchantSide {
    pub(super) fn new(clock: Clock, wall: Clock) -> Self {
        Self { clock, wall, seen: Mutex::default(), replies: Mutex::default() }
    }

    /// From now on answers an activity like this.
    pub(super) fn answer(&self, activity: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(activity.to_owned(), reply);
    }

    /// Calls of an activity so far.
    pub(super) fn calls(&self, activity: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.body["activity"] == activity).cloned().collect()
    }

    /// Activities called so far, without the polls.
    pub(super) fn activities(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let names = seen.iter().filter_map(|seen| seen.body["activity"].as_str());
        names.filter(|name| *name != "queryInstance").map(str::to_owned).collect()
    }

    /// Everything so far, oldest first.
    pub(super) fn all(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn check(&self, request: &Request) -> Seen {
        match kit::Interface::of_path(&request.url) {
            Some((version, interface)) => self.check_kit(request, version, interface),
            None if request.method == Method::GET => self.check_v1(request),
            None => self.check_v2(request),
        }
    }

    fn check_kit(&self, request: &Request, version: kit::Version, interface: kit::Interface) -> Seen {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        match version {
            kit::Version::V2 => {
                let presented = x_sign::Presented {
                    sign: header("x-sign"),
                    timestamp: header("x-timestamp"),
                    nonce: header("x-nonce"),
                };
                let now_ms = self.wall.now().as_millis();
                let settings = VerifySettings::default();
                let input = x_sign::VerifyInput { body: &request.body, presented, now_ms, settings };
                x_sign::verify_any(&[KIT_KEY], &input).expect("V2.0 of the kit is signed with the kit's key");
            }
            kit::Version::V1 => {
                let now = self.wall.now().to_jiff();
                let settings = kit::auth_token::VerifySettings { freshness_seconds: 0 };
                let presented = header("authToken");
                let input = kit::auth_token::VerifyInput { body: &request.body, presented, now, settings };
                kit::auth_token::verify_any(&[V1_KEY], &input).expect("V1.0 of the kit is signed with the V1 key");
            }
        }
        kit::Request::parse(interface, &request.body).expect("every field is as documented");
        let mut body: Value = serde_json::from_slice(&request.body).unwrap();
        body["activity"] = json!(interface.as_str());
        self.seen_now(request, header("x-nonce").unwrap_or_default().to_owned(), body)
    }

    fn seen_now(&self, request: &Request, nonce: String, body: Value) -> Seen {
        let raw = String::from_utf8(request.body.to_vec()).unwrap();
        let path = request.url.parse::<url::Url>().unwrap().path().to_owned();
        Seen { at: self.clock.now(), nonce, body, raw, path }
    }

    fn check_v1(&self, request: &Request) -> Seen {
        assert!(request.body.is_empty());
        let (_, raw_query) = request.url.split_once('?').unwrap();
        let now = self.wall.now().to_jiff();
        let settings = auth_token::VerifySettings { freshness_seconds: 60, plus_fallback: false };
        let input = auth_token::VerifyInput { raw_query, now, settings };
        let verified = auth_token::verify_any(&[V1_KEY], &input).expect("the store signs with the V1 key");
        let body = Value::Object(verified.parameters.to_members());
        let nonce = body["businessId"].as_str().unwrap_or_default().to_owned();
        self.seen_now(request, nonce, body)
    }

    fn check_v2(&self, request: &Request) -> Seen {
        let url: url::Url = request.url.parse().unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let text = |name: &str| query.get(name).map(String::as_str);
        let presented = Presented { timestamp: text("timestamp"), nonce: text("nonce"), signature: text("signature") };
        let now_ms = self.wall.now().as_millis();
        let input = VerifyInput { body: &request.body, presented, now_ms, settings: VerifySettings::default() };
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let key = if body["activity"] == "orderNotify" { GENERAL_KEY } else { KEY };
        verify(key, &input).expect("the store signs with the wall clock and the merchant's key");
        let nonce = query["nonce"].clone();
        assert_eq!(nonce.len(), 64);
        self.seen_now(request, nonce, body)
    }

    fn well_v1(body: &Value) -> Value {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        match text("activity").as_str() {
            "newInstance" => {
                let iv = Iv::new("A1b2C3d4E5f6G7h8").unwrap();
                let sealed = |plain: &str| cipher::encrypt(V1_KEY, KeySize::Bits256, &iv, plain);
                let app = json!({"frontEndUrl": "https://app.example.com", "adminUrl": "https://admin.example.com",
                    "userName": sealed("admin"), "password": sealed("s3cret"), "memo": "保管好密码"});
                json!({"resultCode": "000000", "resultMsg": "success.", "encryptType": "1",
                    "instanceId": format!("a-{}", text("orderId")), "appInfo": app})
            }
            "queryInstance" => {
                let usage = json!([{"usageValue": 3.5, "statisticalTime": "20260301040000000"}]);
                json!({"resultCode": "000000", "info": [{"instanceId": text("instanceId"), "usageInfo": usage}]})
            }
            _ => json!({"resultCode": "000000", "resultMsg": "success."}),
        }
    }

    fn well(body: &Value) -> Value {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        match body["activity"].as_str().unwrap_or_default() {
            "newInstance" => {
                json!({"resultCode": "000004", "resultMsg": "ok", "instanceId": format!("a-{}", text("orderId"))})
            }
            "queryInstance" => {
                let app = json!({"frontEndUrl": "https://app.example.com", "userName": "admin", "password": "s3cret"});
                json!({"resultCode": "000000", "info": [{"instanceId": text("instanceId"), "appInfo": app}]})
            }
            _ => json!({"resultCode": "000000", "resultMsg": "success."}),
        }
    }
}

impl Outbound for MerchantSide {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        let seen = self.check(&request);
        let activity = seen.body["activity"].as_str().unwrap().to_owned();
        let reply = self.replies.lock().unwrap().get(&activity).cloned().unwrap_or(Reply::Well);
        let kit_v1 = kit::Interface::of_path(&request.url).is_some_and(|(version, _)| version == kit::Version::V1);
        let v1 = request.method == Method::GET;
        let answer_with = |status: u16, body: &Value, signed: bool| {
            let text = body.to_string();
            let mut headers = HeaderMap::new();
            headers.insert("content-type", "application/json".parse().unwrap());
            if signed {
                headers.insert("body-sign", body_sign::header_value(V1_KEY, text.as_bytes()).parse().unwrap());
            }
            Ok(Answer { status, headers, body: Bytes::from(text) })
        };
        let answer = |status: u16, body: &Value| answer_with(status, body, v1 || kit_v1);
        let result = match reply {
            Reply::Well if v1 => answer(200, &Self::well_v1(&seen.body)),
            Reply::Well => answer(200, &Self::well(&seen.body)),
            Reply::Json(body) => answer(200, &body),
            Reply::Unsigned(body) => answer_with(200, &body, false),
            Reply::Status(status) => answer(status, &json!({})),
            Reply::Down => Err(Failure::new(FailureReason::ConnectFailed, "nobody there")),
        };
        self.seen.lock().unwrap().push(seen);
        Box::pin(async move { result })
    }
}
