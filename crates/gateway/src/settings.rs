//! What can be set about the gateway, taken from the configuration once at start.

use std::time::Duration;

use mercer_kernel::config::Config;
use mercer_kernel::outbox::{OutboxSettings, RetryPolicy};
use mercer_protocol::ResultCode;
use mercer_protocol::saas_v2::TextForm;
use mercer_protocol::saas_v2::signature::VerifySettings;

/// Settings of the gateway.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How strictly a signature is checked (`gateway.signature.*`, decisions D3, D5).
    pub verify: VerifySettings,
    /// How long a nonce is remembered (`gateway.signature.nonce_memory_seconds`, decision D4).
    pub nonce_memory: Duration,
    /// Whether answers carry `Body-Sign` (`gateway.saas_v2.body_sign`, decision D1).
    pub body_sign: bool,
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
