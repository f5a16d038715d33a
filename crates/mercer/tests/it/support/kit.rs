//! Calls of the kit, made by the test in the store's place.

use bytes::Bytes;
use http::Request as HttpRequest;
use http_body_util::Full;
use mercer_kernel::clock::Clock;
use mercer_kernel::entropy::Entropy;
use mercer_protocol::kit::{Flag, Request, TenantSync, TestFlag, Version, x_sign};
use mercer_protocol::time::CompactTime;
use serde_json::{Map, Value};

use super::http::call;
use super::town::{KIT_ACCESS_KEY, MERCHANT};

/// The enterprise.
pub(crate) const TENANT: &str = "5f0c2a9be1d94b0f8f1f3a5a7c9d2e11";

/// An enterprise that is bound to an instance.
pub(crate) fn enterprise(instance_id: &str, order_id: &str) -> Request {
    Request::TenantSync(TenantSync {
        instance_id: Some(instance_id.to_owned()),
        order_id: Some(order_id.to_owned()),
        tenant_id: TENANT.to_owned(),
        tenant_code: "town".to_owned(),
        name: "Town".to_owned(),
        domain_name: "https://town.example.com".to_owned(),
        flag: Flag::Add,
        test_flag: TestFlag::Off,
        time_stamp: now(),
        unknown: Map::new(),
    })
}

/// This moment, as the kit writes it.
pub(crate) fn now() -> CompactTime {
    CompactTime::milliseconds(Clock::real().now().to_jiff())
}

/// Makes one signed call of a gateway.
pub(crate) async fn send(gateway_url: &str, request: &Request) -> Value {
    let body = request.to_body(Version::V2);
    let (timestamp, nonce) = (Clock::real().now().as_millis().to_string(), Entropy::system().hex_upper(64));
    let signed = x_sign::sign(KIT_ACCESS_KEY, x_sign::Form::Direct, body.as_bytes(), &timestamp, &nonce);
    let path = request.interface().path(Version::V2);
    let address = format!("{gateway_url}/produce/{MERCHANT}{path}");
    let request = HttpRequest::post(address)
        .header("content-type", "application/json")
        .header(x_sign::HEADER_SIGN, signed.signature)
        .header(x_sign::HEADER_TIMESTAMP, timestamp)
        .header(x_sign::HEADER_NONCE, nonce)
        .body(Full::new(Bytes::from(body)))
        .expect("the request is well formed");
    let answer = call(request).await.expect("the gateway answers");
    serde_json::from_slice(answer.body()).expect("the answer is JSON")
}
