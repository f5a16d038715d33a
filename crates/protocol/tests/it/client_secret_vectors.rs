//! Client secrets and the keys they are encrypted with.

use mercer_protocol::kit::client_secret::{
    DecryptReason, EncryptFailure, KeyRefusal, LabelledKey, MIN_KEY_BITS, Padding, PrivateKey, PublicKey, decrypt_any,
    encrypt,
};
use mercer_protocol::saas_v2::MAX_RESULT_MSG_CHARACTERS;
use serde_json::Value;

use crate::vectors::{group, kit, text};

/// A repeatable source of bytes; never for anything but tests.
fn chance() -> impl FnMut(&mut [u8]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move |target: &mut [u8]| {
        for byte in target {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state.to_le_bytes()[0];
        }
    }
}

fn test_key(suite: &Value) -> PrivateKey {
    PrivateKey::parse(text(&suite["rsa_test_key"], "private_pkcs8_pem")).unwrap()
}

#[test]
fn every_secret_vector_is_decrypted_or_refused_as_it_says() {
    let suite = kit();
    let key = test_key(&suite);
    for vector in group(&suite, "client-secret") {
        let (name, secret) = (text(vector, "name"), text(vector, "client_secret"));
        let keys = [LabelledKey { label: "key-7", key: &key }];
        match decrypt_any(&keys, secret, &mut chance()) {
            Ok(found) => {
                assert_eq!(vector["accept"], true, "{name}");
                assert_eq!(found.plain, text(&vector["expected"], "plain_text"), "{name}");
                let title = format!("{}/MGF1-{}", text(vector, "oaep_hash"), text(vector, "mgf1_hash"));
                assert_eq!(found.padding.title(), title, "{name}");
                assert!(!format!("{found:?}").contains(&found.plain), "{name}");
            }
            Err(failure) => {
                assert_eq!(vector["accept"], false, "{name}: {failure}");
                assert_eq!(failure.result_code().as_str(), text(&vector["expected"], "result_code"), "{name}");
                let message = failure.result_message();
                assert!(message.contains("clientSecret cannot be decrypted"), "{name}");
                assert!(message.chars().count() <= MAX_RESULT_MSG_CHARACTERS, "{name}");
                if failure.reason == DecryptReason::NothingFits {
                    assert!(message.contains("key-7"), "{message}");
                    assert!(Padding::ALL.iter().all(|padding| message.contains(padding.title())), "{message}");
                }
            }
        }
    }
}

#[test]
fn each_combination_is_read_back_with_whichever_key_fits() {
    let suite = kit();
    let (right, other) = (test_key(&suite), test_key(&suite));
    let keys = [LabelledKey { label: "a", key: &right }, LabelledKey { label: "b", key: &other }];
    for padding in Padding::ALL {
        assert_eq!(Padding::parse(padding.as_str()), Some(padding));
        let sent = encrypt(&right.public_key(), "cs-机密-1", padding, &mut chance()).unwrap();
        assert_eq!((sent.len(), sent.contains('=')), (512, false));
        let found = decrypt_any(&keys, &sent, &mut chance()).unwrap();
        assert_eq!((found.plain.as_str(), found.key_index, found.padding), ("cs-机密-1", 0, padding));
    }
}

#[test]
fn the_longest_secret_is_encrypted_and_one_byte_more_is_not() {
    let suite = kit();
    let public = test_key(&suite).public_key();
    for (padding, max) in [(Padding::Sha256Sha256, 318), (Padding::Sha256Sha1, 318), (Padding::Sha1Sha1, 342)] {
        assert!(encrypt(&public, &"m".repeat(max), padding, &mut chance()).is_ok());
        let failure = encrypt(&public, &"m".repeat(max + 1), padding, &mut chance());
        assert_eq!(failure, Err(EncryptFailure::TooLong { bytes: max + 1, max }));
    }
}

