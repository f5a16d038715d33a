//! How the sample app behaves: normal, slow, answering later, failing. To play with.

use mercer_kernel::db::DbError;

use super::{SampleApp, repo};

/// Longest delay; beyond it every caller has given up.
pub(crate) const MAX_DELAY_MS: u64 = 60_000;

/// What the app does with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Works on it and answers at once.
    Normal,
    /// Works on it and answers 202; a person completes it on the page.
    Later,
    /// Answers 500.
    Fail,
    /// Answers 503, as a proxy in front of a dead app does.
    Down,
    /// Refuses for good with 422.
    Refuse,
}

impl Mood {
    /// Every mood.
    pub(crate) const ALL: [Self; 5] = [Self::Normal, Self::Later, Self::Fail, Self::Down, Self::Refuse];

    /// The name in the form and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Later => "later",
            Self::Fail => "fail",
            Self::Down => "down",
            Self::Refuse => "refuse",
        }
    }

    /// From its name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mood| mood.as_str() == text)
    }
}

/// How everything is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Switches {
    pub(crate) mood: Mood,
    pub(crate) delay_ms: u64,
}

/// Reads the switches.
///
/// # Errors
/// The database.
pub(crate) async fn read(app: &SampleApp) -> Result<Switches, DbError> {
    let mood = repo::switch(app.db(), "mood").await?;
    let delay_ms = repo::switch(app.db(), "delay_ms").await?;
    Ok(Switches {
        mood: mood.as_deref().and_then(Mood::parse).unwrap_or(Mood::Normal),
        delay_ms: delay_ms.and_then(|text| text.parse().ok()).unwrap_or(0).min(MAX_DELAY_MS),
    })
}

/// Sets the switches.
///
/// # Errors
/// The database.
pub(crate) async fn write(app: &SampleApp, switches: Switches) -> Result<(), DbError> {
    repo::set_switch(app.db(), "mood", switches.mood.as_str()).await?;
    repo::set_switch(app.db(), "delay_ms", &switches.delay_ms.min(MAX_DELAY_MS).to_string()).await
}
