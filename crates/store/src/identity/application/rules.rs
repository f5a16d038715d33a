//! What an application credential may say, and what may change of it. Pure.

use url::Url;

use super::{Application, ApplicationChange};
use crate::refusal::Refusal;

/// Longest name of an application, in characters.
pub(crate) const MAX_NAME_LENGTH: usize = 64;
/// Longest login address; it travels in redirects.
pub(crate) const MAX_LOGIN_ADDRESS_LENGTH: usize = 512;
/// Credentials of one merchant; one per application it sells.
pub(crate) const MAX_APPLICATIONS: i64 = 200;
/// Longest id, as on the wire.
pub(crate) const MAX_APP_ID_LENGTH: usize = 64;

/// Checks a complete credential, apart from its key, which the protocol reads.
///
/// # Errors
/// When a member breaks its rule.
pub(crate) fn check(application: &Application) -> Result<(), Refusal> {
    check_id(&application.app_id)?;
    check_name(&application.name)?;
    check_login_address("loginAddress", &application.login_address)
}

/// The credential after a change. Source: kit §4.1, §4.2.
///
/// # Errors
/// When the change is not allowed.
pub(crate) fn changed(mut application: Application, change: &ApplicationChange) -> Result<Application, Refusal> {
    if change.multi_instance == Some(false) && application.multi_instance {
        return Err(Refusal::invalid(
            "application.multi_instance",
            "multiInstance",
            "「支持多实例绑定」选择「是」后不能改回「否」",
            "multiple instances, once allowed, cannot be switched off again",
        ));
    }
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut application.name);
    }
    application.protocol = change.protocol.unwrap_or(application.protocol);
    application.domain_kind = change.domain_kind.unwrap_or(application.domain_kind);
    application.multi_instance = change.multi_instance.unwrap_or(application.multi_instance);
    application.personal_fields = change.personal_fields.unwrap_or(application.personal_fields);
    if let Some(address_id) = &change.address_id {
        address_id.clone_into(&mut application.address_id);
    }
    if let Some(login_address) = &change.login_address {
        login_address.trim().clone_into(&mut application.login_address);
    }
    if let Some(platforms) = &change.platforms {
        application.platforms.clone_from(platforms);
    }
    check(&application)?;
    Ok(application)
}

/// Whether the merchant has to be told by the test calls again.
pub(crate) fn needs_new_test(before: &Application, after: &Application) -> bool {
    before.address_id != after.address_id
        || before.protocol != after.protocol
        || before.public_key != after.public_key
        || before.login_address != after.login_address
}

/// Checks an address users are sent back to: a web address without fragment. Source: kit §4.1, §5.6.
///
/// # Errors
/// When it is none.
pub(crate) fn check_login_address(field: &'static str, address: &str) -> Result<(), Refusal> {
    let is_web = Url::parse(address).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if is_web && address.len() <= MAX_LOGIN_ADDRESS_LENGTH {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.login_address",
        field,
        format!(
            "应用登录地址须为完整的 http 或 https 地址，不含 # 片段，最长 {MAX_LOGIN_ADDRESS_LENGTH} 个字符，如 https://app.example.com/sso/callback"
        ),
        format!(
            "the login address is a complete http or https URL without # fragment, at most {MAX_LOGIN_ADDRESS_LENGTH} \
             characters, such as https://app.example.com/sso/callback"
        ),
    ))
}

/// The refusal that another credential has the login address.
pub(crate) fn login_address_taken() -> Refusal {
    Refusal::invalid(
        "application.login_address_taken",
        "loginAddress",
        "每个应用的登录地址须唯一，该地址已被其他应用凭证使用",
        "every application has a login address of its own; another credential uses this one",
    )
}

/// The refusal that there are too many credentials.
pub(crate) fn too_many() -> Refusal {
    Refusal::conflict(
        "application.too_many",
        format!("每个商家最多 {MAX_APPLICATIONS} 个应用凭证"),
        format!("a merchant has at most {MAX_APPLICATIONS} application credentials"),
    )
}

