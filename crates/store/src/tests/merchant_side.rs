//! A merchant that checks every signature, remembers what it was asked, and answers as it is told to.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use mercer_kernel::clock::{Clock, Instant};
use mercer_kernel::http::{Answer, BoxFuture, Failure, FailureReason, HeaderMap, Outbound, Request};
use mercer_protocol::saas_v2::signature::{Presented, VerifyInput, VerifySettings, verify};
use serde_json::{Value, json};

use super::KEY;

/// One call as the merchant saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// When, on the store's clock.
    pub(super) at: Instant,
    /// Its nonce.
    pub(super) nonce: String,
    /// Its body.
    pub(super) body: Value,
}

/// How the merchant answers an activity.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// As it should.
    Well,
    /// With this JSON.
    Json(Value),
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

    fn check(&self, request: &Request) -> Seen {
        let url: url::Url = request.url.parse().unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let text = |name: &str| query.get(name).map(String::as_str);
        let presented = Presented { timestamp: text("timestamp"), nonce: text("nonce"), signature: text("signature") };
        let now_ms = self.wall.now().as_millis();
        let input = VerifyInput { body: &request.body, presented, now_ms, settings: VerifySettings::default() };
        verify(KEY, &input).expect("the store signs with the wall clock and the merchant's key");
        let nonce = query["nonce"].clone();
        assert_eq!(nonce.len(), 64);
        Seen { at: self.clock.now(), nonce, body: serde_json::from_slice(&request.body).unwrap() }
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
        let answer = |status: u16, body: &Value| {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", "application/json".parse().unwrap());
            Ok(Answer { status, headers, body: Bytes::from(body.to_string()) })
        };
        let result = match reply {
            Reply::Well => answer(200, &Self::well(&seen.body)),
            Reply::Json(body) => answer(200, &body),
            Reply::Status(status) => answer(status, &json!({})),
            Reply::Down => Err(Failure::new(FailureReason::ConnectFailed, "nobody there")),
        };
        self.seen.lock().unwrap().push(seen);
        Box::pin(async move { result })
    }
}
