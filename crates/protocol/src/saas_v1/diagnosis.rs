//! Why a token does not fit, for the console and the command line.
//!
//! The verifier says only "wrong". The usual mistakes of SaaS V1.0 §2.2 and chapter 7 are tried one by
//! one until one of them gives the presented token.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::auth_token::{PARAMETER, Refusal, Signed, VerifyInput, joined, presented, sign, token, verify_any};
use super::parameters::{Parameters, Reading, encoded};
use crate::digest::lower_hex;
use crate::wording::Wording;

/// Everything there is to know about the token of one call and one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What the verifier says.
    pub outcome: Result<Reading, Refusal>,
    /// Values over the form-decoded parameters; none when the query cannot be decoded.
    pub decoded: Option<Signed>,
    /// Values over the parameters with `+` kept, when they differ.
    pub plus_kept: Option<Signed>,
    /// The presented token with lost plus signs restored.
    pub presented: Option<String>,
    /// The usual mistake that explains the presented token.
    pub mistake: Option<Mistake>,
}

/// A usual mistake of integrators that reproduces the presented token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Key without the timeStamp behind it.
    KeyWithoutTimestamp,
    /// timeStamp before the key.
    TimestampBeforeKey,
    /// Key copied with a blank or line break.
    KeyWithBlank,
    /// Parameters in the order of the query.
    Unsorted,
    /// Sorted without regard to letter case.
    SortedIgnoringCase,
    /// Values signed in their encoded form.
    EncodedValues,
    /// Values decoded twice, or signed decoded and sent encoded twice.
    DecodedTwice,
    /// `&` at the beginning.
    LeadingAmpersand,
    /// `authToken` among the signed parameters.
    TokenIncluded,
    /// timeStamp not among the signed parameters.
    TimestampLeftOut,
    /// Parameters outside the tables left out.
    UnknownLeftOut,
    /// Empty parameters left out.
    EmptyLeftOut,
    /// The last or every value of a repeated parameter signed.
    RepeatedValues,
    /// Token in hexadecimal.
    HexToken,
    /// Token in the URL-safe alphabet of Base64.
    UrlSafeToken,
    /// Token without `=` at its end, or cut off elsewhere.
    ShortenedToken,
    /// Token in another letter case.
    TokenCase,
}

impl Mistake {
    /// Stable text of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyWithoutTimestamp => "mistake.key_without_timestamp",
            Self::TimestampBeforeKey => "mistake.timestamp_before_key",
            Self::KeyWithBlank => "mistake.key_with_blank",
            Self::Unsorted => "mistake.unsorted",
            Self::SortedIgnoringCase => "mistake.sorted_ignoring_case",
            Self::EncodedValues => "mistake.encoded_values",
            Self::DecodedTwice => "mistake.decoded_twice",
            Self::LeadingAmpersand => "mistake.leading_ampersand",
            Self::TokenIncluded => "mistake.token_included",
            Self::TimestampLeftOut => "mistake.timestamp_left_out",
            Self::UnknownLeftOut => "mistake.unknown_left_out",
            Self::EmptyLeftOut => "mistake.empty_left_out",
            Self::RepeatedValues => "mistake.repeated_values",
            Self::HexToken => "mistake.hex_token",
            Self::UrlSafeToken => "mistake.url_safe_token",
            Self::ShortenedToken => "mistake.shortened_token",
            Self::TokenCase => "mistake.token_case",
        }
    }

    /// The mistake as a sentence.
    pub fn wording(self) -> Wording {
        match self {
            Self::KeyWithoutTimestamp => Wording::fixed(
                "HMAC 密钥应为 Key 加 timeStamp，而不是单独的 Key",
                "the MAC key is Key followed by timeStamp, not Key alone",
            ),
            Self::TimestampBeforeKey => {
                Wording::fixed("HMAC 密钥中 Key 在前、timeStamp 在后", "in the MAC key Key comes first, then timeStamp")
            }
            Self::KeyWithBlank => {
                Wording::fixed("密钥前后多了空白字符", "the key was copied with a blank or line break")
            }
            Self::Unsorted => Wording::fixed("参数未按名称升序排列", "the parameters were not sorted by name"),
            Self::SortedIgnoringCase => {
                Wording::fixed("排序区分大小写，大写字母在前", "sorting regards letter case; upper case comes first")
            }
            Self::EncodedValues => {
                Wording::fixed("应对 URL 解码后的值签名", "the URL-decoded values are signed, not the encoded ones")
            }
            Self::DecodedTwice => Wording::fixed("值被编码或解码了两次", "the values were encoded or decoded twice"),
            Self::LeadingAmpersand => Wording::fixed("待签名串开头不应有 &", "the text to sign must not begin with &"),
            Self::TokenIncluded => Wording::fixed("authToken 不参与签名", "authToken itself takes no part"),
            Self::TimestampLeftOut => Wording::fixed("timeStamp 参与签名", "timeStamp takes part"),
            Self::UnknownLeftOut => {
                Wording::fixed("所有参数都参与签名，包括未知参数", "every parameter takes part, the unknown ones too")
            }
            Self::EmptyLeftOut => Wording::fixed("空值参数以 name= 参与签名", "an empty parameter takes part as name="),
            Self::RepeatedValues => {
                Wording::fixed("重复参数只取第一个值", "of a repeated parameter only the first value counts")
            }
            Self::HexToken => {
                Wording::fixed("authToken 应为 Base64，而不是十六进制", "the token is Base64, not hexadecimal")
            }
            Self::UrlSafeToken => Wording::fixed(
                "authToken 应使用标准 Base64 字母表",
                "the token uses the standard Base64 alphabet, not the URL-safe one",
            ),
            Self::ShortenedToken => {
                Wording::fixed("authToken 被截断或缺少末尾的 =", "the token was cut off or lacks its = at the end")
            }
            Self::TokenCase => Wording::fixed("authToken 区分大小写", "the letter case of the token matters"),
        }
    }
}

