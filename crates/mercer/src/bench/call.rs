//! One connection of the load generator: signed calls over HTTP keep-alive, as cheap as possible, so
//! that the machine's time goes to the server.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use mercer_kernel::clock::Instant;
use mercer_protocol::saas_v1::{Parameters, auth_token};
use mercer_protocol::saas_v2::signature;
use mercer_protocol::time::{CompactTime, UTC_PLUS_8};
use tokio::net::TcpStream;
use url::Url;

use super::{Protocol, broken};
use crate::failure::Failure;
use crate::input::host_of;

/// How many calls one connection can number.
pub(super) const NUMBERS_PER_CONNECTION: u64 = 1_000_000_000;

/// Whom to call and how to sign. Shared by all connections.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    address: SocketAddr,
    host: String,
    path: String,
    key: String,
    run_id: String,
    protocol: Protocol,
    /// Expiry of the first renewal; each later one lies a second further.
    first_expiry: Instant,
}

/// Which interface is called for which instance.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    /// `newInstance`
    New,
    /// `refreshInstance` of this instance
    Refresh(&'a str),
}

/// An open connection.
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    connection: u16,
    next: u64,
}

/// What came back.
pub(super) struct Reply {
    /// The number of the call, part of its order id.
    pub(super) number: u64,
    /// `resultCode`, or the HTTP status when it is not 200.
    pub(super) code: String,
    /// `instanceId` of the answer.
    pub(super) instance_id: String,
}

impl Reply {
    /// Whether the call was taken.
    pub(super) fn is_taken(&self) -> bool {
        matches!(self.code.as_str(), "000000" | "000004")
    }
}

