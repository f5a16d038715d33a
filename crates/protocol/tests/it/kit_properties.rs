//! What holds for any kit call.

use jiff::Timestamp;
use mercer_protocol::kit::x_sign::{Form, Presented};
use mercer_protocol::kit::{
    AllOrgSync, ApplicationSync, AuthSync, Enable, Flag, OrgInfo, Request, Role, SingleOrgSync, TenantSync, TestFlag,
    User, Version, auth_token, diagnosis, redacted, x_sign,
};
use mercer_protocol::saas_v2::signature::{Matched, VerifySettings};
use mercer_protocol::time::CompactTime;
use proptest::prelude::*;
use serde_json::{Map, Value};

const NOW_MS: i64 = 1_710_120_615_123;
const TIMESTAMP: &str = "1710120615123";

fn input<'a>(body: &'a [u8], sign: &'a str) -> x_sign::VerifyInput<'a> {
    x_sign::VerifyInput {
        body,
        presented: Presented { sign: Some(sign), timestamp: Some(TIMESTAMP), nonce: Some("nonce") },
        now_ms: NOW_MS,
        settings: VerifySettings::default(),
    }
}

fn token_input<'a>(body: &'a [u8], token: &'a str) -> auth_token::VerifyInput<'a> {
    let settings = auth_token::VerifySettings::default();
    auth_token::VerifyInput { body, presented: Some(token), now: Timestamp::UNIX_EPOCH, settings }
}

/// A text that is not blank, because blank counts as absent.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9\u{4e00}-\u{4e20}\"\\\\/<&%+]{1,10}".prop_map(String::from)
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    prop::option::of(text())
}

fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::hash_map(
        "x[a-z]{1,6}",
        prop_oneof![
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            any::<bool>().prop_map(|flag| serde_json::json!({"z": [flag], "a": 1.50}))
        ],
        0..3,
    )
    .prop_map(|map| map.into_iter().collect())
}

fn member() -> impl Strategy<Value = User> {
    let named = (text(), text(), text(), text(), any::<bool>());
    let optional = (maybe(), maybe(), prop::option::of(0_u8..5), maybe(), maybe(), maybe(), maybe());
    (named, optional, unknown(), unknown()).prop_map(|(named, optional, extension, unknown)| {
        let (user_name, name, org_code, role, enabled) = named;
        let (position, employee_code, employee_type, mobile, email, work_place, entry_date) = optional;
        User {
            user_name,
            name,
            org_code,
            role: Role::parse(&role),
            enable: if enabled { Enable::Enabled } else { Enable::Disabled },
            position,
            employee_code,
            employee_type: employee_type.map(|kind| kind.to_string()),
            mobile,
            email,
            work_place,
            entry_date,
            extension,
            unknown,
        }
    })
}

fn department() -> impl Strategy<Value = OrgInfo> {
    (text(), text(), maybe(), unknown()).prop_map(|(org_code, name, parent_code, unknown)| OrgInfo {
        org_code,
        name,
        parent_code,
        unknown,
    })
}

fn time() -> impl Strategy<Value = CompactTime> {
    (0_i64..4_000_000_000_000)
        .prop_map(|milliseconds| CompactTime::milliseconds(Timestamp::from_millisecond(milliseconds).unwrap()))
}

fn call() -> impl Strategy<Value = Request> {
    let common = (text(), text(), any::<bool>(), time(), unknown());
    let texts = (text(), text(), text(), maybe());
    let lists =
        (prop::collection::vec(member(), 0..4), prop::collection::vec(department(), 0..4), prop::option::of(time()));
    (common, texts, lists, 0..5, 1..3_usize).prop_map(|(common, texts, lists, which, flag)| {
        let (instance_id, tenant_id, is_test, time_stamp, unknown) = common;
        let (first, second, third, optional) = texts;
        let (users, departments, current_sync_time) = lists;
        let instance_id = Some(instance_id);
        let test_flag = if is_test { TestFlag::On } else { TestFlag::Off };
        let flag = Flag::ALL[flag];
        match which {
            0 => Request::TenantSync(TenantSync {
                instance_id,
                order_id: optional,
                tenant_id,
                tenant_code: first,
                name: second,
                domain_name: third,
                flag,
                test_flag,
                time_stamp,
                unknown,
            }),
            1 => Request::ApplicationSync(ApplicationSync {
                instance_id,
                tenant_id,
                app_id: first,
                client_id: second,
                client_secret: third,
                flag,
                test_flag,
                time_stamp,
                unknown,
            }),
            2 => Request::AuthSync(AuthSync {
                instance_id,
                tenant_id,
                app_id: first,
                users,
                current_sync_time,
                flag,
                test_flag,
                time_stamp,
                unknown,
            }),
            3 => Request::SingleOrgSync(SingleOrgSync {
                instance_id,
                tenant_id,
                org_code: first,
                org_name: second,
                parent_code: optional,
                flag,
                test_flag,
                time_stamp,
                unknown,
            }),
            _ => {
                Request::AllOrgSync(AllOrgSync { instance_id, tenant_id, departments, test_flag, time_stamp, unknown })
            }
        }
    })
}

