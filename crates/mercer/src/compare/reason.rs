//! Why two canonical strings usually part where they do. Pure; a guess, and said as one.

use std::collections::BTreeMap;

use mercer_protocol::Wording;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A usual reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// A byte order mark stands before the text.
    ByteOrderMark,
    /// The same with a line break at the end.
    TrailingNewline,
    /// The same without the line break at our end.
    NoTrailingNewline,
    /// Lines end with CR LF.
    CarriageReturns,
    /// The same with blanks around it.
    OuterBlanks,
    /// Written in another character set.
    NotUtf8,
    /// A plus became a blank.
    PlusBecameBlank,
    /// A blank stayed a plus.
    BlankStayedPlus,
    /// A value is still percent-encoded.
    StillEncoded,
    /// A value was decoded that stays encoded.
    DecodedTooOften,
    /// The member `timeStamp` is not part of it.
    MissingTimeStamp,
    /// A parameter is missing.
    MissingParameter(String),
    /// A parameter does not belong there.
    SurplusParameter(String),
    /// The right parameters in another order.
    Order,
    /// Characters written as escapes, or the other way round.
    Escapes,
    /// Blanks between the members of the JSON text.
    JsonBlanks,
    /// The same JSON with its members in another order or numbers written otherwise.
    JsonRewritten,
    /// What stands before the rest is missing.
    NothingInFront,
    /// Something stands before the rest.
    SomethingInFront,
    /// Upper and lower case.
    LetterCase,
    /// The presented text is cut off.
    EndsEarly,
    /// The presented text goes on.
    GoesOn,
}

impl Reason {
    /// Stable text of the reason.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::ByteOrderMark => "byte_order_mark",
            Self::TrailingNewline => "trailing_newline",
            Self::NoTrailingNewline => "trailing_newline_missing",
            Self::CarriageReturns => "carriage_returns",
            Self::OuterBlanks => "outer_blanks",
            Self::NotUtf8 => "not_utf8",
            Self::PlusBecameBlank => "plus_became_blank",
            Self::BlankStayedPlus => "blank_stayed_plus",
            Self::StillEncoded => "still_encoded",
            Self::DecodedTooOften => "decoded_too_often",
            Self::MissingTimeStamp => "timestamp_missing",
            Self::MissingParameter(_) => "parameter_missing",
            Self::SurplusParameter(_) => "parameter_surplus",
            Self::Order => "order",
            Self::Escapes => "escapes",
            Self::JsonBlanks => "json_blanks",
            Self::JsonRewritten => "json_rewritten",
            Self::NothingInFront => "nothing_in_front",
            Self::SomethingInFront => "something_in_front",
            Self::LetterCase => "letter_case",
            Self::EndsEarly => "ends_early",
            Self::GoesOn => "goes_on",
        }
    }

    /// The reason as a sentence.
    pub(super) fn wording(&self) -> Wording {
        let (zh, en) = match self {
            Self::MissingParameter(name) => {
                return Wording::of(
                    format!("您的串缺少参数 {name}（空值也要保留为「{name}=」）"),
                    format!("your string lacks the parameter {name} (an empty value stays as \"{name}=\")"),
                );
            }
            Self::SurplusParameter(name) => {
                return Wording::of(
                    format!("您的串多了参数 {name}：authToken 本身不参与签名，重复的参数只取第一个"),
                    format!(
                        "your string has the parameter {name} too many: authToken itself is not signed, and of a repeated name only the first counts"
                    ),
                );
            }
            Self::ByteOrderMark => (
                "您的串以 BOM（EF BB BF）开头：请另存为无 BOM 的 UTF-8",
                "your string begins with a byte order mark (EF BB BF): save it as UTF-8 without BOM",
            ),
            Self::TrailingNewline => (
                "您的串末尾多了换行（例如用 echo 而不是 printf 写的）",
                "your string ends with a line break (written with echo instead of printf, for example)",
            ),
            Self::NoTrailingNewline => (
                "收到的内容以换行结尾，您的串没有：签名要覆盖全部字节",
                "what was received ends with a line break, yours does not: every byte is signed",
            ),
            Self::CarriageReturns => ("您的换行是 CRLF，应为 LF", "your line breaks are CR LF, they must be LF"),
            Self::OuterBlanks => ("您的串首尾多了空白", "your string has blanks around it"),
            Self::NotUtf8 => (
                "您的串不是 UTF-8（可能是 GBK）：先转为 UTF-8 再计算",
                "your string is not UTF-8 (GBK perhaps): convert to UTF-8 before signing",
            ),
            Self::PlusBecameBlank => (
                "您把「+」解码成了空格：发送方应写成 %2B，或按原样保留「+」",
                "you decoded \"+\" as a blank: the caller should have sent %2B, or \"+\" must be kept as it is",
            ),
            Self::BlankStayedPlus => {
                ("您保留了「+」，它在这里表示空格", "you kept \"+\", which stands for a blank here")
            }
            Self::StillEncoded => (
                "您的值仍是 URL 编码的：签名前要解码一次",
                "your value is still URL-encoded: decode it once before signing",
            ),
            Self::DecodedTooOften => {
                ("您的值被多解码了一次：这里应保持编码", "your value was decoded once too often: it stays encoded here")
            }
            Self::MissingTimeStamp => (
                "您的串缺少 timeStamp：它既在密钥之后，也在待签名串中",
                "your string lacks timeStamp: it follows the key and is part of the string as well",
            ),
            Self::Order => (
                "参数相同但顺序不同：按参数名的字符编码升序（大写在前）",
                "the same parameters in another order: sort by name in code-unit order (upper case first)",
            ),
            Self::Escapes => (
                "转义写法不同（如 \\uXXXX 或 \\/）：必须使用收到的原始字节，不要重新序列化",
                "escapes are written otherwise (\\uXXXX or \\/): use the bytes as received, do not serialise the JSON again",
            ),
            Self::JsonBlanks => (
                "JSON 中的空白不同：必须使用收到的原始字节，不要重新格式化",
                "the JSON has other blanks: use the bytes as received, do not format it again",
            ),
            Self::JsonRewritten => (
                "JSON 内容相同但写法不同（成员顺序或数字写法）：必须使用收到的原始字节",
                "the same JSON written otherwise (order of members, form of numbers): use the bytes as received",
            ),
            Self::NothingInFront => (
                "您的串缺少开头的部分（如 accessKey）",
                "your string lacks what stands in front (the access key, for example)",
            ),
            Self::SomethingInFront => (
                "您的串开头多了内容：V1 的 Key 与 timeStamp 是 HMAC 密钥，不在串中",
                "something stands in front of your string: in V1, Key and timeStamp are the MAC key, not part of the string",
            ),
            Self::LetterCase => (
                "大小写不同：摘要用小写十六进制，名称保持原样",
                "upper and lower case differ: digests are lower-case hexadecimal, names stay as they are",
            ),
            Self::EndsEarly => ("您的串提前结束", "your string ends early"),
            Self::GoesOn => ("您的串末尾多了内容", "your string goes on after ours ends"),
        };
        Wording::fixed(zh, en)
    }
}

