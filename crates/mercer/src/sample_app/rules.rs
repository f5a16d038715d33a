//! What an event of the gateway does to an account. Pure.

use mercer_kernel::clock::Instant;
use serde::Deserialize;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// In use.
    Active,
    /// Readable, nothing can be written.
    Frozen,
    /// Gone; nobody can log in.
    Released,
}

impl State {
    /// The name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Released => "released",
        }
    }
}

impl std::str::FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Active, Self::Frozen, Self::Released].into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// What the buyer got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) instance_id: String,
    pub(crate) user_name: String,
    pub(crate) password_salt: String,
    pub(crate) password_hash: String,
    pub(crate) buyer_name: String,
    pub(crate) order_id: String,
    pub(crate) product_id: String,
    pub(crate) sku_code: String,
    pub(crate) seats: Option<i64>,
    pub(crate) trial: bool,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) state: State,
    pub(crate) created_at: Instant,
    pub(crate) updated_at: Instant,
    pub(crate) version: i64,
}

impl Account {
    /// Whether it is readable only.
    pub(crate) fn is_frozen(&self) -> bool {
        self.state == State::Frozen
    }
}

/// A CloudEvent of the gateway, as far as this app reads it; `data` depends on what it is about.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Event<T = Data> {
    /// `mercer.instance.…`
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) data: T,
}

/// Content of an event about an instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    #[serde(default)]
    pub(crate) merchant_id: String,
    pub(crate) instance_id: String,
    #[serde(default)]
    pub(crate) order_id: String,
    #[serde(default)]
    pub(crate) product_id: Option<String>,
    #[serde(default)]
    pub(crate) sku_code: Option<String>,
    #[serde(default)]
    pub(crate) linear_value: Option<i64>,
    #[serde(default)]
    pub(crate) expire_time: Option<Instant>,
    #[serde(default)]
    pub(crate) trial: bool,
    #[serde(default)]
    pub(crate) buyer: Option<Buyer>,
}

/// Who bought.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Buyer {
    #[serde(default)]
    pub(crate) customer_name: Option<String>,
}

/// What is to be done about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Open an account.
    Open,
    /// Keep the account as it becomes.
    Keep(Box<Account>),
    /// Nothing to do; say yes.
    Agree,
    /// The account it is about is not here (yet): ask again later.
    Unknown,
}

/// Decides what an event means for the account it is about.
pub(crate) fn decide(event: &Event, account: Option<&Account>, now: Instant) -> Step {
    let kind = event.kind.strip_prefix("mercer.instance.").unwrap_or_default();
    if kind == "created" {
        return if account.is_some() { Step::Agree } else { Step::Open };
    }
    let Some(account) = account else { return Step::Unknown };
    let mut next = Account { updated_at: now, ..account.clone() };
    match kind {
        "renewed" | "trial_converted" | "renewal_cancelled" | "changed" | "upgraded" => {
            take_over(&mut next, &event.data);
        }
        "frozen" => next.state = State::Frozen,
        "unfrozen" => next.state = State::Active,
        "released" => next.state = State::Released,
        // What was accepted is in use already; a change is allowed, and an event of a newer gateway harms nobody.
        _ => return Step::Agree,
    }
    // What was released stays so, whatever arrives late.
    if account.state == State::Released {
        return Step::Agree;
    }
    Step::Keep(Box::new(next))
}

fn take_over(account: &mut Account, data: &Data) {
    if let Some(expire_time) = data.expire_time {
        account.expires_at = Some(expire_time);
    }
    if let Some(product_id) = &data.product_id {
        account.product_id.clone_from(product_id);
    }
    if let Some(sku_code) = &data.sku_code {
        account.sku_code.clone_from(sku_code);
    }
    if data.linear_value.is_some() {
        account.seats = data.linear_value;
    }
    account.trial = data.trial;
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn account() -> Account {
        Account {
            instance_id: "in_1".to_owned(),
            user_name: "tea-1".to_owned(),
            password_salt: "salt".to_owned(),
            password_hash: "hash".to_owned(),
            buyer_name: "linlan".to_owned(),
            order_id: "CS1".to_owned(),
            product_id: "p1".to_owned(),
            sku_code: "s1".to_owned(),
            seats: Some(5),
            trial: true,
            expires_at: None,
            state: State::Active,
            created_at: Instant::from_millis(1),
            updated_at: Instant::from_millis(1),
            version: 1,
        }
    }

    fn event(kind: &str, more: &str) -> Event {
        let text = format!(r#"{{"type":"mercer.instance.{kind}","data":{{"instanceId":"in_1"{more}}}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_second_created_event_opens_nothing() {
        assert_eq!(decide(&event("created", ""), None, Instant::default()), Step::Open);
        assert_eq!(decide(&event("created", ""), Some(&account()), Instant::default()), Step::Agree);
    }

    #[test]
    fn a_trial_that_turns_formal_gets_its_expiry_and_seats() {
        let turned = event("trial_converted", r#","expireTime":"2027-01-01T00:00:00Z","linearValue":9,"trial":false"#);
        let Step::Keep(next) = decide(&turned, Some(&account()), Instant::default()) else { panic!("it changes") };
        assert_eq!((next.seats, next.trial), (Some(9), false));
        assert_eq!(next.expires_at.unwrap().to_string(), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn a_released_account_never_comes_back() {
        let released = Account { state: State::Released, ..account() };
        for kind in ["unfrozen", "renewed", "frozen"] {
            assert_eq!(decide(&event(kind, ""), Some(&released), Instant::default()), Step::Agree);
        }
    }

    #[test]
    fn an_event_without_its_account_is_asked_for_again() {
        assert_eq!(decide(&event("renewed", ""), None, Instant::default()), Step::Unknown);
    }
}
