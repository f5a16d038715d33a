//! Kit calls that the store once made, made again: signed anew, as it would after an answer that got lost.

use axum::body::Body;
use http::Request;
use mercer_protocol::kit::{auth_token, x_sign};
use mercer_testkit::network::Exchange;
use mercer_testkit::world::{KIT_ACCESS_KEY, V1_KEY, World};
use serde_json::Value;
use tower::ServiceExt as _;

/// Every call of the kit so far, tests left out.
pub(super) fn kit_calls(world: &World) -> Vec<Exchange> {
    let mut log = world.network.log();
    log.retain(|exchange| exchange.path.contains("/produceAPI/") && exchange.request.contains("\"testFlag\":0"));
    log
}

/// Sends it; returns the result code.
pub(super) async fn send(world: &World, call: &Exchange) -> String {
    let mut request =
        Request::post(&call.path).header("host", "gateway.test").header("content-type", "application/json");
    let body = call.request.as_bytes();
    if call.path.contains("/v2/") {
        let timestamp = world.clock.now().as_millis().to_string();
        let nonce = mercer_kernel::entropy::Entropy::system().hex_upper(64);
        let signed = x_sign::sign(KIT_ACCESS_KEY, x_sign::Form::Direct, body, &timestamp, &nonce);
        request = request
            .header(x_sign::HEADER_SIGN, signed.signature)
            .header(x_sign::HEADER_TIMESTAMP, timestamp)
            .header(x_sign::HEADER_NONCE, nonce);
    } else {
        let signed = auth_token::sign(V1_KEY, body).unwrap();
        request = request.header(auth_token::HEADER_NAME, signed.auth_token);
    }
    let request = request.body(Body::from(call.request.clone())).unwrap();
    let response = world.gateway.router().oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    mercer_testkit::world::text(&answer["resultCode"])
}