proptest! {
    #[test]
    fn calls_survive_a_round_trip_in_both_versions_with_their_unknown_members(call in call()) {
        for version in Version::ALL {
            let body = call.to_body(version);
            prop_assert_eq!(Request::parse(call.interface(), body.as_bytes()), Ok(call.clone()));
        }
    }

    #[test]
    fn what_was_signed_is_accepted_in_both_forms(key in ".{1,40}", call in call()) {
        let body = call.to_body(Version::V2);
        for form in Form::ALL {
            let signed = x_sign::sign(&key, form, body.as_bytes(), TIMESTAMP, "nonce");
            let found = x_sign::verify_any(&[&key], &input(body.as_bytes(), &signed.signature)).unwrap();
            prop_assert_eq!((found.form, found.matched), (form, Matched::Raw));
            let value: Value = serde_json::from_str(&body).unwrap();
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            let found = x_sign::verify_any(&[&key], &input(pretty.as_bytes(), &signed.signature)).unwrap();
            prop_assert_eq!((found.form, found.matched), (form, Matched::Canonical));
        }
    }

    #[test]
    fn any_changed_byte_is_refused(call in call(), place in any::<prop::sample::Index>(), change in 1_u8..) {
        let body = call.to_body(Version::V2).into_bytes();
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= change;
        for form in Form::ALL {
            let signed = x_sign::sign("key", form, &body, TIMESTAMP, "nonce");
            prop_assert_eq!(x_sign::verify_any(&["key"], &input(&changed, &signed.signature)), Err(x_sign::Refusal::WrongSign));
        }
    }

    #[test]
    fn tokens_of_v1_are_accepted_however_the_body_is_laid_out(key in ".{1,40}", call in call()) {
        let body = call.to_body(Version::V1);
        let signed = auth_token::sign(&key, body.as_bytes()).unwrap();
        let found = auth_token::verify_any(&["another", &key], &token_input(body.as_bytes(), &signed.auth_token)).unwrap();
        prop_assert_eq!(found.reading, auth_token::Reading::AsSent);
        prop_assert_eq!(&*found.body, body.as_bytes());
        // Blanks between the members change nothing; top-level values of V1 are texts and numbers.
        let spread = body.replacen('{', " {\n\t", 1);
        prop_assert!(auth_token::verify_any(&[&key], &token_input(spread.as_bytes(), &signed.auth_token)).is_ok());
    }

    #[test]
    fn a_changed_v1_body_is_refused_or_means_the_same(call in call(), place in any::<prop::sample::Index>(), change in 1_u8..) {
        let body = call.to_body(Version::V1).into_bytes();
        let signed = auth_token::sign("key", &body).unwrap();
        let mut changed = body.clone();
        changed[place.index(body.len())] ^= change;
        if let Ok(found) = auth_token::verify_any(&["key"], &token_input(&changed, &signed.auth_token)) {
            prop_assert_eq!(auth_token::sign("key", &found.body).unwrap().canonical, signed.canonical);
        }
    }

    #[test]
    fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..120), json in "[\\[\\]{}\",:a0 ]{0,40}") {
        for body in [body.as_slice(), json.as_bytes()] {
            for interface in mercer_protocol::kit::Interface::ALL {
                let _ = Request::parse(interface, body);
            }
            let _ = auth_token::verify_any(&["key"], &token_input(body, "token"));
            let _ = diagnosis::diagnose_auth_token("key", &token_input(body, "token"));
            let _ = diagnosis::diagnose_x_sign("key", &input(body, "sign"));
            let _ = redacted(body);
        }
    }
}
