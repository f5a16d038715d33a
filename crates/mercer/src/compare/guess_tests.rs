//! The usual mistakes, one by one.

use super::super::difference;
use super::*;

fn reason(ours: &str, theirs: &str) -> Reason {
    let found = difference(ours.as_bytes(), theirs.as_bytes()).unwrap();
    found.reason.unwrap_or_else(|| panic!("no reason for {theirs:?}"))
}

#[test]
fn usual_mistakes_over_query_parameters_are_named() {
    let ours = "activity=newInstance&email=a+b/c=&name=张 三&timeStamp=20200727073711903&trialFlag=";
    for (theirs, expected) in [
        (ours.replace("a+b", "a b"), Reason::PlusBecameBlank),
        (ours.replace("张 三", "张+三"), Reason::BlankStayedPlus),
        (ours.replace("a+b/c=", "a%2Bb%2Fc%3D"), Reason::StillEncoded),
        (ours.replace("张 三", "%E5%BC%A0%20%E4%B8%89"), Reason::StillEncoded),
        (ours.replace("&timeStamp=20200727073711903", ""), Reason::MissingTimeStamp),
        (ours.replace("&trialFlag=", ""), Reason::MissingParameter("trialFlag".to_owned())),
        (format!("{ours}&zeta=1"), Reason::SurplusParameter("zeta".to_owned())),
        (format!("activity=newInstance&authToken=x{}", &ours[20..]), Reason::SurplusParameter("authToken".to_owned())),
        (format!("{}&activity=newInstance", &ours[21..]), Reason::Order),
        (format!("{ours}\n"), Reason::TrailingNewline),
        (format!("{ours}\r\n"), Reason::TrailingNewline),
        (format!("\u{feff}{ours}"), Reason::ByteOrderMark),
        (format!(" {ours}"), Reason::OuterBlanks),
    ] {
        assert_eq!(reason(ours, &theirs), expected, "{theirs}");
    }
}

#[test]
fn usual_mistakes_over_a_body_are_named() {
    let ours = r#"key1nonce1234567890123{"a":1,"b":"研发/部"}"#;
    for (theirs, expected) in [
        (ours.replace("1,", "1, "), Reason::JsonBlanks),
        (ours.replace('研', "\\u7814"), Reason::Escapes),
        (ours.replace('/', "\\/"), Reason::Escapes),
        (ours.replace(r#""a":1,"b":"研发/部""#, r#""b":"研发/部","a":1"#), Reason::JsonRewritten),
        (ours[4..].to_owned(), Reason::NothingInFront),
        (format!("Key{ours}"), Reason::SomethingInFront),
        (format!("{} 1}}", &ours[..27]), Reason::JsonBlanks),
        (ours[..30].to_owned(), Reason::EndsEarly),
        (format!("{ours}x"), Reason::GoesOn),
    ] {
        assert_eq!(reason(ours, &theirs), expected, "{theirs}");
    }
}

#[test]
fn other_line_breaks_letters_and_character_sets_are_named() {
    assert_eq!(reason("GET\n/a/\nb=%7E\n", "GET\r\n/a/\r\nb=%7E\r\n"), Reason::CarriageReturns);
    assert_eq!(reason("GET\n/a/\nb=%7E\n", "GET\n/a/\nb=~\n"), Reason::DecodedTooOften);
    assert_eq!(reason("{}\n", "{}"), Reason::NoTrailingNewline);
    assert_eq!(reason("k-e9ad7601", "k-E9AD7601"), Reason::LetterCase);
    let gbk = difference("name=名&x=1".as_bytes(), b"name=\xc3\xfb&x=1").unwrap();
    assert_eq!(gbk.reason, Some(Reason::NotUtf8));
}
