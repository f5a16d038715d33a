//! A sentence for people, in both languages of the product.
//!
//! Protocol texts are needed on pages, on the command line and in logs; carrying both languages in one
//! value keeps this crate free of a notion of "the current language".

use std::borrow::Cow;

/// One sentence in Chinese and in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Chinese (中文).
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Wording {
    /// A sentence without variable parts.
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// A sentence with variable parts already filled in.
    pub fn of(zh: String, en: String) -> Self {
        Self { zh: Cow::Owned(zh), en: Cow::Owned(en) }
    }
}
