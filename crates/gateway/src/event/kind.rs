//! Every type of event there is.

use crate::account::AccountEvent;
use crate::instance::EventKind;

/// The `type` of an event, which is also the kind of its outbox job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventType {
    /// About an instance.
    Instance(EventKind),
    /// About an enterprise at an instance: its bindings, departments and members.
    Account(AccountEvent),
    /// About an order, of whatever product type (订单通知). Source: open APIs §4.
    OrderNotified,
}

impl EventType {
    /// Every type, for filters, documentation and tests.
    pub fn all() -> impl Iterator<Item = Self> {
        let instance = EventKind::ALL.into_iter().map(Self::Instance);
        let account = AccountEvent::ALL.into_iter().map(Self::Account);
        instance.chain(account).chain([Self::OrderNotified])
    }

    /// The text it is sent as.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instance(kind) => kind.as_str(),
            Self::Account(kind) => kind.as_str(),
            Self::OrderNotified => "mercer.order.notified",
        }
    }
}

impl std::str::FromStr for EventType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::all().find(|kind| kind.as_str() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_documented_and_reads_back() {
        let document = include_str!("../../../../docs/events.md");
        for kind in EventType::all() {
            assert!(document.contains(&format!("`{}`", kind.as_str())), "docs/events.md misses {}", kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }

    #[test]
    fn every_sample_of_the_documentation_is_json() {
        let document = include_str!("../../../../docs/events.md");
        for sample in document.split("```json\n").skip(1) {
            let json = sample.split("```").next().unwrap();
            serde_json::from_str::<serde_json::Value>(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        }
    }
}
