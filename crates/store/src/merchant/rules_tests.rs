use super::*;
use crate::callback::Policies;

fn known(id: &str, kind: InterfaceType, text: &str, expires_at: Option<i64>) -> KnownKey {
    KnownKey {
        key_id: id.to_owned(),
        interface_type: kind,
        text: text.to_owned(),
        expires_at: expires_at.map(Instant::from_millis),
    }
}

fn now() -> Instant {
    Instant::from_millis(1_000_000)
}

#[test]
fn a_new_key_retires_the_older_keys_of_its_type_after_the_overlap() {
    let keys = [
        known("k1", InterfaceType::Base, "one", None),
        known("k2", InterfaceType::Kit, "two", None),
        known("k3", InterfaceType::Base, "three", Some(1_000_001)),
    ];
    let plan = plan_key(&keys, InterfaceType::Base, "four", 24, now()).unwrap();
    assert_eq!(plan.retire, ["k1"], "k3 ends earlier anyway, k2 is of another type");
    assert_eq!(plan.retire_at, now().plus(Duration::from_secs(24 * 3600)));
}

#[test]
fn without_overlap_the_old_key_ends_at_once() {
    let keys = [known("k1", InterfaceType::Base, "one", None)];
    let plan = plan_key(&keys, InterfaceType::Base, "two", 0, now()).unwrap();
    assert_eq!(plan.retire_at, now());
}

#[test]
fn one_key_is_never_bound_to_two_types() {
    let keys = [known("k1", InterfaceType::Kit, "same", Some(1))];
    let refusal = plan_key(&keys, InterfaceType::Base, "same", 24, now()).unwrap_err();
    assert_eq!(refusal.code, "key.bound");
    let again = plan_key(&keys, InterfaceType::Kit, "same", 24, now()).unwrap_err();
    assert_eq!(again.code, "key.exists");
}

#[test]
fn twenty_valid_keys_are_the_limit_and_expired_ones_do_not_count() {
    let mut keys: Vec<KnownKey> =
        (0..MAX_KEYS - 1).map(|n| known(&format!("k{n}"), InterfaceType::Base, &format!("t{n}"), None)).collect();
    keys.push(known("old", InterfaceType::Base, "old", Some(1)));
    assert!(plan_key(&keys, InterfaceType::Base, "new", 24, now()).is_ok());
    keys.push(known("k20", InterfaceType::Base, "t20", None));
    let refusal = plan_key(&keys, InterfaceType::Base, "new", 24, now()).unwrap_err();
    assert_eq!(refusal.code, "key.too_many");
}

#[test]
fn key_lengths_and_overlap_are_checked_at_the_limit_and_one_past_it() {
    let plan = |text: &str, overlap| plan_key(&[], InterfaceType::Base, text, overlap, now());
    assert!(plan(&"k".repeat(MAX_KEY_BYTES), 0).is_ok());
    assert!(plan(&"k".repeat(MAX_KEY_BYTES + 1), 0).is_err());
    assert!(plan("", 0).is_err());
    assert!(plan("k", MAX_OVERLAP_HOURS).is_ok());
    assert!(plan("k", MAX_OVERLAP_HOURS + 1).is_err());
    assert!(plan("k", -1).is_err());
}

#[test]
fn an_address_obeys_the_site_and_leaves_room_for_the_signature() {
    let (cn, sandbox) = (Policies::load("cn").unwrap(), Policies::load("sandbox").unwrap());
    let check = |url: &str, policies: &Policies| check_address(url, policies.transport());
    let local = "http://127.0.0.1:7002/produce/m1";
    assert_eq!(check(local, &sandbox).unwrap(), local);
    let refusal = check(local, &cn).unwrap_err();
    assert_eq!((refusal.code, refusal.field), ("address.transport", "url"));
    assert!(check("https://app.example.com/p?team=1", &cn).is_ok());
    let cases = [
        ("", "address.length"),
        ("app.example.com/p", "address.transport"),
        ("https://user:pw@app.example.com/p", "address.transport"),
        ("https://app.example.com/p?nonce=1", "address.query"),
    ];
    for (url, code) in cases {
        assert_eq!(check(url, &sandbox).unwrap_err().code, code, "{url}");
    }
    let long = |length: usize| format!("https://a.example/{}", "p".repeat(length - 18));
    assert!(check(&long(MAX_ADDRESS_LENGTH), &sandbox).is_ok());
    assert_eq!(check(&long(MAX_ADDRESS_LENGTH + 1), &sandbox).unwrap_err().code, "address.length");
}

#[test]
fn the_proof_file_lies_at_the_root_of_the_host() {
    assert_eq!(
        verification_url("https://app.example.com/a/b?c=1").unwrap(),
        "https://app.example.com/.well-known/mercer-verify.txt"
    );
}

#[test]
fn an_ak_that_would_break_the_header_is_refused() {
    assert!(check_credential("MERCERDEMO0001", "sk").is_ok());
    for ak in ["", "a,b", "a b", "密钥"] {
        assert_eq!(check_credential(ak, "sk").unwrap_err().code, "credential.ak");
    }
    assert_eq!(check_credential("ak", "").unwrap_err().code, "credential.sk");
}

#[test]
fn blank_texts_of_a_buyer_are_absent_and_mails_need_their_form() {
    assert_eq!(check_optional("userName", Some("  "), 64).unwrap(), None);
    assert!(check_optional("userName", Some(&"x".repeat(65)), 64).is_err());
    assert!(check_email(Some("nobody")).is_err());
    assert_eq!(check_email(Some("a@b.c")).unwrap().as_deref(), Some("a@b.c"));
    assert!(check_customer_id("0123456789ABCDEF0123456789abcdef").is_ok());
    assert!(check_customer_id("xyz").is_err());
}