fn check_id(app_id: &str) -> Result<(), Refusal> {
    let is_plain = app_id.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '-'));
    if is_plain && (1..=MAX_APP_ID_LENGTH).contains(&app_id.len()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.id",
        "appId",
        format!("appId 为 1 到 {MAX_APP_ID_LENGTH} 个字母、数字、下划线或连字符"),
        format!("appId is 1 to {MAX_APP_ID_LENGTH} letters, digits, underscores or hyphens"),
    ))
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if (1..=MAX_NAME_LENGTH).contains(&name.chars().count()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.name",
        "name",
        format!("应用名称为 1 到 {MAX_NAME_LENGTH} 个字符"),
        format!("the name of the application has 1 to {MAX_NAME_LENGTH} characters"),
    ))
}

#[cfg(test)]
mod tests {
    use mercer_kernel::clock::Instant;

    use super::super::{AuthMode, DomainKind};
    use super::*;
    use crate::identity::KitVersion;

    fn application() -> Application {
        Application {
            app_id: "app1".to_owned(),
            merchant_id: "m".to_owned(),
            name: "App".to_owned(),
            auth_mode: AuthMode::OAuth2,
            protocol: KitVersion::V2,
            address_id: "a".to_owned(),
            domain_kind: DomainKind::Shared,
            login_address: "https://app.example.com/callback".to_owned(),
            multi_instance: false,
            public_key: "key".to_owned(),
            platforms: Vec::new(),
            personal_fields: false,
            test_tenant_id: "t".to_owned(),
            test_account: None,
            created_at: Instant::from_micros(0),
            version: 1,
        }
    }

    #[test]
    fn several_instances_are_allowed_for_good() {
        let allow = ApplicationChange { multi_instance: Some(true), ..ApplicationChange::default() };
        let forbid = ApplicationChange { multi_instance: Some(false), ..ApplicationChange::default() };
        assert!(!changed(application(), &forbid).unwrap().multi_instance);
        let allowed = changed(application(), &allow).unwrap();
        assert!(allowed.multi_instance);
        assert_eq!(changed(allowed, &forbid).unwrap_err().code, "application.multi_instance");
    }

    #[test]
    fn a_login_address_is_a_whole_web_address() {
        for good in ["https://app.example.com/cb", "http://127.0.0.1:7003/sso?x=1"] {
            assert_eq!(check_login_address("loginAddress", good), Ok(()), "{good}");
        }
        let long = format!("https://a.example/{}", "x".repeat(MAX_LOGIN_ADDRESS_LENGTH - 18));
        assert_eq!(check_login_address("loginAddress", &long), Ok(()));
        for bad in ["", "app.example.com", "ftp://a.b/c", "https://a.b/#x", "https://u@a.b/", &format!("{long}x")] {
            assert_eq!(check_login_address("loginAddress", bad).unwrap_err().field, "loginAddress", "{bad}");
        }
    }

    #[test]
    fn names_and_ids_have_their_limits() {
        let named = |name: String| check(&Application { name, ..application() }).is_ok();
        assert!(
            named("名".repeat(MAX_NAME_LENGTH)) && !named("名".repeat(MAX_NAME_LENGTH + 1)) && !named(String::new())
        );
        let with_id = |app_id: String| check(&Application { app_id, ..application() }).is_ok();
        assert!(with_id("a".repeat(MAX_APP_ID_LENGTH)) && !with_id("a".repeat(MAX_APP_ID_LENGTH + 1)));
        assert!(!with_id("a b".to_owned()) && !with_id(String::new()));
    }

    #[test]
    fn what_the_merchant_sees_is_tested_again() {
        let before = application();
        let renamed = Application { name: "B".to_owned(), ..before.clone() };
        let moved = Application { address_id: "b".to_owned(), ..before.clone() };
        let rekeyed = Application { public_key: "other".to_owned(), ..before.clone() };
        assert!(!needs_new_test(&before, &renamed));
        assert!(needs_new_test(&before, &moved) && needs_new_test(&before, &rekeyed));
    }
}
