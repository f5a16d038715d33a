//! The integrator's own canonical string beside ours: where they part first, what stands there on each
//! side, and why that usually happens.
//!
//! Whoever signs in another language sees "wrong signature" and nothing else. The string that goes into
//! the MAC is where all the trouble is, so it is compared byte by byte.

mod guess;
mod reason;

use clap::Args;
use serde_json::{Value, json};

use self::guess::guess;
use self::reason::Reason;
use crate::failure::{Exit, Failure};
use crate::input::given;
use crate::language::Language;
use crate::output::text_of;

/// Bytes shown before the first difference.
const CONTEXT_BEFORE: usize = 16;
/// Bytes shown from the first difference on.
const CONTEXT_AFTER: usize = 24;

/// The other side's canonical string.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct MineArgs {
    /// Your own canonical string: a file, - for standard input, or the text itself; shows the first byte where it leaves ours (您自己的待签名串)
    #[arg(long, alias = "canonical", value_name = "FILE|-|TEXT")]
    mine: Option<String>,
}

/// A string of ours that the presented one may be meant as.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// Which form it is, as it is shown.
    pub(crate) name: &'static str,
    /// The string.
    pub(crate) text: Vec<u8>,
}

impl Candidate {
    /// A candidate.
    pub(crate) fn new(name: &'static str, text: impl Into<Vec<u8>>) -> Self {
        Self { name, text: text.into() }
    }
}

impl MineArgs {
    /// The bytes of the string, exactly as they were given.
    ///
    /// # Errors
    /// When the file cannot be read, or standard input is asked for twice.
    pub(crate) fn read(&self, others: &[Option<&str>]) -> Result<Option<Vec<u8>>, Failure> {
        let Some(value) = self.mine.as_deref() else { return Ok(None) };
        if value == "-" && others.contains(&Some("-")) {
            return Err(Failure::new(Exit::Usage, "标准输入只能用一次", "standard input can be used only once")
                .input("--mine -")
                .next("把其中一个写入文件", "put one of the two into a file"));
        }
        given("--mine", value).map(Some)
    }
}

/// What is shown of a comparison: null when nothing was given to compare.
pub(crate) fn shown(candidates: &[Candidate], mine: Option<&[u8]>, language: Language) -> Value {
    let Some(mine) = mine else { return Value::Null };
    let shared = |candidate: &&Candidate| shared_bytes(&candidate.text, mine);
    let same = candidates.iter().find(|candidate| candidate.text == mine);
    // The first of several that fit equally well: they stand in the order of preference.
    let nearest = same.or_else(|| candidates.iter().rev().max_by_key(shared));
    let Some(nearest) = nearest else { return Value::Null };
    match difference(&nearest.text, mine) {
        None => json!({"same": true, "comparedWith": nearest.name}),
        Some(found) => found.json(nearest.name, language),
    }
}

/// The line a person reads about a comparison.
pub(crate) fn line(found: &Value, language: Language) -> String {
    if found.is_null() {
        return String::new();
    }
    if found["same"] == true {
        return language
            .pick(
                "✓ 与我方一致：若签名仍不符，请检查密钥和最后一步",
                "✓ the same as ours: if the signature still differs, look at the key and the last step",
            )
            .to_owned();
    }
    let place = match language {
        Language::Zh => {
            format!("✗ 第 {} 字节（从 0 起，第 {} 个字符，第 {} 行）", found["byte"], found["character"], found["line"])
        }
        Language::En => {
            format!("✗ byte {} (from 0; character {}, line {})", found["byte"], found["character"], found["line"])
        }
    };
    let side = |name: &str, label: &str| {
        let point = text_of(&found[format!("{name}CodePoint").as_str()]);
        format!("\n  {label} {}  {point}", text_of(&found[name]))
    };
    let mut text = place;
    text.push_str(&side("ours", language.pick("我方", "ours  ")));
    text.push_str(&side("theirs", language.pick("您的", "yours ")));
    let explanation = text_of(&found["explanation"]);
    if !explanation.is_empty() {
        text.push_str(&format!("\n  → {explanation}"));
    }
    text
}

/// Whether a comparison was made and found a difference.
pub(crate) fn differs(found: &Value) -> bool {
    found["same"] == false
}

/// Where two texts differ first, as people look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Position of the first byte that differs, from 0.
    pub(crate) byte: usize,
    /// Whole characters before it, in our text.
    pub(crate) character: usize,
    /// Its line, from 1, in our text.
    pub(crate) line: usize,
    /// The own text around it.
    pub(crate) ours: String,
    /// The presented text around it.
    pub(crate) theirs: String,
    ours_point: String,
    theirs_point: String,
    reason: Option<Reason>,
}

impl Difference {
    fn json(&self, compared_with: &str, language: Language) -> Value {
        json!({
            "same": false,
            "comparedWith": compared_with,
            "byte": self.byte,
            "character": self.character,
            "line": self.line,
            "ours": self.ours,
            "theirs": self.theirs,
            "oursCodePoint": self.ours_point,
            "theirsCodePoint": self.theirs_point,
            "reason": self.reason.as_ref().map(Reason::code),
            "explanation": self.reason.as_ref().map(|reason| language.of(&reason.wording()).to_owned()),
        })
    }
}

