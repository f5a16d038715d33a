//! What values are allowed beyond their type.

use super::{Config, ConfigError};

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let gateway = &config.gateway;
    let store = &config.store;
    for (key, value, least, most) in [
        ("server.max_connections", config.server.max_connections as u64, 1, 65_536),
        ("server.header_timeout_seconds", config.server.header_timeout_seconds, 1, 600),
        ("server.drain_seconds", config.server.drain_seconds, 0, 600),
        ("server.body_limit_bytes", config.server.body_limit_bytes as u64, 65_536, 16_777_216),
        ("outbound.connect_timeout_seconds", config.outbound.connect_timeout_seconds, 1, 60),
        ("outbound.body_limit_bytes", config.outbound.body_limit_bytes as u64, 65_536, 16_777_216),
        ("outbox.workers", config.outbox.workers as u64, 1, 1_024),
        ("outbox.workers_per_endpoint", config.outbox.workers_per_endpoint as u64, 1, 1_024),
        ("outbox.lease_seconds", config.outbox.lease_seconds, 60, 3_600),
        ("outbox.poll_ms", config.outbox.poll_ms, 20, 60_000),
        ("outbox.retention_days", config.outbox.retention_days, 1, 3_650),
        ("gateway.signature.window_seconds", gateway.signature.window_seconds, 1, 900),
        ("gateway.signature.nonce_memory_seconds", gateway.signature.nonce_memory_seconds, 120, 86_400),
        ("gateway.saas_v1.freshness_seconds", gateway.saas_v1.freshness_seconds, 0, 86_400),
        ("gateway.saas_v1.wait_seconds", gateway.saas_v1.wait_seconds, 0, 17),
        ("gateway.kit.body_limit_bytes", gateway.kit.body_limit_bytes as u64, 1_048_576, 67_108_864),
        ("gateway.kit.v1_freshness_seconds", gateway.kit.v1_freshness_seconds, 0, 86_400),
        ("gateway.openapi.timeout_seconds", gateway.openapi.timeout_seconds, 1, 60),
        ("gateway.delivery.timeout_seconds", gateway.delivery.timeout_seconds, 1, 60),
        ("gateway.delivery.first_retry_seconds", gateway.delivery.first_retry_seconds, 1, 3_600),
        ("gateway.delivery.cap_seconds", gateway.delivery.cap_seconds, 1, 86_400),
        ("gateway.delivery.max_attempts", u64::from(gateway.delivery.max_attempts), 1, 100_000),
        ("gateway.delivery.breaker_pause_seconds", gateway.delivery.breaker_pause_seconds, 1, 3_600),
        ("store.kit.auth_batch", store.kit.auth_batch as u64, 1, 500),
        ("store.lifecycle.grace_days", store.lifecycle.grace_days, 0, 365),
        ("store.lifecycle.retention_days", store.lifecycle.retention_days, 0, 365),
        ("store.pricing.days_per_month", u64::from(store.pricing.days_per_month), 28, 31),
        ("store.pricing.days_per_year", u64::from(store.pricing.days_per_year), 360, 366),
        ("store.openapi.rate_per_second", u64::from(store.openapi.rate_per_second), 1, 100_000),
        ("store.keys.overlap_hours", store.keys.overlap_hours, 0, 8_760),
        ("store.messages.retention_days", store.messages.retention_days, 1, 3_650),
    ] {
        if value < least || value > most {
            return Err(refused(
                key,
                &value.to_string(),
                (&format!("{least} to {most} is allowed"), &format!("允许 {least} 到 {most}")),
            ));
        }
    }
    for (key, value, allowed) in [
        ("log.format", &config.log.format, &["text", "json"][..]),
        ("gateway.saas_v1.pending", &gateway.saas_v1.pending, &["instance_page", "retry"]),
        ("store.kit.sign_form", &store.kit.sign_form, &["direct", "prehash"]),
        ("store.kit.oaep", &store.kit.oaep, &["sha256/sha256", "sha256/sha1", "sha1/sha1"]),
        ("store.profile", &store.profile, &["sandbox", "cn", "intl", "eu", "saascenter"]),
        ("store.openapi.surplus", &store.openapi.surplus, &["refuse", "ignore"]),
        ("store.aksk.unsigned_payload", &store.aksk.unsigned_payload, &["non_json", "any", "none"]),
        ("store.aksk.skew_code", &store.aksk.skew_code, &["APIGW.0303", "APIGW.0301"]),
        ("store.saas_v2.expire_time_digits", &store.saas_v2.expire_time_digits.to_string(), &["14", "17"]),
    ] {
        if !allowed.contains(&value.as_str()) {
            let list = allowed.join(", ");
            return Err(refused(key, value, (&format!("one of {list} is allowed"), &format!("允许的取值：{list}"))));
        }
    }
    check_saas_v1(config)?;
    check_texts(config)
}

