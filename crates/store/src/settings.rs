//! What an operator can set about the store.

use mercer_kernel::config::Config;
use mercer_kernel::outbox::OutboxSettings;

use crate::catalog::pricing::PricingDays;
use crate::identity::sync::KitSettings;
use crate::instance::rules::Lifecycle;
use crate::openapi::OpenApiSettings;

/// The store's settings.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Site profile of the retry table (`store.profile`); empty for the default one.
    pub(crate) profile: String,
    /// How long expired instances go on and are kept (`store.lifecycle.*`).
    pub(crate) lifecycle: Lifecycle,
    /// Days that one period's price pays for (`store.pricing.*`, D23 of the price model).
    pub(crate) pricing_days: PricingDays,
    /// Digits of `expireTime`, 14 or 17 (`store.saas_v2.expire_time_digits`, D8).
    pub(crate) expire_time_digits: u8,
    /// Whether `productInfo` is sent as text (`store.saas_v2.product_info_as_string`, D13).
    pub(crate) product_info_as_text: bool,
    /// `provisionType` of products opened at payment and of those opened after acceptance
    /// (`store.saas_v1.provision_type_values`, V1 D11).
    pub(crate) v1_provision_types: (i64, i64),
    /// Days a message is kept (`store.messages.retention_days`, D25).
    pub(crate) message_retention_days: i64,
    /// Hours an old access key stays valid after a rotation (`store.keys.overlap_hours`, D22).
    pub(crate) key_overlap_hours: i64,
    /// The joint-operation kit (`store.kit.*`).
    pub(crate) kit: KitSettings,
    /// Whether a purchase fails when its notification is never accepted (`store.order_notify.fail_order`, D24 of
    /// the open APIs).
    pub(crate) notification_fails_order: bool,
    /// The open APIs.
    pub(crate) open_api: OpenApiSettings,
}

impl Settings {
    /// The settings that stand in the configuration, for a store that others reach under `public_url`.
    pub(crate) fn from_config(config: &Config, public_url: &str) -> Self {
        let store = &config.store;
        Self {
            profile: store.profile.clone(),
            lifecycle: Lifecycle {
                grace_days: days(store.lifecycle.grace_days),
                retention_days: days(store.lifecycle.retention_days),
            },
            pricing_days: PricingDays {
                per_month: i64::from(store.pricing.days_per_month),
                per_year: i64::from(store.pricing.days_per_year),
            },
            expire_time_digits: store.saas_v2.expire_time_digits,
            product_info_as_text: store.saas_v2.product_info_as_string,
            v1_provision_types: provision_types(&store.saas_v1.provision_type_values),
            message_retention_days: days(store.messages.retention_days),
            key_overlap_hours: days(store.keys.overlap_hours),
            kit: KitSettings::from_config(config),
            notification_fails_order: store.order_notify.fail_order,
            open_api: OpenApiSettings::from_config(config, public_url),
        }
    }
}

/// How the outbox works.
pub(crate) fn outbox(config: &Config) -> OutboxSettings {
    OutboxSettings {
        workers: config.outbox.workers,
        workers_per_endpoint: config.outbox.workers_per_endpoint,
        lease_ms: config.outbox.lease_seconds.saturating_mul(1_000),
        poll_ms: config.outbox.poll_ms,
        // The retry table says when a merchant is called; a breaker in between would shift its times.
        breaker_failures: 0,
        ..OutboxSettings::default()
    }
}

/// The configuration checks that these are two numbers.
fn provision_types(values: &[String]) -> (i64, i64) {
    let value = |at: usize, standard: i64| values.get(at).and_then(|text| text.parse().ok()).unwrap_or(standard);
    (value(0, 1), value(1, 2))
}

/// The configuration bounds it; far below the range.
fn days(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
