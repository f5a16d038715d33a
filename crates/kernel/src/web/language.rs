//! Chinese or English: what the visitor chose, else what the browser prefers.

use axum::extract::FromRequestParts;
use http::header::{ACCEPT_LANGUAGE, COOKIE};
use http::request::Parts;
use http::{HeaderMap, Uri};

/// A language of pages and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese, 简体中文.
    Zh,
}

/// The cookie that remembers the choice.
pub const LANGUAGE_COOKIE: &str = "mercer_lang";

impl Language {
    /// Both, for tests that walk every page in every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The short code used in `?lang=` and in the cookie.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The tag for `<html lang>`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// Whichever text is in this language.
    #[must_use]
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// From a short code or a tag such as `zh-CN`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split('-').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// `?lang=`, then the cookie, then `Accept-Language`, then English.
    #[must_use]
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let asked = query_value(uri, "lang").and_then(Self::parse);
        let remembered = || cookie(headers, LANGUAGE_COOKIE).and_then(|value| Self::parse(&value));
        asked.or_else(remembered).or_else(|| preferred(headers)).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

/// The first of the browser's languages that we have, by its weight.
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut offers: Vec<(u32, Language)> = Vec::new();
    for offer in text.split(',') {
        let (tag, weight) = offer.split_once(";q=").unwrap_or((offer, "1"));
        let per_mille = weight.trim().parse::<f32>().map_or(0, |weight| (weight.clamp(0.0, 1.0) * 1000.0) as u32);
        offers.extend(Language::parse(tag).map(|language| (per_mille, language)));
    }
    // A stable sort keeps the browser's order among equals.
    offers.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    offers.first().map(|(_, language)| *language)
}

/// A cookie's value.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

fn query_value<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?.split('&').filter_map(|pair| pair.split_once('=')).find(|(found, _)| *found == name).map(|(_, v)| v)
}

/// Texts in both languages side by side; a missing one does not compile.
///
/// ```
/// mercer_kernel::messages! {
///     /// The shop's texts.
///     pub struct Texts;
///     pay_now => "Pay now", "立即支付";
///     seats(count: i64) => "{count} seats", "{count} 个席位";
/// }
/// let texts = Texts(mercer_kernel::web::Language::Zh);
/// assert_eq!(texts.pay_now(), "立即支付");
/// assert_eq!(texts.seats(3), "3 个席位");
/// ```
#[macro_export]
macro_rules! messages {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident; $($texts:tt)*) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        $visibility struct $name(pub $crate::web::Language);

        impl $name { $crate::messages!(@ $visibility $($texts)*); }
    };
    (@ $visibility:vis) => {};
    (@ $visibility:vis $text:ident => $en:literal, $zh:literal; $($rest:tt)*) => {
        #[doc = $en]
        #[must_use]
        $visibility const fn $text(&self) -> &'static str {
            match self.0 {
                $crate::web::Language::En => $en,
                $crate::web::Language::Zh => $zh,
            }
        }
        $crate::messages!(@ $visibility $($rest)*);
    };
    (@ $visibility:vis $text:ident($($argument:ident: $type:ty),+) => $en:literal, $zh:literal; $($rest:tt)*) => {
        #[doc = $en]
        #[must_use]
        $visibility fn $text(&self, $($argument: $type),+) -> String {
            match self.0 {
                $crate::web::Language::En => format!($en),
                $crate::web::Language::Zh => format!($zh),
            }
        }
        $crate::messages!(@ $visibility $($rest)*);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &str, headers: &[(&'static str, &str)]) -> Language {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Language::of(&uri.parse().unwrap(), &map)
    }

    #[test]
    fn the_choice_beats_the_cookie_beats_the_browser() {
        assert_eq!(of("/", &[]), Language::En);
        assert_eq!(of("/", &[("accept-language", "fr,zh-CN;q=0.9,en;q=0.8")]), Language::Zh);
        assert_eq!(of("/", &[("accept-language", "zh"), ("cookie", "a=b; mercer_lang=en")]), Language::En);
        assert_eq!(of("/?lang=zh", &[("cookie", "mercer_lang=en")]), Language::Zh);
    }
}
