//! The fuzz targets on stable: every target over mutated vectors, bounded by count, from a fixed seed.

use serde_json::Value;

use crate::vectors::{kit, list, optional, order_notify, saas_v1, saas_v2};

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Mutated inputs of each target; RSA makes a single one cost milliseconds.
const MUTATIONS: usize = 1_500;

/// Longest input a mutation may grow to.
const MAX_BYTES: usize = 4_096;

/// Texts that are interesting anywhere.
const DICTIONARY: [&str; 20] = [
    "%",
    "%2B",
    "+",
    "&",
    "=",
    "\n",
    "\"",
    "\\u0000",
    "null",
    "{}",
    "[",
    "-1",
    "1e400",
    "0.0",
    "\u{10ffff}",
    "authToken",
    "timeStamp",
    "activity",
    "testFlag",
    "-----BEGIN ",
];

/// xorshift64*: repeatable, and good enough to spread mutations.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(value).unwrap() % bound.max(1)
    }

    fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut data = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(data.len() + 1);
            match self.below(7) {
                0 => data.truncate(at),
                1 if at < data.len() => data[at] ^= 1 << self.below(8),
                2 if at < data.len() => {
                    data.remove(at);
                }
                3 => data.insert(at, u8::try_from(self.below(256)).unwrap()),
                4 => {
                    let word = DICTIONARY[self.below(DICTIONARY.len())];
                    data.splice(at..at, word.bytes());
                }
                5 => {
                    let end = at + self.below(data.len() - at + 1);
                    let part = data[at..end].to_vec();
                    data.splice(at..at, part);
                }
                _ => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    data.truncate(at);
                    data.extend_from_slice(&other[from..]);
                }
            }
        }
        data.truncate(MAX_BYTES);
        data
    }
}

fn joined(parts: &[&str]) -> Vec<u8> {
    parts.join("\n").into_bytes()
}

/// Inputs out of the vectors, in the layout of the target of this name.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let (v1, v2, kit, notify) = (saas_v1(), saas_v2(), kit(), order_notify());
    let member = |vector: &Value, name: &str| optional(vector, name).unwrap_or_default().to_owned();
    let of = |suite: &Value, name: &str, made: &dyn Fn(&Value) -> Vec<u8>| -> Vec<Vec<u8>> {
        list(suite, name).iter().map(made).collect()
    };
    let plain = |field: &'static str| move |vector: &Value| member(vector, field).into_bytes();
    let signed = |vector: &Value| {
        let presented = &vector["presented"];
        let [time, nonce, sign] = ["timestamp", "nonce", "signature"].map(|field| member(presented, field));
        joined(&[&time, &nonce, &sign, &member(vector, "body")])
    };
    match name {
        "saas_v2_request" => of(&v2, "request_signature", &plain("body")),
        "saas_v2_response" => of(&v2, "body_sign", &plain("body")),
        "saas_v2_signature" => of(&v2, "request_signature", &signed),
        "aksk_verify" => vec![joined(&[
            "POST",
            "/api/x",
            "a=1&b=%20",
            "20240317T144237Z",
            "SDK-HMAC-SHA256 Access=AK, SignedHeaders=content-type;host;x-sdk-date, Signature=00",
            "UNSIGNED-PAYLOAD",
            "{}",
        ])],
        "order_query" => vec![
            joined(&[
                "orderId=CS1&orderLineId=CS1-1",
                r#"{"errorCode":"MKT.0000","orderInfo":{"orderId":"a","orderType":"NEW"}}"#,
            ]),
            joined(&["orderId=%E5", r#"{"error_msg":"x","error_code":"APIGW.0301","request_id":"r"}"#]),
        ],
        "body_sign" => {
            of(&v1, "body_sign", &|vector| joined(&[&member(vector, "header_value"), &member(vector, "body")]))
        }
        "saas_v1_query" | "saas_v1_request" => of(&v1, "auth_token", &plain("raw_query")),
        "saas_v1_response" => of(&v1, "body_sign", &plain("body")),
        "cipher" => of(&v1, "aes", &plain("wire")),
        "kit_request" => of(&kit, "vectors", &plain("body")),
        "kit_x_sign" => of(&kit, "vectors", &|vector| {
            let [time, nonce, sign] =
                ["x-timestamp", "x-nonce", "x-sign"].map(|field| member(&vector["headers"], field));
            joined(&[&time, &nonce, &sign, &member(vector, "body")])
        }),
        "kit_auth_token" => {
            of(&kit, "vectors", &|vector| joined(&[&member(&vector["headers"], "authToken"), &member(vector, "body")]))
        }
        "client_secret" => of(&kit, "vectors", &plain("client_secret")),
        "rsa_key" => {
            let key = &kit["rsa_test_key"];
            let forms = ["private_pkcs8_pem", "private_pkcs1_pem", "public_spki_pem", "public_spki_bare"];
            forms.map(|form| member(key, form).into_bytes()).into()
        }
        "order_notify" => of(&notify, "order_notify_vectors", &plain("body")),
        "time" => vec![joined(&["+08:00", "20240311093015120"]), joined(&["-05:30", "20240317T144237Z"])],
        other => panic!("no seeds for {other}"),
    }
}

fn run(name: &str, mutations: usize) {
    let seeds = seeds(name);
    for seed in &seeds {
        targets::run(name, seed);
    }
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..mutations {
        targets::run(name, &chance.mutated(&seeds));
    }
}

#[test]
fn no_target_falls_over_mutated_vectors() {
    for (name, _) in targets::ALL {
        let mutations = match name {
            "client_secret" | "rsa_key" => MUTATIONS / 15,
            _ => MUTATIONS,
        };
        run(name, mutations);
    }
}

#[test]
fn every_target_has_a_binary() {
    let manifest = include_str!("../../fuzz/Cargo.toml");
    assert_eq!(manifest.matches("[[bin]]").count(), targets::ALL.len());
    for (name, _) in targets::ALL {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
