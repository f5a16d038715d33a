//! Bodies for records and pages, without what only the buyer may see.

use crate::redact::masked_json;

/// Members that hold an account or a secret, in any message, at any depth. Source: decision D23.
const SENSITIVE: [&str; 6] = ["password", "userName", "mobilePhone", "email", "memo", "customerRealName"];

/// `body` with accounts, secrets and personal data masked. A body that is no JSON is not repeated at
/// all, because nothing is known about what stands in it.
pub fn redacted(body: &[u8]) -> String {
    masked_json(body, &SENSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_passwords_never_survive_at_any_depth() {
        let body = br#"{"resultCode":"000000","info":[{"instanceId":"a","appInfo":{"frontEndUrl":"https://x","userName":"u","password":"secret"}}]}"#;
        let text = redacted(body);
        assert!(!text.contains("secret"));
        assert!(text.contains("https://x"));
        assert!(!redacted(b"password=secret").contains("secret"));
    }
}
