//! Encrypted fields: the key, both directions, what must fail.

use mercer_protocol::cipher::{
    Failure, Iv, KeySize, MAX_ACCOUNT_WIRE_CHARACTERS, decrypt, decrypt_any, derived_key_hex, encrypt, key_stream,
};
use mercer_protocol::saas_v1::{AppInfo, ExtendParams, Parameters, Reading, decrypt_account, encoded, encrypt_account};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::vectors::{list, optional, saas_v1, text};

const KEY: &str = "9f1c0d5e-2b77-4c1a-8a55-0e6f3b1d2c44";
const SIZES: [KeySize; 2] = [KeySize::Bits256, KeySize::Bits128];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_derived_key_is_that_of_the_java_runtime() {
    for vector in list(&saas_v1(), "key_derivation") {
        let (name, key, expected) = (text(vector, "name"), text(vector, "key"), &vector["expected"]);
        if let Some(wrong) = optional(vector, "candidate") {
            let size = if vector["bits"] == 128 { KeySize::Bits128 } else { KeySize::Bits256 };
            assert_ne!(derived_key_hex(key, size), wrong, "{name}");
            continue;
        }
        assert_eq!(derived_key_hex(key, KeySize::Bits256), text(expected, "aes256_key"), "{name}");
        assert_eq!(derived_key_hex(key, KeySize::Bits128), text(expected, "aes128_key"), "{name}");
        assert_eq!(hex(&key_stream(key, 64)), text(expected, "stream_first_64_bytes"), "{name}");
        let digest = Sha256::digest(key_stream(key, 4_096));
        assert_eq!(hex(&digest), text(expected, "sha256_of_first_4096_bytes"), "{name}");
    }
}

#[test]
fn every_ciphertext_is_made_and_read_or_refused_as_it_says() {
    for vector in list(&saas_v1(), "aes") {
        let (name, key, wire) = (text(vector, "name"), text(vector, "key"), text(vector, "wire"));
        let size = KeySize::of_bits(u32::try_from(vector["bits"].as_u64().unwrap()).unwrap()).unwrap();
        assert_eq!(size.encrypt_type(), text(vector, "encrypt_type"), "{name}");
        let read = decrypt(key, size, wire);
        if vector["accept"] == true {
            let plain = text(&vector["expected"], "plaintext");
            assert_eq!(read.as_deref(), Ok(plain), "{name}");
            if text(vector, "direction") == "both" {
                assert_eq!(encrypt(key, size, &Iv::new(text(vector, "iv")).unwrap(), plain), wire, "{name}");
            }
        } else if text(vector, "direction") == "encrypt" {
            // It is a ciphertext, but no field may hold it.
            assert!(read.is_ok() && wire.chars().count() > MAX_ACCOUNT_WIRE_CHARACTERS, "{name}");
        } else {
            let failure = read.unwrap_err();
            assert_eq!(failure.result_code().as_str(), "000002", "{name}");
            assert!(failure.message_for("mobilePhone").contains("mobilePhone"), "{name}");
        }
    }
}

#[test]
fn failures_are_named() {
    let read = |wire: &str| decrypt(KEY, KeySize::Bits256, wire).unwrap_err();
    assert_eq!(read(""), Failure::Empty);
    assert_eq!(read("A1b2C3d4E5f6G7h8"), Failure::TooShort { characters: 16 });
    assert_eq!(read("A1b2C3d4E5f6G7h-umqpkhzqnoqHRoDQMVpv8g=="), Failure::BadIv);
    assert_eq!(read("管管管管管umqpkhzqnoqHRoDQMVpv8g=="), Failure::BadIv);
    assert_eq!(read("A1b2C3d4E5f6G7h8***"), Failure::NotBase64);
    assert_eq!(read("A1b2C3d4E5f6G7h8mKj908qJUr+zgL4vNt/7"), Failure::NotWholeBlocks { bytes: 15 });
    assert_eq!(read("A1b2C3d4E5f6G7h8I6nPY+R1YSi5QPs9Jrv6vA=="), Failure::WrongPadding);
    assert!(Iv::new("A1b2C3d4E5f6G7h").is_err() && Iv::new("A1b2C3d4E5f6G7h8x").is_err());
}