/// The usual reason why the second text leaves the first at this byte.
pub(super) fn guess(ours: &[u8], theirs: &[u8], byte: usize) -> Option<Reason> {
    as_a_whole(ours, theirs)
        .or_else(|| at_the_place(&ours[byte.min(ours.len())..], &theirs[byte.min(theirs.len())..]))
        .or_else(|| between_members(ours, theirs, byte))
        .or_else(|| in_parameters(ours, theirs))
        .or_else(|| in_json(ours, theirs))
        .or_else(|| at_an_end(ours, theirs, byte))
}

/// What befalls whole files and terminals.
fn as_a_whole(ours: &[u8], theirs: &[u8]) -> Option<Reason> {
    if theirs.starts_with(BYTE_ORDER_MARK) && !ours.starts_with(BYTE_ORDER_MARK) {
        return Some(Reason::ByteOrderMark);
    }
    if std::str::from_utf8(theirs).is_err() && std::str::from_utf8(ours).is_ok() {
        return Some(Reason::NotUtf8);
    }
    let is_line_break = |rest: &[u8]| !rest.is_empty() && rest.iter().all(|one| matches!(one, b'\n' | b'\r'));
    if theirs.strip_prefix(ours).is_some_and(is_line_break) {
        return Some(Reason::TrailingNewline);
    }
    if ours.strip_prefix(theirs).is_some_and(is_line_break) {
        return Some(Reason::NoTrailingNewline);
    }
    if without_carriage_returns(theirs) == ours {
        return Some(Reason::CarriageReturns);
    }
    (theirs.trim_ascii() == ours.trim_ascii()).then_some(Reason::OuterBlanks)
}

fn without_carriage_returns(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|one| *one != b'\r').collect()
}