/// Computes both readings and, when the token is wrong, looks for the mistake behind it.
pub fn diagnose(key: &str, input: &VerifyInput<'_>) -> Diagnosis {
    let outcome = verify_any(&[key], input).map(|verified| verified.reading);
    let Ok(form_decoded) = Parameters::decode(input.raw_query, Reading::FormDecoded) else {
        return Diagnosis { outcome, decoded: None, plus_kept: None, presented: None, mistake: None };
    };
    let plus_kept =
        Parameters::decode(input.raw_query, Reading::PlusKept).ok().filter(|parameters| *parameters != form_decoded);
    let presented = presented(&form_decoded);
    let mistake = match (&outcome, &presented) {
        (Err(Refusal::WrongToken), Some(presented)) => [Some(&form_decoded), plus_kept.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|parameters| Attempt { key, raw_query: input.raw_query, parameters, presented }.mistake()),
        _ => None,
    };
    Diagnosis {
        outcome,
        decoded: Some(sign(key, &form_decoded)),
        plus_kept: plus_kept.as_ref().map(|parameters| sign(key, parameters)),
        presented,
        mistake,
    }
}

struct Attempt<'a> {
    key: &'a str,
    raw_query: &'a str,
    parameters: &'a Parameters,
    presented: &'a str,
}

