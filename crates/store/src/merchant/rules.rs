//! What a merchant's names, secrets and addresses may be. Pure.

use std::time::Duration;

use mercer_kernel::clock::Instant;
use url::Url;

use super::{InterfaceType, Merchant};
use crate::callback::Transport;
use crate::refusal::Refusal;

/// Keys of one merchant that are valid at the same time; four types with a rotation each leave room.
pub(crate) const MAX_KEYS: usize = 20;
/// Longest access key in bytes of UTF-8.
pub(crate) const MAX_KEY_BYTES: usize = 256;
/// Length of a generated access key, characters A–Z a–z 0–9.
pub(crate) const GENERATED_KEY_LENGTH: usize = 32;
/// Length of a generated AK, as the cloud's own.
pub(crate) const GENERATED_AK_LENGTH: usize = 20;
/// Length of a generated SK, as the cloud's own.
pub(crate) const GENERATED_SK_LENGTH: usize = 40;
/// Longest given AK; it travels in a header.
pub(crate) const MAX_AK_LENGTH: usize = 128;
/// Longest given SK in bytes.
pub(crate) const MAX_SK_BYTES: usize = 256;
/// AK/SK pairs of one merchant.
pub(crate) const MAX_CREDENTIALS: usize = 20;
/// Production addresses of one merchant.
pub(crate) const MAX_ADDRESSES: usize = 50;
/// Longest production address; signature, timestamp and nonce must still fit behind it.
pub(crate) const MAX_ADDRESS_LENGTH: usize = 1024;
/// Longest overlap of a rotation: 30 days; longer is not a rotation any more.
pub(crate) const MAX_OVERLAP_HOURS: i64 = 720;
/// Longest names, in characters.
pub(crate) const MAX_NAME_LENGTH: usize = 64;

/// A key already stored, with its text opened for comparison.
#[derive(Clone)]
pub(crate) struct KnownKey {
    pub(crate) key_id: String,
    pub(crate) interface_type: InterfaceType,
    pub(crate) text: String,
    pub(crate) expires_at: Option<Instant>,
}

impl KnownKey {
    fn is_valid(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// A new key that may be stored, and the older keys of its type that it retires.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeyPlan {
    pub(crate) retire: Vec<String>,
    pub(crate) retire_at: Instant,
}

/// Decides whether `text` may become the newest key of `kind`, and until when its predecessor stays valid.
///
/// # Errors
/// When the key is no key, is in use already (for this or another type), or there are too many.
pub(crate) fn plan_key(
    known: &[KnownKey],
    kind: InterfaceType,
    text: &str,
    overlap_hours: i64,
    now: Instant,
) -> Result<KeyPlan, Refusal> {
    check_key_text(text)?;
    if !(0..=MAX_OVERLAP_HOURS).contains(&overlap_hours) {
        return Err(Refusal::invalid(
            "key.overlap",
            "overlapHours",
            format!("overlapHours 允许 0 到 {MAX_OVERLAP_HOURS} 小时"),
            format!("overlapHours may be 0 to {MAX_OVERLAP_HOURS} hours"),
        ));
    }
    if let Some(same) = known.iter().find(|key| key.text == text) {
        return Err(reused(same.interface_type, kind));
    }
    let valid: Vec<&KnownKey> = known.iter().filter(|key| key.is_valid(now)).collect();
    if valid.len() >= MAX_KEYS {
        return Err(Refusal::conflict(
            "key.too_many",
            format!("每个商家最多 {MAX_KEYS} 个有效密钥，请等待旧密钥失效"),
            format!("a merchant has at most {MAX_KEYS} valid keys; wait until older keys expire"),
        ));
    }
    let hours = u64::try_from(overlap_hours).unwrap_or(0);
    let retire_at = now.plus(Duration::from_secs(hours * 3600));
    Ok(KeyPlan {
        retire: valid
            .into_iter()
            .filter(|key| key.interface_type == kind)
            .filter(|key| key.expires_at.is_none_or(|end| end > retire_at))
            .map(|key| key.key_id.clone())
            .collect(),
        retire_at,
    })
}

fn reused(bound_to: InterfaceType, wanted: InterfaceType) -> Refusal {
    if bound_to == wanted {
        return Refusal::conflict(
            "key.exists",
            "该密钥已经存在，轮换请使用新的密钥",
            "this key exists already; a rotation needs a new one",
        );
    }
    Refusal::conflict(
        "key.bound",
        format!("同一密钥不能绑定两种接口类型，它已绑定 {}", bound_to.code()),
        format!("one key cannot be bound to two interface types; it is bound to {}", bound_to.code()),
    )
}

fn check_key_text(text: &str) -> Result<(), Refusal> {
    if (1..=MAX_KEY_BYTES).contains(&text.len()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "key.length",
        "accessKey",
        format!("访问密钥长度为 1 到 {MAX_KEY_BYTES} 字节 (UTF-8)，现为 {} 字节", text.len()),
        format!("an access key has 1 to {MAX_KEY_BYTES} bytes of UTF-8, this one has {}", text.len()),
    ))
}

/// Checks a given AK and SK.
///
/// # Errors
/// When the AK could not stand in an `Authorization` header or the SK is empty or too long.
pub(crate) fn check_credential(ak: &str, sk: &str) -> Result<(), Refusal> {
    let ak_is_plain = ak.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if ak.is_empty() || ak.len() > MAX_AK_LENGTH || !ak_is_plain {
        return Err(Refusal::invalid(
            "credential.ak",
            "ak",
            format!("AK 为 1 到 {MAX_AK_LENGTH} 个字母、数字、- 或 _"),
            format!("an AK has 1 to {MAX_AK_LENGTH} letters, digits, - or _"),
        ));
    }
    if sk.is_empty() || sk.len() > MAX_SK_BYTES {
        return Err(Refusal::invalid(
            "credential.sk",
            "sk",
            format!("SK 长度为 1 到 {MAX_SK_BYTES} 字节"),
            format!("an SK has 1 to {MAX_SK_BYTES} bytes"),
        ));
    }
    Ok(())
}

