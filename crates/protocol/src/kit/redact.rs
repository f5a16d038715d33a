//! Bodies for records and pages, without the secret and personal data.

use crate::redact::masked_json;

/// Members that hold a secret or personal data. Source: kit §2.4.1, D34.
const SENSITIVE: [&str; 3] = ["clientSecret", "mobile", "email"];

/// `body` with the client secret, phones and mail addresses masked, also inside the text lists of V1.0.
/// A body that is no JSON is not repeated at all.
pub fn redacted(body: &[u8]) -> String {
    masked_json(body, &SENSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_phones_never_survive_not_even_inside_a_text_list() {
        let body = br#"{"clientSecret":"hidden1","userList":"[{\"userName\":\"li\",\"mobile\":\"hidden2\",\"extension\":{\"email\":\"hidden3\"}}]"}"#;
        let text = redacted(body);
        assert!(!text.contains("hidden"), "{text}");
        assert!(text.contains(r#"\"userName\":\"li\""#), "{text}");
    }
}