#[test]
fn a_failure_says_what_was_wrong_before_any_key_was_tried() {
    let suite = kit();
    let key = test_key(&suite);
    let reason = |keys: &[LabelledKey<'_>], text: &str| decrypt_any(keys, text, &mut chance()).unwrap_err().reason;
    let keys = [LabelledKey { label: "a", key: &key }];
    assert_eq!(reason(&keys, " \r\n"), DecryptReason::Empty);
    assert_eq!(reason(&keys, "%%"), DecryptReason::NotBase64);
    assert_eq!(reason(&keys, "AAAA"), DecryptReason::WrongLength { bytes: 3 });
    assert_eq!(reason(&[], "AAAA"), DecryptReason::NoKeys);
}

#[test]
fn every_public_key_vector_is_taken_or_refused_as_it_says() {
    for vector in group(&kit(), "public-key") {
        let name = text(vector, "name");
        let bits = vector["expected"]["bits"].as_u64().map(|bits| usize::try_from(bits).unwrap());
        match PublicKey::parse(text(vector, "public_key")) {
            Ok(key) => {
                assert_eq!(vector["accept"], true, "{name}");
                assert_eq!(Some(key.bits()), bits, "{name}");
            }
            Err(refusal) => {
                assert_eq!(vector["accept"], false, "{name}: {refusal}");
                let wanted = bits.map_or(KeyRefusal::PrivateKey, |bits| KeyRefusal::TooShort { bits });
                assert_eq!(refusal, wanted, "{name}");
            }
        }
    }
}

#[test]
fn keys_are_read_in_every_form_and_written_in_one() {
    let suite = kit();
    let forms = &suite["rsa_test_key"];
    let (pkcs8, pkcs1) = (text(forms, "private_pkcs8_pem"), text(forms, "private_pkcs1_pem"));
    let (spki, bare) = (text(forms, "public_spki_pem"), text(forms, "public_spki_bare"));
    for form in [pkcs8.to_owned(), pkcs1.to_owned(), bare_of(pkcs8), bare_of(pkcs1), pkcs8.replace('\n', "\r\n")] {
        let key = PrivateKey::parse(&form).unwrap();
        assert_eq!(key.to_pem(), pkcs8);
        assert_eq!(key.public_key().to_pem(), spki);
        assert_eq!(key.public_key().to_bare(), bare);
        assert_eq!(key.bits(), 3_072);
        assert!(!format!("{key:?}").contains("af3c"));
    }
    for form in [spki.to_owned(), bare.to_owned(), format!("  {}\n", spki.replace('\n', "\r\n"))] {
        assert_eq!(PublicKey::parse(&form).unwrap().to_pem(), spki);
    }
}

#[test]
fn what_is_no_public_key_is_refused_with_its_reason() {
    let suite = kit();
    let forms = &suite["rsa_test_key"];
    let private = text(forms, "private_pkcs8_pem");
    // An Ed25519 key, as SubjectPublicKeyInfo.
    let other = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    let refusals = [
        (String::new(), KeyRefusal::Empty),
        (private.to_owned(), KeyRefusal::PrivateKey),
        (bare_of(private), KeyRefusal::PrivateKey),
        (bare_of(text(forms, "private_pkcs1_pem")), KeyRefusal::PrivateKey),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA".to_owned(), KeyRefusal::PrivateKey),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".to_owned(),
            KeyRefusal::OtherForm { label: "CERTIFICATE".into() },
        ),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END CERTIFICATE-----".to_owned(), KeyRefusal::NotBase64),
        ("bXkga2V5".to_owned(), KeyRefusal::Unreadable),
        ("my key!".to_owned(), KeyRefusal::NotBase64),
        (other.to_owned(), KeyRefusal::OtherAlgorithm),
        ("A".repeat(16_385), KeyRefusal::TooLong { characters: 16_385 }),
    ];
    for (given, wanted) in refusals {
        assert_eq!(PublicKey::parse(&given).unwrap_err(), wanted, "{given:.60}");
    }
}

#[test]
fn what_is_no_private_key_is_refused_with_its_reason() {
    let suite = kit();
    let forms = &suite["rsa_test_key"];
    let refusals = [
        (text(forms, "public_spki_pem").to_owned(), KeyRefusal::PublicKey),
        (text(forms, "public_spki_bare").to_owned(), KeyRefusal::PublicKey),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----".to_owned(),
            KeyRefusal::Encrypted,
        ),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned(), KeyRefusal::Unreadable),
        (text(forms, "private_pkcs8_pem").replacen("MIIG", "MIIH", 1), KeyRefusal::Unreadable),
        (" ".to_owned(), KeyRefusal::Empty),
    ];
    for (given, wanted) in refusals {
        assert_eq!(PrivateKey::parse(&given).unwrap_err(), wanted, "{given:.60}");
    }
    assert_eq!(
        PrivateKey::generate(MIN_KEY_BITS - 1, &mut chance()).unwrap_err(),
        KeyRefusal::TooShort { bits: 3_071 }
    );
}

#[test]
fn a_generated_pair_works_and_is_repeatable_with_the_same_chance() {
    let key = PrivateKey::generate(MIN_KEY_BITS, &mut chance()).unwrap();
    let again = PrivateKey::parse(&key.to_pem()).unwrap();
    assert_eq!((again.bits(), again.to_pem()), (MIN_KEY_BITS, key.to_pem()));
    let sent = encrypt(&key.public_key(), "secret", Padding::default(), &mut chance()).unwrap();
    let found = decrypt_any(&[LabelledKey { label: "new", key: &again }], &sent, &mut chance()).unwrap();
    assert_eq!(found.plain, "secret");
}

/// A PEM without its first and last line.
fn bare_of(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}
