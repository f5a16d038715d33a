//! Why two canonical strings usually part where they do. Pure; a guess, and said as one.

use std::collections::BTreeMap;

use super::reason::Reason;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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
#[path = "guess_tests.rs"]
mod tests;