fn check_saas_v1(config: &Config) -> Result<(), ConfigError> {
    let zone = &config.gateway.saas_v1.expire_time_zone;
    if !is_offset(zone) {
        return Err(refused(
            "gateway.saas_v1.expire_time_zone",
            zone,
            ("a UTC offset such as +08:00 or -05:30 is allowed", "应为 UTC 偏移量，例如 +08:00 或 -05:30"),
        ));
    }
    let values = &config.store.saas_v1.provision_type_values;
    let is_short = |value: &String| (1..=3).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    if values.len() != 2 || !values.iter().all(is_short) {
        return Err(refused(
            "store.saas_v1.provision_type_values",
            &values.join(", "),
            (
                "two numbers of one to three digits are allowed, for example [\"1\", \"2\"]",
                "应为两个一到三位的数字，例如 [\"1\", \"2\"]",
            ),
        ));
    }
    Ok(())
}

/// `+hh:mm` or `-hh:mm`, at most 14 hours.
fn is_offset(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize| text.get(from..from + 2).and_then(|part| part.parse::<u32>().ok());
    bytes.len() == 6
        && matches!(bytes[0], b'+' | b'-')
        && bytes[3] == b':'
        && digits(1).is_some_and(|hours| hours <= 14)
        && digits(4).is_some_and(|minutes| minutes < 60)
}

fn check_texts(config: &Config) -> Result<(), ConfigError> {
    let code = &config.gateway.saas_v2.change_refusal_code;
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) || code == "000000" {
        return Err(refused(
            "gateway.saas_v2.change_refusal_code",
            code,
            ("six digits other than 000000 are allowed, for example 000005", "应为 000000 以外的六位数字，例如 000005"),
        ));
    }
    let url = &config.database_url;
    if !(url.is_empty() || ["sqlite:", "postgres://", "postgresql://"].iter().any(|start| url.starts_with(start))) {
        return Err(refused(
            "database_url",
            url,
            (
                "sqlite:PATH or postgres://USER@HOST/NAME is allowed, or \"\"",
                "应为 sqlite:路径 或 postgres://用户@主机/库名，或 \"\"",
            ),
        ));
    }
    for (key, listen) in [("gateway.listen", &config.gateway.listen), ("store.listen", &config.store.listen)] {
        if listen.parse::<std::net::SocketAddr>().is_err() {
            return Err(refused(
                key,
                listen,
                (
                    "ADDRESS:PORT is allowed, for example 127.0.0.1:7002 or 0.0.0.0:443",
                    "应为 地址:端口，例如 127.0.0.1:7002 或 0.0.0.0:443",
                ),
            ));
        }
    }
    for (key, url) in
        [("gateway.public_url", &config.gateway.public_url), ("store.public_url", &config.store.public_url)]
    {
        let is_address = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !url.is_empty() && (!is_address || url.ends_with('/')) {
            return Err(refused(
                key,
                url,
                (
                    "an http or https address without a slash at the end is allowed, or \"\"",
                    "应为末尾不带斜杠的 http 或 https 地址，或 \"\"",
                ),
            ));
        }
    }
    for (key, certificate, private) in [
        ("gateway.tls_key", &config.gateway.tls_certificate, &config.gateway.tls_key),
        ("store.tls_key", &config.store.tls_certificate, &config.store.tls_key),
    ] {
        if certificate.is_empty() != private.is_empty() {
            return Err(refused(
                key,
                private,
                (
                    "tls_certificate and tls_key go together: set both or none",
                    "tls_certificate 与 tls_key 须同时设置或同时留空",
                ),
            ));
        }
    }
    Ok(())
}

fn refused(key: &str, value: &str, (allowed, allowed_zh): (&str, &str)) -> ConfigError {
    ConfigError {
        origin: "settings".to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        allowed: allowed.to_owned(),
        allowed_zh: allowed_zh.to_owned(),
    }
}