/// What the bytes at the place itself say.
fn at_the_place(ours: &[u8], theirs: &[u8]) -> Option<Reason> {
    match (ours, theirs) {
        ([b'+', ..], [b' ', ..]) => Some(Reason::PlusBecameBlank),
        ([b' ', ..], [b'+', ..]) => Some(Reason::BlankStayedPlus),
        ([first, ..], [b'%', ..]) if escaped_byte(theirs) == Some(*first) => Some(Reason::StillEncoded),
        ([b'%', ..], [first, ..]) if escaped_byte(ours) == Some(*first) => Some(Reason::DecodedTooOften),
        ([first, ..], [b'\\', b'u', ..]) if !first.is_ascii() => Some(Reason::Escapes),
        ([b'\\', b'u', ..], [first, ..]) if !first.is_ascii() => Some(Reason::Escapes),
        ([b'/', ..], [b'\\', b'/', ..]) | ([b'\\', b'/', ..], [b'/', ..]) => Some(Reason::Escapes),
        _ => None,
    }
}

/// A blank where JSON text may have one.
fn between_members(ours: &[u8], theirs: &[u8], byte: usize) -> Option<Reason> {
    let is_blank = |text: &[u8]| text.get(byte).is_some_and(u8::is_ascii_whitespace);
    let before = ours.get(byte.checked_sub(1)?)?;
    let may_have_one = matches!(before, b'{' | b'[' | b':' | b',') && ours.contains(&b'{');
    (may_have_one && is_blank(ours) != is_blank(theirs)).then_some(Reason::JsonBlanks)
}

/// The byte that `%XX` at the beginning stands for.
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |one: &u8| char::from(*one).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

/// `name=value` pairs joined with `&`.
fn in_parameters(ours: &[u8], theirs: &[u8]) -> Option<Reason> {
    let pairs = (sorted_pairs(ours)?, sorted_pairs(theirs)?);
    let (ours, theirs) = (names(&pairs.0), names(&pairs.1));
    if let Some(name) = ours.keys().find(|name| !theirs.contains_key(*name)) {
        return Some(match *name {
            "timeStamp" => Reason::MissingTimeStamp,
            other => Reason::MissingParameter(other.to_owned()),
        });
    }
    if let Some(name) = theirs.iter().find(|(name, count)| ours.get(*name) != Some(*count)).map(|(name, _)| name) {
        return Some(Reason::SurplusParameter((*name).to_owned()));
    }
    (pairs.0 == pairs.1).then_some(Reason::Order)
}

/// The pairs in order; none when this is no list of pairs.
fn sorted_pairs(text: &[u8]) -> Option<Vec<(&str, &str)>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut pairs = text.split('&').map(|pair| pair.split_once('=')).collect::<Option<Vec<_>>>()?;
    pairs.sort_unstable();
    (pairs.len() > 1).then_some(pairs)
}

/// Names with how often they occur.
fn names<'a>(pairs: &[(&'a str, &str)]) -> BTreeMap<&'a str, usize> {
    let mut names = BTreeMap::new();
    for (name, _) in pairs {
        *names.entry(*name).or_default() += 1;
    }
    names
}

/// The same JSON in another writing.
fn in_json(ours: &[u8], theirs: &[u8]) -> Option<Reason> {
    let (ours, theirs) = (json_part(ours)?, json_part(theirs)?);
    if ours == theirs {
        return None;
    }
    if without_blanks(ours) == without_blanks(theirs) {
        return Some(Reason::JsonBlanks);
    }
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    (value(ours)? == value(theirs)?).then_some(Reason::JsonRewritten)
}

fn json_part(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    text.find('{').map(|start| &text[start..])
}

/// JSON text without the blanks between its members.
fn without_blanks(json: &str) -> String {
    let (mut is_inside, mut is_escaped) = (false, false);
    json.chars()
        .filter(|one| {
            let keep = is_inside || !one.is_ascii_whitespace();
            if is_escaped {
                is_escaped = false;
            } else if is_inside && *one == '\\' {
                is_escaped = true;
            } else if *one == '"' {
                is_inside = !is_inside;
            }
            keep
        })
        .collect()
}

/// Something in front, at the end, or only letters in another case.
fn at_an_end(ours: &[u8], theirs: &[u8], byte: usize) -> Option<Reason> {
    // A short tail in common is a coincidence.
    const ENOUGH: usize = 16;
    if theirs.len() >= ENOUGH && ours.ends_with(theirs) {
        return Some(Reason::NothingInFront);
    }
    if ours.len() >= ENOUGH && theirs.ends_with(ours) {
        return Some(Reason::SomethingInFront);
    }
    if ours.eq_ignore_ascii_case(theirs) {
        return Some(Reason::LetterCase);
    }
    if byte == theirs.len() {
        return Some(Reason::EndsEarly);
    }
    (byte == ours.len()).then_some(Reason::GoesOn)
}

#[cfg(test)]
mod tests {
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
            (
                format!("activity=newInstance&authToken=x{}", &ours[20..]),
                Reason::SurplusParameter("authToken".to_owned()),
            ),
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
}
