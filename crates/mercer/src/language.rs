//! Which language people are spoken to in, and whether a machine listens instead.

use clap::{Args, ValueEnum};
use mercer_protocol::Wording;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

impl Language {
    /// The text in this language.
    pub(crate) fn of(self, wording: &Wording) -> &str {
        match self {
            Self::Zh => &wording.zh,
            Self::En => &wording.en,
        }
    }

    /// One of two texts.
    pub(crate) const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// What the control API is told.
    pub(crate) const fn tag(self) -> &'static str {
        self.pick("zh-CN", "en")
    }
}

/// Options that every command has.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Language of everything printed; otherwise taken from LC_ALL or LANG (输出语言)
    #[arg(long, global = true, value_enum, value_name = "zh|en")]
    lang: Option<Language>,
    /// Print JSON for machines, one document per line (输出 JSON)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long = "locale-all", env = "LC_ALL", hide = true, hide_env = true, global = true)]
    locale_all: Option<std::ffi::OsString>,
    #[arg(long = "locale", env = "LANG", hide = true, hide_env = true, global = true)]
    locale: Option<std::ffi::OsString>,
}

impl Global {
    /// The language asked for, or the one of the machine.
    pub(crate) fn language(&self) -> Language {
        self.lang.unwrap_or_else(|| {
            let locales = [&self.locale_all, &self.locale];
            let first = locales.into_iter().flatten().find(|locale| !locale.is_empty());
            match first {
                Some(locale) if locale.to_string_lossy().starts_with("zh") => Language::Zh,
                Some(_) | None => Language::En,
            }
        })
    }
}
