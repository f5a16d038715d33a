//! What holds for any call of V1.0.

use jiff::Timestamp;
use jiff::tz::Offset;
use mercer_protocol::order_query::ExtendParam;
use mercer_protocol::saas_v1::auth_token::{VerifyInput, VerifySettings, signed_query, verify_any};
use mercer_protocol::saas_v1::{ExtendParams, Parameters, Reading, Request, diagnosis, redacted_query};
use mercer_protocol::time::CompactTime;
use proptest::prelude::*;

fn input(raw_query: &str) -> VerifyInput<'_> {
    VerifyInput { raw_query, now: Timestamp::UNIX_EPOCH, settings: VerifySettings::default() }
}

/// Complete queries of all seven interfaces.
fn known_parameters() -> impl Strategy<Value = Parameters> {
    let queries = [
        "activity=newInstance&customerId=c&businessId=b&orderId=o&productId=p",
        "activity=newInstance&customerId=c&customerName=n&userId=u&userName=un&mobilePhone=m&email=e&businessId=b&orderId=o&skuCode=s&productId=p&trialFlag=0&expireTime=20250101000000&chargingMode=5&saasExtendParams=raw&amount=1&diskSize=2&bandWidth=3&periodType=month&periodNumber=12&orderAmount=0.100&provisionType=1&acceptanceTime=20240102030405678&testFlag=1",
        "activity=refreshInstance&orderId=o&instanceId=i&productId=p&expireTime=20250101000000&trialToFormal=1&periodType=year&periodNumber=1&orderAmount=-3",
        "activity=expireInstance&instanceId=i&orderId=o&testFlag=0",
        "activity=releaseInstance&instanceId=i&orderId=o&orderAmount=3.5",
        "activity=upgrade&instanceId=i&orderId=o&skuCode=s&productId=p&amount=5&saasExtendParams=W10%3D",
        "activity=instanceStatus&instanceId=i&instanceStatus=NORMAL",
        "activity=queryInstance&instanceId=a%2Cb",
    ];
    prop::sample::select(queries.to_vec()).prop_map(|query| Parameters::decode(query, Reading::FormDecoded).unwrap())
}

/// Parameters no interface knows, with any content.
fn unknown_parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("x.{0,8}", ".{0,16}"), 0..4)
}

fn with_unknown(mut known: Parameters, unknown: &[(String, String)]) -> Parameters {
    for (name, value) in unknown {
        known.set(name, value.as_str());
    }
    known
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(pairs in prop::collection::vec((".{0,8}", ".{0,16}"), 0..6)) {
        let parameters = Parameters::of_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        for reading in [Reading::FormDecoded, Reading::PlusKept] {
            let read = Parameters::decode(&parameters.to_query(), reading).unwrap();
            prop_assert_eq!(read.to_members().len(), parameters.iter().count());
            prop_assert!(parameters.iter().all(|(name, value)| read.get(name) == Some(value)));
        }
    }

    #[test]
    fn what_was_signed_is_accepted(key in ".{1,40}", known in known_parameters(), unknown in unknown_parameters(), seconds in 0_i64..4_000_000_000) {
        let mut parameters = with_unknown(known, &unknown);
        let at = Timestamp::from_second(seconds).unwrap();
        parameters.set("timeStamp", CompactTime::milliseconds(at).to_string());
        let query = signed_query(&key, &parameters);
        let verified = verify_any(&["another", &key], &input(&query)).unwrap();
        prop_assert_eq!(verified.key_index, usize::from(key != "another"));
        prop_assert_eq!(verified.reading, Reading::FormDecoded);
        prop_assert_eq!(diagnosis::diagnose(&key, &input(&query)).mistake, None);
        let fresh = VerifySettings { freshness_seconds: 1, ..VerifySettings::default() };
        let timely = VerifyInput { raw_query: &query, now: at, settings: fresh };
        prop_assert!(verify_any(&[&key], &timely).is_ok());
    }

    #[test]
    fn any_changed_byte_is_refused_or_means_the_same(known in known_parameters(), place in any::<prop::sample::Index>(), change in 1_u8..128) {
        let mut parameters = known;
        parameters.set("timeStamp", "20240101080910123");
        let query = signed_query("key", &parameters);
        let mut changed = query.clone().into_bytes();
        let index = place.index(query.len());
        changed[index] ^= change;
        let Ok(changed) = String::from_utf8(changed) else { return Ok(()) };
        // `%2b` for `%2B` and the like say the same in other letters; everything else must be refused.
        if let Ok(verified) = verify_any(&["key"], &input(&changed)) {
            let mut original = Parameters::decode(&query, Reading::FormDecoded).unwrap();
            let mut read = verified.parameters;
            original.remove("authToken");
            read.remove("authToken");
            prop_assert_eq!(read, original);
        }
    }

    #[test]
    fn requests_survive_a_round_trip_with_their_unknown_parameters(known in known_parameters(), unknown in unknown_parameters(), seconds in 0_i64..4_000_000_000, minutes in -720_i32..840) {
        let zone = Offset::from_seconds(minutes * 60).unwrap();
        let request = Request::parse(&with_unknown(known, &unknown), zone).unwrap();
        let sent = request.to_parameters(Timestamp::from_second(seconds).unwrap(), zone);
        prop_assert_eq!(Request::parse(&sent, zone), Ok(request.clone()));
        prop_assert_eq!(request.to_parameters(Timestamp::from_second(seconds).unwrap(), zone), sent);
        for (name, value) in &unknown {
            let first = unknown.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value);
            prop_assert_eq!(request.unknown().get(name), first.map(String::as_str), "{}", value);
        }
    }

    #[test]
    fn extended_parameters_survive_the_journey(entries in prop::collection::vec(("[a-zA-Z]{1,12}", "[^\\s].{0,20}"), 0..5)) {
        let entries: Vec<ExtendParam> = entries.into_iter().map(|(name, value)| ExtendParam { name, value }).collect();
        let written = ExtendParams::of(&entries);
        for raw in [written.raw().to_owned(), written.raw().replace('+', " ")] {
            let read = ExtendParams::read(raw);
            prop_assert_eq!(read.entries(), Some(entries.as_slice()));
        }
    }

    #[test]
    fn no_query_panics(query in ".{0,120}", noise in "[a-z=&%+0-9]{0,60}") {
        for query in [format!("{query}{noise}"), format!("activity=newInstance&{noise}&authToken=x&timeStamp=1&{query}")] {
            let _ = verify_any(&["key"], &input(&query));
            let _ = diagnosis::diagnose("key", &input(&query));
            let _ = redacted_query(&query);
        }
    }
}