/// Checks a production address against the site's transport rules and returns its normal form.
///
/// # Errors
/// With what is wrong and what would be allowed.
pub(crate) fn check_address(text: &str, transport: &Transport) -> Result<String, Refusal> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > MAX_ADDRESS_LENGTH {
        return Err(address_refusal(
            "address.length",
            format!("生产地址长度为 1 到 {MAX_ADDRESS_LENGTH} 个字符"),
            format!("a production address has 1 to {MAX_ADDRESS_LENGTH} characters"),
        ));
    }
    if let Some(reason) = transport.refusal(trimmed) {
        let example = "https://app.example.com/saasproduce";
        return Err(address_refusal(
            "address.transport",
            format!("生产地址不可用：{}。示例：{example}", reason.zh),
            format!("the production address cannot be used: {}. An example: {example}", reason.en),
        ));
    }
    let url = Url::parse(trimmed).map_err(|reason| {
        address_refusal(
            "address.form",
            format!("生产地址不是完整的 URL：{reason}"),
            format!("no complete URL: {reason}"),
        )
    })?;
    let reserved = ["signature", "timestamp", "nonce"];
    if let Some((name, _)) = url.query_pairs().find(|(name, _)| reserved.contains(&name.as_ref())) {
        return Err(address_refusal(
            "address.query",
            format!("查询参数 {name} 由云商店在每次调用时附加，请从地址中删除"),
            format!("the store appends the query parameter {name} to every call; leave it out of the address"),
        ));
    }
    Ok(url.to_string())
}

fn address_refusal(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::invalid(code, "url", zh, en)
}

/// Whether a site believes an address without a proof; only the local sandbox does. Decision D24.
pub(crate) fn certifies_at_once(profile: &str) -> bool {
    profile == "sandbox"
}

/// The URL of the file that proves control over an address's host. Decision D24.
pub(crate) fn verification_url(address: &str) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    url.set_query(None);
    url.set_path("/.well-known/mercer-verify.txt");
    Some(url.to_string())
}

/// Checks a display name.
///
/// # Errors
/// When it is blank or longer than [`MAX_NAME_LENGTH`] characters.
pub(crate) fn check_name(field: &'static str, text: &str) -> Result<String, Refusal> {
    let trimmed = text.trim();
    let length = trimmed.chars().count();
    if (1..=MAX_NAME_LENGTH).contains(&length) && !trimmed.chars().any(char::is_control) {
        return Ok(trimmed.to_owned());
    }
    Err(Refusal::invalid(
        "name.length",
        field,
        format!("{field} 为 1 到 {MAX_NAME_LENGTH} 个字符，不含控制字符"),
        format!("{field} has 1 to {MAX_NAME_LENGTH} characters and no control characters"),
    ))
}

/// Checks a given merchant id; ids stand in paths, so they are plain.
///
/// # Errors
/// When it is not 1–64 of `A–Z a–z 0–9 _ -`.
pub(crate) fn check_id(field: &'static str, text: &str) -> Result<(), Refusal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if plain && (1..=64).contains(&text.len()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "id.form",
        field,
        format!("{field} 为 1 到 64 个字母、数字、- 或 _"),
        format!("{field} has 1 to 64 letters, digits, - or _"),
    ))
}

/// Checks a given customer id.
///
/// # Errors
/// When it is not 32 hexadecimal digits.
pub(crate) fn check_customer_id(text: &str) -> Result<String, Refusal> {
    if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(Refusal::invalid(
        "buyer.id",
        "customerId",
        "customerId 为 32 位十六进制数字",
        "a customerId has 32 hexadecimal digits",
    ))
}

/// Checks an optional text of a buyer; blank counts as absent.
///
/// # Errors
/// When it is longer than `max` characters.
pub(crate) fn check_optional(field: &'static str, text: Option<&str>, max: usize) -> Result<Option<String>, Refusal> {
    let Some(trimmed) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if trimmed.chars().count() <= max && !trimmed.chars().any(char::is_control) {
        return Ok(Some(trimmed.to_owned()));
    }
    Err(Refusal::invalid(
        "buyer.length",
        field,
        format!("{field} 最多 {max} 个字符，不含控制字符"),
        format!("{field} has at most {max} characters and no control characters"),
    ))
}

/// Checks a mail address as far as a store can without sending one.
///
/// # Errors
/// When it has no `@` between two parts.
pub(crate) fn check_email(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let email = check_optional("email", text, 128)?;
    let has_form = |mail: &str| {
        mail.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !mail.contains(' '))
    };
    match email {
        Some(mail) if !has_form(&mail) => Err(Refusal::invalid(
            "buyer.email",
            "email",
            "邮箱格式应为 name@example.com",
            "a mail address looks like name@example.com",
        )),
        other => Ok(other),
    }
}

/// The refusal for a merchant nobody knows.
pub(crate) fn unknown_merchant(merchant_id: &str) -> Refusal {
    Refusal::not_found(
        "merchant.unknown",
        format!("商家 {merchant_id} 不存在"),
        format!("there is no merchant {merchant_id}"),
    )
}

/// A merchant or the refusal that says there is none.
///
/// # Errors
/// When `found` is nothing.
pub(crate) fn expect_merchant(found: Option<Merchant>, merchant_id: &str) -> Result<Merchant, Refusal> {
    found.ok_or_else(|| unknown_merchant(merchant_id))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
