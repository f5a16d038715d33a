//! A merchant of a few lines that speaks every family, remembers when it was called, and fails as it is told to.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::http::{Answer, BoxFuture, Failure, FailureReason, Outbound, Request};
use mercer_protocol::body_sign;
use serde_json::{Value, json};

/// The key of SaaS V1.0, which also signs the answers.
pub(super) const V1_KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nobody answers.
    NoAnswer,
    /// HTTP status 500.
    Status500,
    /// A result code that is neither success nor pending.
    WrongCode,
    /// V1: success in words, with the signature of another key.
    WrongBodySign,
    /// V1: success in words, without a signature.
    NoBodySign,
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// When, on the store's clock.
    pub(super) at: Instant,
    /// `saas_v2/newInstance`, `kit_v1/tenantSync`, …
    pub(super) name: String,
    /// `GET` or `POST`.
    pub(super) method: String,
    /// What distinguishes one attempt from another: nonce, time stamp and business id.
    pub(super) marks: String,
}

/// How calls of one name are answered; well unless told otherwise.
#[derive(Debug, Clone)]
enum Manner {
    Fails(Trouble),
    Says(String),
}

/// The merchant.
pub(super) struct Merchant {
    clock: Clock,
    wall: Clock,
    calls: Mutex<Vec<Call>>,
    manners: Mutex<HashMap<String, Manner>>,
    proof: Mutex<String>,
}

impl Merchant {
    pub(super) fn new(clock: Clock, wall: Clock) -> Self {
        Self { clock, wall, calls: Mutex::default(), manners: Mutex::default(), proof: Mutex::default() }
    }

    /// What the proof file of the address holds.
    pub(super) fn prove(&self, token: &str) {
        token.clone_into(&mut self.proof.lock().unwrap());
    }

    /// From now on every call of this name fails.
    pub(super) fn fail(&self, name: &str, trouble: Trouble) {
        self.manners.lock().unwrap().insert(name.to_owned(), Manner::Fails(trouble));
    }

    /// From now on every call of this name is answered well, with this code.
    pub(super) fn say(&self, name: &str, code: &str) {
        self.manners.lock().unwrap().insert(name.to_owned(), Manner::Says(code.to_owned()));
    }

    /// From now on everything is answered well, and what was called before is forgotten.
    pub(super) fn heal(&self) {
        self.manners.lock().unwrap().clear();
        self.calls.lock().unwrap().clear();
    }

    /// Calls of this name so far.
    pub(super) fn calls(&self, name: &str) -> Vec<Call> {
        self.calls.lock().unwrap().iter().filter(|call| call.name == name).cloned().collect()
    }

    fn answer(&self, request: &Request) -> Result<Answer, Failure> {
        if request.url.ends_with("/.well-known/mercer-verify.txt") {
            let proof = self.proof.lock().unwrap().clone();
            return Ok(Answer { status: 200, headers: HeaderMap::new(), body: Bytes::from(proof) });
        }
        // A call takes its time, so the next one is signed at another.
        self.wall.advance(Duration::from_millis(1));
        let asked = Asked::read(request);
        let manner = self.manners.lock().unwrap().get(&asked.name).cloned();
        self.calls.lock().unwrap().push(Call {
            at: self.clock.now(),
            name: asked.name.clone(),
            method: request.method.to_string(),
            marks: asked.marks.clone(),
        });
        let code = match &manner {
            Some(Manner::Fails(Trouble::NoAnswer)) => {
                return Err(Failure::new(FailureReason::ConnectFailed, "nobody there"));
            }
            Some(Manner::Fails(Trouble::WrongCode)) => "000005",
            Some(Manner::Says(code)) => code,
            Some(Manner::Fails(Trouble::Status500 | Trouble::WrongBodySign | Trouble::NoBodySign)) | None => "000000",
        };
        let body = asked.body(code).to_string();
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let key = match manner {
            Some(Manner::Fails(Trouble::NoBodySign)) => None,
            Some(Manner::Fails(Trouble::WrongBodySign)) => Some("another key"),
            Some(_) | None => Some(V1_KEY),
        };
        if let Some(key) = key.filter(|_| asked.is_v1()) {
            let value = body_sign::header_value(key, body.as_bytes());
            headers.insert("body-sign", value.parse().unwrap());
        }
        let status = if matches!(manner, Some(Manner::Fails(Trouble::Status500))) { 500 } else { 200 };
        Ok(Answer { status, headers, body: Bytes::from(body) })
    }
}

/// What a request asks for.
struct Asked {
    name: String,
    instance_id: String,
    order_id: String,
    marks: String,
}

impl Asked {
    fn read(request: &Request) -> Self {
        let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let header = |name: &str| request.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        let in_query = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(given, _)| *given == name).map(|(_, value)| value.replace("%2C", ","))
        };
        let text = |name: &str| in_query(name).or_else(|| body[name].as_str().map(str::to_owned)).unwrap_or_default();
        let name = if request.method == http::Method::GET {
            let accepts = if text("acceptanceTime").is_empty() { "" } else { "/acceptance" };
            format!("saas_v1/{}{accepts}", text("activity"))
        } else if let Some((_, call)) = path.split_once("/produceAPI/v2/") {
            format!("kit_v2/{call}")
        } else if let Some((_, call)) = path.split_once("/produceAPI/") {
            format!("kit_v1/{call}")
        } else if text("activity") == "orderNotify" {
            "order_notification/orderNotify".to_owned()
        } else {
            format!("saas_v2/{}", text("activity"))
        };
        let in_header = |name: &str| header(name).map_or("", |(_, value)| value.as_str()).to_owned();
        let marks = [text("nonce"), text("businessId"), text("timeStamp"), in_header("x-nonce"), in_header("x-sign")];
        Self { name, instance_id: text("instanceId"), order_id: text("orderId"), marks: marks.join(" ") }
    }

    fn is_v1(&self) -> bool {
        self.name.starts_with("saas_v1/") || self.name.starts_with("kit_v1/")
    }

    fn body(&self, code: &str) -> Value {
        let mut body = json!({ "resultCode": code, "resultMsg": "as told" });
        let app = json!({ "frontEndUrl": "https://app.example.com" });
        let activity = self.name.split('/').nth(1).unwrap_or_default();
        match activity {
            "newInstance" => {
                body["instanceId"] = json!(format!("a-{}", self.order_id));
                body["appInfo"] = app;
            }
            "queryInstance" => {
                let infos = self.instance_id.split(',').map(|id| json!({ "instanceId": id, "appInfo": app }));
                body["info"] = infos.collect();
            }
            _ => {}
        }
        body
    }
}

impl Outbound for Merchant {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        let answer = self.answer(&request);
        Box::pin(async move { answer })
    }
}