impl Caller {
    /// Resolves the address once.
    ///
    /// # Errors
    /// When it has no address, or is not plain http.
    pub(super) fn new(url: &Url, (protocol, key): (Protocol, &str), run_id: &str) -> Result<Self, Failure> {
        if url.scheme() != "http" {
            let failure = broken("压测只支持 http 地址", "the load generator speaks plain http only", url);
            return Err(failure.next("把地址换成网关的 http 监听地址", "give the http address the gateway listens on"));
        }
        let addresses = url
            .socket_addrs(|| None)
            .map_err(|error| broken("地址无法解析", "the address cannot be resolved", error))?;
        let address =
            *addresses.first().ok_or_else(|| broken("地址无法解析", "the address cannot be resolved", url))?;
        Ok(Self {
            address,
            host: host_of(url),
            path: url.path().to_owned(),
            key: key.to_owned(),
            run_id: run_id.to_owned(),
            protocol,
            first_expiry: Instant::from_millis(1_900_000_000_000),
        })
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// When nobody answers.
    pub(super) async fn connect(&self, connection: u16, start: u64) -> Result<Line, Failure> {
        let failed = |error: String| broken("连接失败", "the connection failed", error);
        let stream = TcpStream::connect(self.address).await.map_err(|error| failed(error.to_string()))?;
        stream.set_nodelay(true).map_err(|error| failed(error.to_string()))?;
        let (sender, driver) = handshake(TokioIo::new(stream)).await.map_err(|error| failed(error.to_string()))?;
        // The driver ends with the connection; its error is the caller's next failed call.
        tokio::spawn(async move { drop(driver.await) });
        Ok(Line { sender, connection, next: start })
    }

    /// The order id of a call.
    pub(super) fn order_id(&self, number: u64) -> String {
        format!("{}-{number:014}", self.run_id)
    }

    /// The number of a call of this run from its order id.
    pub(super) fn number_of(&self, order_id: &str) -> Option<u64> {
        order_id.strip_prefix(&self.run_id)?.strip_prefix('-')?.parse().ok()
    }

    /// The merchant: the last segment of the production address.
    pub(super) fn merchant_id(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn body(&self, kind: Kind<'_>, number: u64) -> String {
        let order = self.order_id(number);
        match kind {
            Kind::New => format!(
                r#"{{"activity":"newInstance","businessId":"{order}-b","orderId":"{order}","orderLineId":"{order}-000001"}}"#
            ),
            Kind::Refresh(instance_id) => {
                let expiry = self.expiry(number);
                format!(
                    r#"{{"activity":"refreshInstance","expireTime":"{expiry}","instanceId":"{instance_id}","orderId":"{order}","orderLineId":"{order}-000001","scene":"RENEWAL"}}"#
                )
            }
        }
    }

    fn expiry(&self, number: u64) -> CompactTime {
        let seconds = std::time::Duration::from_secs(number % NUMBERS_PER_CONNECTION);
        CompactTime::seconds(self.first_expiry.plus(seconds).to_jiff())
    }

    fn parameters(&self, kind: Kind<'_>, number: u64, now: Instant) -> Parameters {
        let order = self.order_id(number);
        let expiry = self.expiry(number).format_at(UTC_PLUS_8);
        let time_stamp = CompactTime::milliseconds(now.to_jiff()).to_string();
        let mut parameters = Parameters::new();
        let more: &[(&str, &str)] = match kind {
            Kind::New => &[
                ("activity", "newInstance"),
                ("customerId", "68cbc86abc2018ab880d92f36422fa0e"),
                ("customerName", "bench"),
                ("skuCode", "bench-sku"),
                ("productId", "bench-product"),
                ("businessId", &order),
            ],
            Kind::Refresh(instance_id) => &[("activity", "refreshInstance"), ("instanceId", instance_id)],
        };
        let shared = [("orderId", order.as_str()), ("expireTime", expiry.as_str()), ("timeStamp", time_stamp.as_str())];
        for (name, value) in more.iter().chain(&shared) {
            parameters.set(name, *value);
        }
        parameters
    }

    fn request(&self, kind: Kind<'_>, number: u64, now: Instant) -> http::Request<Full<Bytes>> {
        match self.protocol {
            Protocol::SaasV2 => self.post(kind, number, now),
            Protocol::SaasV1 => self.get(kind, number, now),
        }
    }

    fn get(&self, kind: Kind<'_>, number: u64, now: Instant) -> http::Request<Full<Bytes>> {
        let query = auth_token::signed_query(&self.key, &self.parameters(kind, number, now));
        http::Request::get(format!("{}?{query}", self.path))
            .header("Host", &self.host)
            .header("Accept", "application/json")
            .body(Full::new(Bytes::new()))
            .expect("path and headers are made of plain ASCII")
    }

    fn post(&self, kind: Kind<'_>, number: u64, now: Instant) -> http::Request<Full<Bytes>> {
        let body = self.body(kind, number);
        let timestamp = now.as_millis().to_string();
        let nonce = format!("{}{number:014}", self.run_id);
        let signed = signature::sign(&self.key, body.as_bytes(), &timestamp, &nonce);
        let path = format!("{}?signature={}&timestamp={timestamp}&nonce={nonce}", self.path, signed.signature);
        http::Request::post(path)
            .header("Host", &self.host)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json;charset=utf8")
            .body(Full::new(Bytes::from(body)))
            .expect("path and headers are made of plain ASCII")
    }
}

impl Line {
    /// Makes one call and reads the whole answer.
    ///
    /// # Errors
    /// When the connection broke; the call may or may not have been taken then.
    pub(super) async fn call(&mut self, caller: &Caller, kind: Kind<'_>, now: Instant) -> Result<Reply, Failure> {
        let number = u64::from(self.connection) * NUMBERS_PER_CONNECTION + self.next;
        self.next += 1;
        let failed = |error: hyper::Error| broken("请求失败", "a call failed", error);
        // The connection may still be closing the exchange before; sending then would be refused.
        self.sender.ready().await.map_err(failed)?;
        let answer = self.sender.send_request(caller.request(kind, number, now)).await.map_err(failed)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(failed)?.to_bytes();
        let text = std::str::from_utf8(&body).unwrap_or_default();
        let code = if status.is_success() { member(text, "resultCode") } else { status.as_u16().to_string() };
        Ok(Reply { number, code, instance_id: member(text, "instanceId") })
    }

    /// The number the next call will have, within its connection.
    pub(super) fn next_number(&self) -> u64 {
        self.next
    }
}

/// A text member of a flat JSON answer, without parsing all of it.
fn member(json: &str, name: &str) -> String {
    let found = json.split_once(&format!("\"{name}\":\"")).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or_else(String::new, |(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        let url = Url::parse("http://127.0.0.1:7002/produce/bench").unwrap();
        Caller::new(&url, (Protocol::SaasV1, "k"), "run00001").unwrap()
    }

    #[test]
    fn v1_calls_are_read_as_the_store_means_them() {
        use mercer_protocol::saas_v1::Request;
        let caller = caller();
        for kind in [Kind::New, Kind::Refresh("in_1")] {
            let parameters = caller.parameters(kind, 5, Instant::from_millis(1_800_000_000_000));
            assert!(Request::parse(&parameters, UTC_PLUS_8).is_ok());
        }
        let request = caller.request(Kind::New, 5, Instant::from_millis(1_800_000_000_000));
        assert_eq!(request.method(), http::Method::GET);
        assert!(request.uri().query().unwrap().contains("authToken="));
    }

    #[test]
    fn an_order_id_gives_its_number_back() {
        let caller = caller();
        assert_eq!(caller.number_of(&caller.order_id(7_000_000_123)), Some(7_000_000_123));
        assert_eq!(caller.number_of("other-00000000000001"), None);
    }

    #[test]
    fn bodies_are_written_as_the_store_writes_them() {
        let caller = caller();
        for kind in [Kind::New, Kind::Refresh("in_1")] {
            let body = caller.body(kind, 5);
            assert_eq!(signature::canonical_body(body.as_bytes()).as_deref(), Some(body.as_str()));
            assert!(mercer_protocol::saas_v2::Request::parse(body.as_bytes()).is_ok(), "{body}");
        }
    }

    #[test]
    fn members_of_an_answer_are_found() {
        let answer = r#"{"resultCode":"000004","resultMsg":"x","instanceId":"i1"}"#;
        assert_eq!((member(answer, "resultCode").as_str(), member(answer, "instanceId").as_str()), ("000004", "i1"));
        assert_eq!(member(answer, "missing"), "");
    }
}
