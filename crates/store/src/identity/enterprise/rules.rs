//! What an enterprise may be called, and who may leave it. Pure.

use url::{Host, Url};

use super::{Admin, Tenant, TenantState};
use crate::refusal::Refusal;

/// Longest name, as on the wire. Source: kit §2.3.
pub(crate) const MAX_NAME_LENGTH: usize = 255;
/// Shortest code; one letter names nobody.
pub(crate) const MIN_CODE_LENGTH: usize = 2;
/// Longest code: it is one label of a host name.
pub(crate) const MAX_CODE_LENGTH: usize = 63;
/// Enterprises one buyer may make.
pub(crate) const MAX_ENTERPRISES: i64 = 100;
/// Admins of one enterprise.
pub(crate) const MAX_ADMINS: usize = 50;

/// Checks name and code of a new enterprise. Source: kit §1.7.
///
/// # Errors
/// When one breaks its rule.
pub(crate) fn check_new(name: &str, tenant_code: &str) -> Result<(), Refusal> {
    if !(1..=MAX_NAME_LENGTH).contains(&name.chars().count()) {
        return Err(Refusal::invalid(
            "enterprise.name",
            "name",
            format!("企业名称为 1 到 {MAX_NAME_LENGTH} 个字符"),
            format!("the name of an enterprise has 1 to {MAX_NAME_LENGTH} characters"),
        ));
    }
    let is_label = tenant_code.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-')
        && !tenant_code.starts_with('-')
        && !tenant_code.ends_with('-');
    if is_label && (MIN_CODE_LENGTH..=MAX_CODE_LENGTH).contains(&tenant_code.len()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "enterprise.code",
        "tenantCode",
        format!(
            "企业域名为 {MIN_CODE_LENGTH} 到 {MAX_CODE_LENGTH} 个小写字母、数字或连字符，首尾不能是连字符，如 acme"
        ),
        format!(
            "the code of an enterprise is {MIN_CODE_LENGTH} to {MAX_CODE_LENGTH} lower-case letters, digits or hyphens, \
             no hyphen at either end, such as acme"
        ),
    ))
}

/// The base address of an enterprise's sign-in centre: a host of its own below the store's. A store that is
/// reached by an IP address has no names below it, so there the code is part of the path. Source: kit D23.
pub(crate) fn domain_name(public_url: &str, tenant_code: &str) -> String {
    let base = public_url.trim_end_matches('/');
    let below = Url::parse(base).ok().and_then(|url| match url.host() {
        Some(Host::Domain(host)) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            Some(format!("{}://{tenant_code}.{host}{port}", url.scheme()))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => None,
    });
    below.unwrap_or_else(|| format!("{base}/tenants/{tenant_code}"))
}

/// A code that resembles a name: its ASCII letters and digits, or `company`.
pub(crate) fn suggested_code(name: &str) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let plain = plain.to_ascii_lowercase();
    if plain.len() < MIN_CODE_LENGTH { "company".to_owned() } else { plain }
}

/// Checks that an enterprise exists.
///
/// # Errors
/// When it was dissolved.
pub(crate) fn check_active(tenant: &Tenant) -> Result<(), Refusal> {
    match tenant.state {
        TenantState::Active => Ok(()),
        TenantState::Dissolved => {
            Err(Refusal::conflict("enterprise.dissolved", "企业已解散", "the enterprise was dissolved"))
        }
    }
}

/// Checks that an admin may resign: the creator and the last admin may not. Source: kit §1.7.
///
/// # Errors
/// When he may not.
pub(crate) fn check_resignation(admins: &[Admin], buyer_id: &str) -> Result<(), Refusal> {
    let Some(admin) = admins.iter().find(|admin| admin.buyer_id == buyer_id) else {
        return Err(Refusal::not_found(
            "enterprise.no_admin",
            "该账号不是企业管理员",
            "this account is no admin of the enterprise",
        ));
    };
    if admin.creator || admins.len() == 1 {
        return Err(Refusal::conflict(
            "enterprise.last_admin",
            "企业创建者和最后一位管理员不能辞任；不再需要企业时请解散企业",
            "the creator and the last admin cannot resign; dissolve the enterprise when it is not needed any more",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use mercer_kernel::clock::Instant;

    use super::*;

    #[test]
    fn a_code_is_one_label_of_a_host_name() {
        for good in ["ab", "acme-2", &"a".repeat(MAX_CODE_LENGTH)] {
            assert_eq!(check_new("Acme", good), Ok(()), "{good}");
        }
        for bad in ["", "a", "Acme", "-acme", "acme-", "ac me", "企业", &"a".repeat(MAX_CODE_LENGTH + 1)] {
            assert_eq!(check_new("Acme", bad).unwrap_err().field, "tenantCode", "{bad}");
        }
        assert_eq!(check_new(&"企".repeat(MAX_NAME_LENGTH), "ab"), Ok(()));
        assert_eq!(check_new(&"企".repeat(MAX_NAME_LENGTH + 1), "ab").unwrap_err().field, "name");
        assert_eq!(check_new("", "ab").unwrap_err().field, "name");
    }

    #[test]
    fn the_sign_in_centre_lies_below_the_store() {
        let cases = [
            ("https://store.example.com", "https://acme.store.example.com"),
            ("http://localhost:7001/", "http://acme.localhost:7001"),
            ("http://127.0.0.1:7001", "http://127.0.0.1:7001/tenants/acme"),
        ];
        for (public_url, expected) in cases {
            assert_eq!(domain_name(public_url, "acme"), expected);
        }
    }

    #[test]
    fn a_suggested_code_is_allowed() {
        for name in ["北风贸易 Northwind Trading", "林岚", "x", "A Very Long Name That Never Ends Anywhere"] {
            assert_eq!(check_new("n", &suggested_code(name)), Ok(()), "{name}");
        }
    }

    #[test]
    fn only_an_invited_admin_who_is_not_the_last_resigns() {
        let admin = |id: &str, creator| Admin { buyer_id: id.to_owned(), creator, created_at: Instant::from_micros(0) };
        let both = [admin("a", true), admin("b", false)];
        assert_eq!(check_resignation(&both, "b"), Ok(()));
        assert_eq!(check_resignation(&both, "a").unwrap_err().code, "enterprise.last_admin");
        assert_eq!(check_resignation(&both[1..], "b").unwrap_err().code, "enterprise.last_admin");
        assert_eq!(check_resignation(&both, "c").unwrap_err().code, "enterprise.no_admin");
    }
}