/// Finds the first difference.
pub(crate) fn difference(ours: &[u8], theirs: &[u8]) -> Option<Difference> {
    let byte = shared_bytes(ours, theirs);
    let differs = byte < ours.len() || byte < theirs.len();
    differs.then(|| Difference {
        byte,
        character: String::from_utf8_lossy(&ours[..start_of_character(ours, byte)]).chars().count(),
        line: ours[..byte].iter().filter(|one| **one == b'\n').count() + 1,
        ours: around(ours, byte),
        theirs: around(theirs, byte),
        ours_point: code_point(ours, byte),
        theirs_point: code_point(theirs, byte),
        reason: guess(ours, theirs, byte),
    })
}

fn shared_bytes(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

/// The character a byte belongs to begins here.
fn start_of_character(text: &[u8], byte: usize) -> usize {
    let is_inside = |position: usize| text.get(position).is_some_and(|one| one & 0b1100_0000 == 0b1000_0000);
    let mut start = byte.min(text.len());
    while start > 0 && byte - start < 3 && is_inside(start) {
        start -= 1;
    }
    start
}

fn code_point(text: &[u8], byte: usize) -> String {
    let rest = &text[start_of_character(text, byte)..];
    if rest.is_empty() {
        return "⟨end⟩".to_owned();
    }
    let longest = rest.len().min(4);
    let character = (1..=longest).find_map(|length| std::str::from_utf8(&rest[..length]).ok()?.chars().next());
    match character {
        Some(character) => {
            let name = match character {
                ' ' => "SPACE".to_owned(),
                '\n' => "LF".to_owned(),
                '\r' => "CR".to_owned(),
                '\t' => "TAB".to_owned(),
                '\u{feff}' => "BOM".to_owned(),
                other => other.escape_debug().to_string(),
            };
            format!("U+{:04X} {name}", u32::from(character))
        }
        None => format!("0x{:02X}", rest[0]),
    }
}

/// Text as it is, with control characters made visible.
fn escaped(part: &[u8]) -> String {
    let visible = |one: char| {
        let hides = one.is_control() || matches!(one, '\u{feff}' | '\u{200b}'..='\u{200f}');
        if hides { one.escape_debug().to_string() } else { one.to_string() }
    };
    String::from_utf8_lossy(part).chars().map(visible).collect()
}

fn around(text: &[u8], byte: usize) -> String {
    let byte = byte.min(text.len());
    let start = start_of_character(text, byte.saturating_sub(CONTEXT_BEFORE));
    let end = start_of_character(text, (byte + CONTEXT_AFTER).min(text.len()));
    let middle = start_of_character(text, byte);
    let (before, after) = (escaped(&text[start.min(middle)..middle]), escaped(&text[middle..end.max(middle)]));
    let lead = if start == 0 { "" } else { "…" };
    let tail = if end < text.len() { "…" } else { "" };
    let after = if after.is_empty() { "⟨end⟩".to_owned() } else { after };
    format!("{lead}{before}▶{after}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named_by_byte_character_and_code_point() {
        let found = difference("name=研发部&x=1".as_bytes(), "name=研究部&x=1".as_bytes()).unwrap();
        assert_eq!((found.byte, found.character, found.line), (8, 6, 1));
        assert_eq!((found.ours_point.as_str(), found.theirs_point.as_str()), ("U+53D1 发", "U+7A76 究"));
        assert_eq!(found.ours, "name=研▶发部&x=1");
        assert_eq!(difference(b"abc", b"abcd").unwrap().ours, "abc▶⟨end⟩");
        assert_eq!(difference(b"abc", b"abc"), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_they_are() {
        let found = difference("名".as_bytes(), b"\xc3\xfb").unwrap();
        assert_eq!((found.byte, found.theirs_point.as_str()), (0, "0xC3"));
        for byte in 0..6 {
            let cut = &"名字".as_bytes()[..byte];
            assert_eq!(difference("名字".as_bytes(), cut).unwrap().byte, byte);
        }
    }

    #[test]
    fn of_several_forms_the_one_that_fits_longest_is_compared() {
        let candidates = [Candidate::new("direct", "k1{\"a\":1}"), Candidate::new("prehash", "k1e9ad76")];
        let found = shown(&candidates, Some(b"k1e9AD76"), Language::En);
        assert_eq!((found["comparedWith"].as_str(), found["byte"].as_u64()), (Some("prehash"), Some(4)));
        assert_eq!(shown(&candidates, Some(b"k1{\"a\":1}"), Language::En)["same"], true);
        assert!(shown(&candidates, None, Language::En).is_null());
    }

    #[test]
    fn a_text_that_is_no_file_is_the_string_itself() {
        let mine = MineArgs { mine: Some("a=1&b=2".to_owned()) };
        assert_eq!(mine.read(&[]).unwrap().unwrap(), b"a=1&b=2");
        let twice = MineArgs { mine: Some("-".to_owned()) }.read(&[None, Some("-")]).unwrap_err();
        assert_eq!(twice.exit, Exit::Usage);
    }
}
