//! Queries for records and pages, without what only the buyer and the merchant may see.

use super::parameters::{Parameters, Reading, encoded};
use crate::redact::MASK;

/// Parameters that hold personal data (encrypted or not) or the token.
const SENSITIVE: [&str; 6] = ["authToken", "mobilePhone", "email", "userName", "customerName", "saasExtendParams"];

/// Whether a parameter is masked wherever parameters are shown.
pub(super) fn is_sensitive(name: &str) -> bool {
    SENSITIVE.contains(&name)
}

/// A query with personal data and the token masked; order, spelling and repetitions stay as received.
pub fn redacted_query(raw_query: &str) -> String {
    let masked: Vec<String> = raw_query.split('&').map(masked_part).collect();
    masked.join("&")
}

fn masked_part(part: &str) -> String {
    let name = part.split_once('=').map_or(part, |(name, _)| name);
    // A name that cannot be decoded could be a sensitive one in disguise.
    let hide = match Parameters::decode(name, Reading::FormDecoded) {
        Ok(decoded) => decoded.iter().next().is_some_and(|(name, _)| is_sensitive(name)),
        Err(_) => true,
    };
    if hide { format!("{}={MASK}", printable(name)) } else { part.to_owned() }
}

fn printable(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { encoded(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_mail_and_token_never_survive_however_their_names_are_spelt() {
        let query = "activity=newInstance&mobile%50hone=secret1&email=secret2&a=%zz&%zz=secret3&authToken=secret4";
        let text = redacted_query(query);
        assert!(!text.contains("secret"), "{text}");
        assert!(text.starts_with("activity=newInstance&"), "{text}");
    }
}
