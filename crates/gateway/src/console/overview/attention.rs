//! What needs somebody's attention now, and what is still to be set up. Pure.

use mercer_kernel::clock::Instant;
use mercer_kernel::web::Language;

use super::super::words::age;
use super::texts::Texts;

/// Retries younger than this are everyday; longer means that the app is away.
const APP_AWAY_AFTER_SECONDS: u64 = 120;
/// An app opens within minutes; later than this somebody should look.
const OPENING_LATE_AFTER_SECONDS: u64 = 600;

/// How things stand for one merchant.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Given-up deliveries and the oldest of them.
    pub(super) failed: Backlog,
    /// Deliveries that are being tried again.
    pub(super) retrying: Backlog,
    /// Instances that wait for the app's information.
    pub(super) opening: Backlog,
    /// Calls refused today.
    pub(super) refused_today: i64,
    /// Calls in conflict today.
    pub(super) conflicts_today: i64,
    /// Names and ids of pools that run low, with their free accounts.
    pub(super) low_pools: Vec<(String, String, i64)>,
    /// Whether a valid key for the base interfaces exists.
    pub(super) has_key: bool,
    /// Whether the link to the store's open APIs is entered.
    pub(super) has_link: bool,
    /// Whether some connector exists.
    pub(super) has_connector: bool,
    /// Whether the store ever called.
    pub(super) was_called: bool,
    /// Whether the real store would take the address.
    pub(super) fits_real_store: bool,
    /// Whether the store is a local one, which takes any address.
    pub(super) is_sandbox: bool,
}

/// How many wait, and since when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Backlog {
    /// How many.
    pub(super) count: u64,
    /// When the oldest was written.
    pub(super) oldest: Option<Instant>,
}

impl Backlog {
    fn is_older_than(&self, seconds: u64, now: Instant) -> bool {
        self.oldest.is_some_and(|oldest| now.since(oldest).as_secs() >= seconds)
    }

    /// "oldest 3 min"; empty when there is none.
    pub(super) fn age(&self, now: Instant, language: Language) -> String {
        self.oldest.map_or_else(String::new, |oldest| Texts(language).oldest(&age(oldest, now, language)))
    }
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// `warn` or `bad`.
    pub(super) mood: &'static str,
    /// What is the matter.
    pub(super) text: String,
    /// Where it is mended.
    pub(super) href: String,
    /// What one does there.
    pub(super) action: &'static str,
}

/// A step of the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) done: bool,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) href: &'static str,
}

/// What needs attention, worst first.
pub(super) fn items(facts: &Facts, now: Instant, language: Language) -> Vec<Item> {
    let texts = Texts(language);
    let mut items = Vec::new();
    let mut add =
        |mood, text: String, href: &str, action| items.push(Item { mood, text, href: href.to_owned(), action });
    if facts.failed.count > 0 {
        let text = texts.deliveries_failed(facts.failed.count, &facts.failed.age(now, language));
        add("bad", text, "/deliveries?state=failed", texts.look_and_resend());
    }
    if facts.retrying.is_older_than(APP_AWAY_AFTER_SECONDS, now) {
        let text = texts.app_away(facts.retrying.count, &facts.retrying.age(now, language));
        add("warn", text, "/deliveries?state=retrying", texts.look());
    }
    if facts.opening.is_older_than(OPENING_LATE_AFTER_SECONDS, now) {
        let text = texts.opening_late(facts.opening.count, &facts.opening.age(now, language));
        add("warn", text, "/instances?state=provisioning", texts.fill_in());
    }
    if facts.refused_today > 0 {
        add("warn", texts.calls_refused(facts.refused_today), "/callbacks?verdict=refused", texts.see_why());
    }
    if facts.conflicts_today > 0 {
        add("warn", texts.calls_in_conflict(facts.conflicts_today), "/callbacks?verdict=conflict", texts.see_why());
    }
    for (name, id, free) in &facts.low_pools {
        add("warn", texts.pool_low(name, *free), &format!("/connectors/{id}"), texts.add_accounts());
    }
    if facts.was_called {
        for step in steps(facts, language).into_iter().filter(|step| !step.done) {
            add("bad", format!("{}: {}", step.title, step.text), step.href, texts.set_up());
        }
    }
    if facts.has_link && !facts.is_sandbox && !facts.fits_real_store {
        add("warn", texts.address_unfit().to_owned(), "/keys", texts.look());
    }
    items
}

/// The way to the first call.
pub(super) fn steps(facts: &Facts, language: Language) -> Vec<Step> {
    let texts = Texts(language);
    vec![
        Step { done: facts.has_key, title: texts.step_key(), text: texts.step_key_text(), href: "/keys#new-key" },
        Step { done: facts.has_link, title: texts.step_link(), text: texts.step_link_text(), href: "/keys#store-link" },
        Step {
            done: facts.has_connector,
            title: texts.step_connector(),
            text: texts.step_connector_text(),
            href: "/connectors",
        },
        Step { done: facts.was_called, title: texts.step_paste(), text: texts.step_paste_text(), href: "/keys#paste" },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn healthy() -> Facts {
        let (has_key, has_link, has_connector, was_called, is_sandbox) = (true, true, true, true, true);
        Facts { has_key, has_link, has_connector, was_called, is_sandbox, ..Facts::default() }
    }

    #[test]
    fn a_healthy_gateway_needs_no_attention() {
        assert_eq!(items(&healthy(), Instant::from_millis(0), Language::En), []);
        assert!(steps(&healthy(), Language::En).iter().all(|step| step.done));
    }

    #[test]
    fn a_retry_is_worth_a_look_only_when_it_lasts() {
        let written = Instant::from_millis(1_000_000);
        let facts = Facts { retrying: Backlog { count: 2, oldest: Some(written) }, ..healthy() };
        let after = |seconds| items(&facts, written.plus(std::time::Duration::from_secs(seconds)), Language::En).len();
        assert_eq!((after(119), after(120)), (0, 1));
    }

    #[test]
    fn before_the_first_call_missing_set_up_is_a_step_and_afterwards_a_fault() {
        let new = Facts { has_connector: false, was_called: false, ..healthy() };
        assert_eq!(items(&new, Instant::from_millis(0), Language::Zh), []);
        let running = Facts { was_called: true, ..new };
        assert_eq!(items(&running, Instant::from_millis(0), Language::Zh)[0].href, "/connectors");
    }
}
