//! How much a full synchronisation of 100,000 departments, or calls of 500 members, hold up other calls.
//! Measures, so it runs when asked for: `cargo test --release -p mercer-gateway load -- --ignored --nocapture`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use mercer_kernel::clock::Clock;
use mercer_kernel::config::Config;
use mercer_kernel::db::Db;
use mercer_kernel::entropy::Entropy;
use mercer_kernel::foundation::Foundation;
use mercer_kernel::http::{Answer, BoxFuture, Failure, HeaderMap, Outbound, Request};
use mercer_kernel::vault::{MasterKey, Vault};
use mercer_protocol::kit::x_sign::{self, Form};
use mercer_protocol::saas_v2::signature::sign;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::Gateway;
use crate::connector::{ConnectorSettings, NewConnector};
use crate::merchant::{InterfaceType, NewMerchant};
use crate::testing::{KEY, new_instance};
use crate::testing_kit::{KIT_KEY, TENANT, departments, members, tenant, tree, user};

/// An app that takes everything.
struct Anything;

impl Outbound for Anything {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Answer, Failure>> {
        let answer = Answer { status: 204, headers: HeaderMap::new(), body: Vec::new().into() };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

struct Bench {
    gateway: Gateway,
    router: Router,
    clock: Clock,
    entropy: Entropy,
}

/// Latencies of one stretch of calls.
struct Stretch {
    per_second: f64,
    median_us: i64,
    slow_us: i64,
}

impl Bench {
    async fn open() -> Arc<Self> {
        let folder = std::env::temp_dir().join(format!("mercer-load-{}", std::process::id()));
        #[expect(clippy::disallowed_methods, reason = "whoever measures names the database")]
        let url =
            std::env::var("MERCER_LOAD_DATABASE").unwrap_or_else(|_| format!("sqlite:{}/load.db", folder.display()));
        let db = Db::open(&url).await.unwrap();
        let (clock, entropy) = (Clock::real(), Entropy::system());
        let master = MasterKey::parse(&"A".repeat(43)).unwrap();
        let foundation = Foundation {
            vault: Vault::open(&db, &master, &entropy).await.unwrap(),
            db,
            clock: clock.clone(),
            wall: clock.clone(),
            entropy: entropy.clone(),
            outbound: Arc::new(Anything),
            config: Arc::new(Config::defaults()),
            public_url: "https://gateway.example.com".to_owned(),
        };
        let gateway = Gateway::open(foundation).await.unwrap();
        for (merchant_id, interface_type, key) in
            [("one", InterfaceType::Kit, KIT_KEY), ("other", InterfaceType::Base, KEY)]
        {
            let new = NewMerchant { merchant_id: merchant_id.to_owned(), name: merchant_id.to_owned() };
            gateway.ensure_merchant(&new).await.unwrap();
            gateway.ensure_key(merchant_id, interface_type, key).await.unwrap();
            let settings = ConnectorSettings::Manual {};
            let new = NewConnector { name: "app".to_owned(), settings, products: Vec::new(), secret: None };
            gateway.ensure_connector(merchant_id, &new).await.unwrap();
        }
        let router = gateway.router();
        let bench = Self { gateway, router, clock, entropy };
        bench.base(&new_instance("O-1", "b-1")).await;
        Arc::new(bench)
    }

    /// A call for the other merchant's instance that writes nonce and callback and tells the app nothing; how long
    /// that took, in microseconds.
    async fn status(&self) -> i64 {
        self.base(&json!({ "activity": "updateInstanceStatus", "instanceId": "b-1", "status": "UNFREEZE" })).await
    }

    async fn base(&self, body: &Json) -> i64 {
        let body = body.to_string();
        let (timestamp, nonce) = (self.clock.now().as_millis().to_string(), self.entropy.hex_upper(64));
        let signature = sign(KEY, body.as_bytes(), &timestamp, &nonce).signature;
        let path = format!("/produce/other?signature={signature}&timestamp={timestamp}&nonce={nonce}");
        let stopwatch = self.clock.stopwatch();
        let response = self.router.clone().oneshot(HttpRequest::post(path).body(Body::from(body)).unwrap()).await;
        assert!(response.unwrap().status().is_success());
        stopwatch.elapsed_micros()
    }

