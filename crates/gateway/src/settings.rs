//! What can be set about the gateway, taken from the configuration once at start.

use std::time::Duration;

use jiff::tz::Offset;
use mercer_kernel::config::{Config, GatewaySaasV1};
use mercer_kernel::outbox::{OutboxSettings, RetryPolicy};
use mercer_protocol::ResultCode;
use mercer_protocol::saas_v1::auth_token;
use mercer_protocol::saas_v2::TextForm;
use mercer_protocol::saas_v2::signature::VerifySettings;
use mercer_protocol::time::{UTC_PLUS_8, parse_offset};

/// Settings of the gateway.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How strictly a signature is checked (`gateway.signature.*`, decisions D3, D5).
    pub verify: VerifySettings,
    /// How long a nonce is remembered (`gateway.signature.nonce_memory_seconds`, decision D4).
    pub nonce_memory: Duration,
    /// Whether answers carry `Body-Sign` (`gateway.saas_v2.body_sign`, decision D1).
    pub body_sign: bool,
    /// Whether answers to kit calls of V2.0 carry `Body-Sign` (`gateway.kit.v2_body_sign`, kit D4).
    pub kit_v2_body_sign: bool,
    /// Largest body of a kit call (`gateway.kit.body_limit_bytes`, kit D7).
    pub kit_body_limit_bytes: usize,
    /// Whether an older kit call changes nothing (`gateway.kit.drop_older`, kit D11).
    pub kit_drop_older: bool,
    /// How old a V1.0 kit call may be; zero for any age (`gateway.kit.v1_freshness_seconds`, kit D18).
    pub kit_v1_freshness: Duration,
    /// SaaS V1.0 (`gateway.saas_v1.*`).
    pub saas_v1: SaasV1Settings,
    /// Code of a refused change on renewal (`gateway.saas_v2.change_refusal_code`, decision D14).
    pub change_refusal_code: ResultCode,
    /// How answers write non-ASCII characters (`gateway.response.ascii_only`, decision D29).
    pub text_form: TextForm,
    /// Time-out of a call to the store's open APIs (`gateway.openapi.timeout_seconds`, open APIs D34).
    pub open_api_timeout: Duration,
    /// Second host of the Chinese site (`gateway.openapi.fallback_host`); empty for none.
    pub fallback_host: String,
    /// Time-out of a call to the app, where the connector names none (`gateway.delivery.timeout_seconds`).
    pub delivery_timeout_ms: u64,
    /// How often an event is offered to the app (`gateway.delivery.*`).
    pub delivery: RetryPolicy,
    /// How the delivery engine works (`outbox.*`, `gateway.delivery.breaker_*`).
    pub outbox: OutboxSettings,
}

/// Settings of SaaS V1.0.
#[derive(Debug, Clone)]
pub struct SaasV1Settings {
    /// How strictly a token is checked (`freshness_seconds`, `plus_fallback`, decisions D4, D5).
    pub verify: auth_token::VerifySettings,
    /// Zone of `expireTime` on the wire (`expire_time_zone`, decision D12).
    pub expire_time_zone: Offset,
    /// How long `newInstance` waits for the app (`wait_seconds`, decision D19).
    pub wait: Duration,
    /// What follows when the app is not ready by then (`pending`, decision D19).
    pub pending: Pending,
}

/// What the store is told about an instance that is not open yet, in a protocol that knows no such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Success, with a page of ours that sends the buyer on.
    InstancePage,
    /// 000004: the store calls again an hour later.
    Retry,
}

impl SaasV1Settings {
    fn read(config: &GatewaySaasV1) -> Self {
        Self {
            verify: auth_token::VerifySettings {
                freshness_seconds: u32::try_from(config.freshness_seconds).unwrap_or(u32::MAX),
                plus_fallback: config.plus_fallback,
            },
            expire_time_zone: parse_offset(&config.expire_time_zone).unwrap_or(UTC_PLUS_8),
            wait: Duration::from_secs(config.wait_seconds),
            pending: if config.pending == "retry" { Pending::Retry } else { Pending::InstancePage },
        }
    }
}

impl Settings {
    /// Takes what concerns the gateway out of the configuration.
    #[must_use]
    pub fn read(config: &Config) -> Self {
        let gateway = &config.gateway;
        let delivery = &gateway.delivery;
        Self {
            verify: VerifySettings {
                window_seconds: u32::try_from(gateway.signature.window_seconds).unwrap_or(u32::MAX),
                accept_seconds: gateway.signature.accept_seconds,
                canonical_fallback: gateway.signature.canonical_fallback,
            },
            nonce_memory: Duration::from_secs(gateway.signature.nonce_memory_seconds),
            body_sign: gateway.saas_v2.body_sign,
            kit_v2_body_sign: gateway.kit.v2_body_sign,
            kit_body_limit_bytes: gateway.kit.body_limit_bytes,
            kit_drop_older: gateway.kit.drop_older,
            kit_v1_freshness: Duration::from_secs(gateway.kit.v1_freshness_seconds),
            saas_v1: SaasV1Settings::read(&gateway.saas_v1),
            change_refusal_code: ResultCode::parse(&gateway.saas_v2.change_refusal_code),
            text_form: if gateway.response.ascii_only { TextForm::AsciiEscapes } else { TextForm::RawUtf8 },
            open_api_timeout: Duration::from_secs(gateway.openapi.timeout_seconds),
            fallback_host: gateway.openapi.fallback_host.clone(),
            delivery_timeout_ms: delivery.timeout_seconds.saturating_mul(1_000),
            delivery: RetryPolicy::Backoff {
                max_attempts: delivery.max_attempts,
                first_ms: delivery.first_retry_seconds.saturating_mul(1_000),
                factor_percent: 200,
                cap_ms: delivery.cap_seconds.saturating_mul(1_000),
            },
            outbox: OutboxSettings {
                workers: config.outbox.workers,
                workers_per_endpoint: config.outbox.workers_per_endpoint,
                lease_ms: config.outbox.lease_seconds.saturating_mul(1_000),
                poll_ms: config.outbox.poll_ms,
                breaker_failures: delivery.breaker_failures,
                breaker_pause_ms: delivery.breaker_pause_seconds.saturating_mul(1_000),
            },
        }
    }
}