#[test]
fn an_account_of_79_bytes_fits_its_field_and_one_of_80_does_not() {
    let iv = Iv::new("A1b2C3d4E5f6G7h8").unwrap();
    let length = |bytes: usize| encrypt(KEY, KeySize::Bits256, &iv, &"p".repeat(bytes)).chars().count();
    assert!(length(79) <= MAX_ACCOUNT_WIRE_CHARACTERS);
    assert!(length(80) > MAX_ACCOUNT_WIRE_CHARACTERS);
}

#[test]
fn any_of_several_keys_may_fit_and_one_bad_value_spoils_no_other() {
    let app_info =
        AppInfo { user_name: Some("admin".into()), password: Some("Init#2024".into()), ..AppInfo::default() };
    let mut count = 0_u8;
    let mut chance = |target: &mut [u8]| {
        count += 1;
        target.fill(count);
    };
    let mut sent = encrypt_account(&app_info, KEY, KeySize::Bits128, &mut chance);
    assert_ne!(sent.user_name.as_deref().map(|text| &text[..16]), sent.password.as_deref().map(|text| &text[..16]));
    sent.password = Some("not encrypted at all".into());
    let account = decrypt_account(&sent, &["another", KEY], KeySize::Bits128);
    assert_eq!(account.user_name, Some(Ok("admin".to_owned())));
    assert!(account.password.as_ref().unwrap().is_err());
    assert!(!format!("{account:?}").contains("admin"));
    assert_eq!(decrypt_any(&["another", KEY], KeySize::Bits128, &sent.user_name.unwrap()).unwrap().key_index, 1);
}

#[test]
fn every_extended_parameter_vector_is_read_or_kept_raw() {
    for vector in list(&saas_v1(), "saas_extend_params") {
        let name = text(vector, "name");
        let plain = optional(vector, "plain").or_else(|| optional(&vector["expected"], "plain"));
        if let Some(query_value) =
            optional(vector, "query_value").or_else(|| optional(&vector["expected"], "query_value"))
        {
            let query = format!("saasExtendParams={query_value}");
            let parameters = Parameters::decode(&query, Reading::FormDecoded).unwrap();
            let read = ExtendParams::read(parameters.get("saasExtendParams").unwrap());
            assert_eq!(vector["accept"], read.entries().is_some(), "{name}");
            let Some(entries) = read.entries() else {
                assert_eq!(read.raw(), parameters.get("saasExtendParams").unwrap(), "{name}");
                continue;
            };
            let written = ExtendParams::of(entries);
            assert_eq!(written.entries(), read.entries(), "{name}");
            let json: serde_json::Value = serde_json::from_str(plain.unwrap()).unwrap();
            assert_eq!(json.as_array().unwrap().len(), entries.len(), "{name}");
            if let Some(base64) = optional(&vector["expected"], "base64") {
                assert_eq!(written.raw(), base64, "{name}");
                assert_eq!(encoded(base64), query_value, "{name}");
            }
        }
    }
}

proptest! {
    #[test]
    fn what_was_encrypted_is_decrypted(key in ".{1,40}", text in ".{0,80}", iv in "[A-Za-z0-9]{16}", wide in any::<bool>()) {
        let size = SIZES[usize::from(wide)];
        let wire = encrypt(&key, size, &Iv::new(&iv).unwrap(), &text);
        prop_assert_eq!(decrypt(&key, size, &wire), Ok(text.clone()));
        // What a careless peer makes of it: blanks for plus signs, no `=`.
        let careless = wire.replace('+', " ").trim_end_matches('=').to_owned();
        prop_assert_eq!(decrypt(&key, size, &careless), Ok(text));
    }

    #[test]
    fn nothing_that_is_no_ciphertext_panics(wire in ".{0,80}", wide in any::<bool>()) {
        let _ = decrypt(KEY, SIZES[usize::from(wide)], &wire);
    }
}