impl Attempt<'_> {
    fn mistake(&self) -> Option<Mistake> {
        self.wrong_key().or_else(|| self.wrong_text()).or_else(|| self.wrong_selection()).or_else(|| self.wrong_form())
    }

    fn wrong_key(&self) -> Option<Mistake> {
        let (key, time_stamp) = (self.key, self.time_stamp());
        let canonical = sign(key, self.parameters).canonical;
        let keys = [
            (Mistake::KeyWithoutTimestamp, key.to_owned()),
            (Mistake::TimestampBeforeKey, format!("{time_stamp}{key}")),
            (Mistake::KeyWithBlank, format!("{key} {time_stamp}")),
            (Mistake::KeyWithBlank, format!(" {key}{time_stamp}")),
            (Mistake::KeyWithBlank, format!("{key}\n{time_stamp}")),
        ];
        keys.into_iter().find(|(_, mac_key)| token(mac_key, &canonical) == self.presented).map(|(mistake, _)| mistake)
    }

    /// The right parameters, joined in another way.
    fn wrong_text(&self) -> Option<Mistake> {
        let sorted = self.signed_pairs();
        let as_sent: Vec<(&str, &str)> = self.parameters.iter().filter(|(name, _)| *name != PARAMETER).collect();
        let mut ignoring_case = sorted.clone();
        ignoring_case.sort_by_key(|(name, _)| name.to_lowercase());
        let values: Vec<String> = sorted.iter().map(|(_, value)| encoded(value)).collect();
        let encoded: Vec<(&str, &str)> =
            sorted.iter().zip(&values).map(|((name, _), value)| (*name, value.as_str())).collect();
        let texts = [
            (Mistake::Unsorted, joined(&as_sent)),
            (Mistake::SortedIgnoringCase, joined(&ignoring_case)),
            (Mistake::EncodedValues, joined(&encoded)),
            (Mistake::EncodedValues, joined(&encoded).replace("%20", "+")),
            (Mistake::LeadingAmpersand, format!("&{}", joined(&sorted))),
        ];
        texts.into_iter().find(|(_, text)| self.fits(text)).map(|(mistake, _)| mistake)
    }

    /// Other parameters or other values than the right ones.
    fn wrong_selection(&self) -> Option<Mistake> {
        let sorted = self.signed_pairs();
        let without = |keep: &dyn Fn(&str, &str) -> bool| {
            joined(&sorted.iter().copied().filter(|(name, value)| keep(name, value)).collect::<Vec<_>>())
        };
        let known = super::Activity::ALL.into_iter().flat_map(super::Activity::request_fields);
        let known: Vec<&str> = known.map(|rule| rule.name).collect();
        let all: Vec<(&str, &str)> = self.parameters.sorted();
        let texts = [
            (Mistake::TokenIncluded, joined(&all)),
            (Mistake::TimestampLeftOut, without(&|name, _| name != "timeStamp")),
            (Mistake::UnknownLeftOut, without(&|name, _| known.contains(&name))),
            (Mistake::EmptyLeftOut, without(&|_, value| !value.is_empty())),
        ];
        if let Some((mistake, _)) = texts.into_iter().find(|(_, text)| self.fits(text)) {
            return Some(mistake);
        }
        self.decoded_twice().or_else(|| self.repeated_values())
    }

    fn decoded_twice(&self) -> Option<Mistake> {
        let mut twice = Parameters::new();
        for (name, value) in self.signed_pairs() {
            let again = Parameters::decode(&format!("v={}", value.replace('&', "%26")), Reading::PlusKept).ok()?;
            twice.set(name, again.get("v").unwrap_or_default());
        }
        self.fits(&joined(&twice.sorted())).then_some(Mistake::DecodedTwice)
    }

    fn repeated_values(&self) -> Option<Mistake> {
        let mut all: Vec<(String, String)> = Vec::new();
        for part in self.raw_query.split('&').filter(|part| !part.is_empty()) {
            let one = Parameters::decode(part, Reading::FormDecoded).ok()?;
            all.extend(
                one.iter().filter(|(name, _)| *name != PARAMETER).map(|(name, value)| (name.into(), value.into())),
            );
        }
        let mut last = Parameters::new();
        for (name, value) in &all {
            last.set(name, value.as_str());
        }
        all.sort_by(|left, right| left.0.encode_utf16().cmp(right.0.encode_utf16()));
        let every: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        (self.fits(&joined(&last.sorted())) || self.fits(&joined(&every))).then_some(Mistake::RepeatedValues)
    }

    /// The right token, written down in another way.
    fn wrong_form(&self) -> Option<Mistake> {
        let right = sign(self.key, self.parameters).auth_token;
        let mac = STANDARD.decode(&right).expect("the token is Base64 that was just written");
        if self.presented.eq_ignore_ascii_case(&lower_hex(&mac)) {
            return Some(Mistake::HexToken);
        }
        if self.presented == URL_SAFE.encode(&mac) {
            return Some(Mistake::UrlSafeToken);
        }
        if self.presented.eq_ignore_ascii_case(&right) {
            return Some(Mistake::TokenCase);
        }
        // Half a token in common is no coincidence.
        (self.presented.len() >= 22 && right.starts_with(self.presented)).then_some(Mistake::ShortenedToken)
    }

    fn signed_pairs(&self) -> Vec<(&str, &str)> {
        self.parameters.sorted().into_iter().filter(|(name, _)| *name != PARAMETER).collect()
    }

    fn time_stamp(&self) -> &str {
        self.parameters.get("timeStamp").unwrap_or_default()
    }

    fn fits(&self, text: &str) -> bool {
        token(&[self.key, self.time_stamp()].concat(), text) == self.presented
    }
}