    /// A call of the kit by the first merchant; how long that took, in milliseconds.
    async fn kit(&self, interface: &str, body: &Json) -> i64 {
        let body = body.to_string();
        let (timestamp, nonce) = (self.clock.now().as_millis().to_string(), self.entropy.hex_upper(64));
        let signed = x_sign::sign(KIT_KEY, Form::Direct, body.as_bytes(), &timestamp, &nonce).signature;
        let request = HttpRequest::post(format!("/produce/one/produceAPI/v2/{interface}"))
            .header(x_sign::HEADER_SIGN, signed)
            .header(x_sign::HEADER_TIMESTAMP, timestamp)
            .header(x_sign::HEADER_NONCE, nonce);
        let stopwatch = self.clock.stopwatch();
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(String::from_utf8_lossy(&bytes).contains("000000"), "{}", String::from_utf8_lossy(&bytes));
        stopwatch.elapsed_ms()
    }

    /// `parallel` callers, each calling again as soon as it is answered, and resting `rest` in between.
    async fn stretch(self: &Arc<Self>, length: Duration, (parallel, rest): (usize, Duration)) -> Stretch {
        let stopwatch = self.clock.stopwatch();
        let callers = (0..parallel).map(|_| {
            let bench = Arc::clone(self);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                let until = bench.clock.now().plus(length);
                while bench.clock.now() < until {
                    taken.push(bench.status().await);
                    if !rest.is_zero() {
                        bench.clock.wake_at(bench.clock.now().plus(rest)).await;
                    }
                }
                taken
            })
        });
        let mut taken = Vec::new();
        for caller in callers.collect::<Vec<_>>() {
            taken.extend(caller.await.unwrap());
        }
        taken.sort_unstable();
        let seconds = stopwatch.elapsed_micros() as f64 / 1e6;
        Stretch {
            per_second: taken.len() as f64 / seconds,
            median_us: taken[taken.len() / 2],
            slow_us: taken[taken.len() * 99 / 100],
        }
    }
}

fn report(what: &str, stretch: &Stretch) {
    println!(
        "{what:<44} {:>8.0} calls/s  median {:>6} us  99% {:>6} us",
        stretch.per_second, stretch.median_us, stretch.slow_us
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of a minute"]
async fn other_merchants_are_not_held_up() {
    let bench = Bench::open().await;
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (gateway, shutdown) = (bench.gateway.clone(), shutdown.clone());
        async move { gateway.run(shutdown).await }
    });
    let length = Duration::from_secs(6);
    for (name, callers) in [
        ("as fast as it goes (16 callers)", (16, Duration::ZERO)),
        ("200 calls/s (4 callers)", (4, Duration::from_millis(19))),
    ] {
        println!("{name}");
        bench.kit("tenantSync", &tenant(1, "Acme", 1)).await;
        report("  alone", &bench.stretch(length, callers).await);
        report("  alone again", &bench.stretch(length, callers).await);
        let mut list = departments(1, &tree(100_000));
        list["instanceId"] = format!("inst-{name}").into();
        let size = list.to_string().len();
        let stopwatch = bench.clock.stopwatch();
        let measured = tokio::spawn({
            let bench = Arc::clone(&bench);
            async move { bench.stretch(length, callers).await }
        });
        let answered = bench.kit("allOrgSync", &list).await;
        report("  while 100,000 departments come", &measured.await.unwrap());
        report("  while they are applied", &bench.stretch(length, callers).await);
        println!("  {size} bytes answered after {answered} ms");
        const OPEN: &str = "SELECT COUNT(*) FROM gw_account_sync WHERE state = 'running'";
        while bench.gateway.db().query_one(OPEN, Vec::new()).await.unwrap().unwrap().int(0).unwrap() > 0 {
            bench.clock.wake_at(bench.clock.now().plus(Duration::from_millis(200))).await;
        }
        println!("  applied after {} ms", stopwatch.elapsed_ms());
        report("  alone after it", &bench.stretch(length, callers).await);
        let stop = Arc::new(AtomicBool::new(false));
        let syncing = tokio::spawn({
            let (bench, stop) = (Arc::clone(&bench), Arc::clone(&stop));
            async move {
                let (mut calls, mut longest) = (0_u32, 0);
                while !stop.load(Ordering::Relaxed) {
                    let users: Vec<Json> = (0..500).map(|number| user(&format!("u{calls}-{number}"), "D1")).collect();
                    longest = longest.max(bench.kit("authSync", &members(1, &users, 1)).await);
                    calls += 1;
                    bench.clock.wake_at(bench.clock.now().plus(Duration::from_millis(500))).await;
                }
                (calls, longest)
            }
        });
        report("  while 1,000 members a second come", &bench.stretch(length, callers).await);
        stop.store(true, Ordering::Relaxed);
        let (calls, longest) = syncing.await.unwrap();
        println!("  {calls} calls of 500 members, the slowest took {longest} ms");
        assert!(bench.gateway.tenant("one", TENANT, "").await.is_ok());
    }
    shutdown.cancel();
    running.await.unwrap();
}
