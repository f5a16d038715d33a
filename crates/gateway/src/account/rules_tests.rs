use proptest::prelude::*;

use super::*;

const MEMBERS: Policy = Policy { drop_older: true, keeps_deleted: false };
const DEPARTMENTS: Policy = Policy { drop_older: true, keeps_deleted: true };

/// Takes calls one after another and remembers what the app was told.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shelf {
    record: Option<Record<u8>>,
    told: Vec<(Standing, Option<u8>)>,
}

impl Shelf {
    fn take(&mut self, change: &Change<u8>, at: &str, policy: Policy) -> Outcome<u8> {
        let outcome = decide(self.record.as_ref(), change, at, policy);
        match &outcome {
            Outcome::Unchanged => {}
            Outcome::Noted(record) => self.record = Some(record.clone()),
            Outcome::Told { record, .. } => {
                self.told.push((record.standing, record.content));
                self.record = Some(record.clone());
            }
        }
        outcome
    }

    /// What anybody can see: what stands, and of what.
    fn visible(&self) -> (Standing, Option<u8>) {
        let record = self.record.as_ref();
        match record.map(|record| record.standing) {
            Some(standing @ (Standing::Present | Standing::Withdrawn)) => {
                (standing, record.and_then(|record| record.content))
            }
            Some(Standing::Deleted) | None => (Standing::Deleted, None),
        }
    }
}

fn time(number: u32) -> String {
    format!("{:017}", 20_240_311_093_015_000_u64 + u64::from(number))
}

fn any_change() -> impl Strategy<Value = Change<u8>> {
    prop_oneof![
        4 => (0_u8..3).prop_map(Change::Put),
        2 => (0_u8..3).prop_map(|content| Change::Withdraw(Some(content))),
        2 => Just(Change::Delete),
    ]
}

#[test]
fn an_older_call_changes_nothing_unless_the_setting_says_so() {
    let mut shelf = Shelf::default();
    shelf.take(&Change::Put(2), &time(2), MEMBERS);
    assert_eq!(shelf.take(&Change::Put(1), &time(1), MEMBERS), Outcome::Unchanged);
    assert_eq!(shelf.take(&Change::Delete, &time(1), MEMBERS), Outcome::Unchanged);
    assert_eq!(shelf.visible(), (Standing::Present, Some(2)));
    shelf.take(&Change::Put(1), &time(1), Policy { drop_older: false, ..MEMBERS });
    assert_eq!(shelf.visible(), (Standing::Present, Some(1)));
}

#[test]
fn a_call_of_the_same_time_or_without_one_is_applied() {
    let mut shelf = Shelf::default();
    shelf.take(&Change::Put(1), &time(2), MEMBERS);
    shelf.take(&Change::Put(2), &time(2), MEMBERS);
    assert_eq!(shelf.visible(), (Standing::Present, Some(2)));
    shelf.take(&Change::Put(3), "", MEMBERS);
    assert_eq!(shelf.visible(), (Standing::Present, Some(3)));
    assert_eq!(shelf.record.as_ref().unwrap().set_by, time(2), "the time that is known stays");
}

#[test]
fn a_deleted_department_keeps_its_name_and_a_member_does_not() {
    for (policy, kept) in [(DEPARTMENTS, Some(1)), (MEMBERS, None)] {
        let mut shelf = Shelf::default();
        shelf.take(&Change::Put(1), &time(1), policy);
        let outcome = shelf.take(&Change::Delete, &time(2), policy);
        assert!(matches!(outcome, Outcome::Told { previous: Some(1), .. }), "{outcome:?}");
        assert_eq!(shelf.record.unwrap().content, kept);
    }
}

#[test]
fn what_was_never_known_is_deleted_and_withdrawn_without_a_word_and_stays_so() {
    for change in [Change::Delete, Change::Withdraw(Some(1)), Change::Withdraw(None)] {
        let mut shelf = Shelf::default();
        assert!(matches!(shelf.take(&change, &time(2), MEMBERS), Outcome::Noted(_)));
        assert_eq!(shelf.take(&Change::Put(1), &time(1), MEMBERS), Outcome::Unchanged, "a late older call");
        assert!(matches!(shelf.take(&Change::Put(1), &time(3), MEMBERS), Outcome::Told { .. }));
    }
}

#[test]
fn a_withdrawn_member_keeps_the_data_and_comes_back() {
    let mut shelf = Shelf::default();
    shelf.take(&Change::Put(1), &time(1), MEMBERS);
    shelf.take(&Change::Withdraw(None), &time(2), MEMBERS);
    assert_eq!(shelf.visible(), (Standing::Withdrawn, Some(1)));
    let back = shelf.take(&Change::Put(1), &time(3), MEMBERS);
    assert!(matches!(back, Outcome::Told { previous: Some(1), .. }));
}

#[test]
fn the_same_content_of_a_newer_call_is_remembered_and_not_told() {
    let mut shelf = Shelf::default();
    shelf.take(&Change::Put(1), &time(1), MEMBERS);
    assert!(matches!(shelf.take(&Change::Put(1), &time(3), MEMBERS), Outcome::Noted(_)));
    assert_eq!(shelf.take(&Change::Put(2), &time(2), MEMBERS), Outcome::Unchanged);
}

#[test]
fn of_an_identity_that_comes_twice_the_last_counts() {
    let entries = vec![("a".to_owned(), 1), ("b".to_owned(), 2), ("a".to_owned(), 3)];
    assert_eq!(last_of_each(entries), [("a".to_owned(), 3), ("b".to_owned(), 2)]);
}

#[test]
fn a_domain_name_gets_its_scheme_and_loses_its_slash() {
    for (given, kept) in [
        ("acme.login.example.net", "https://acme.login.example.net"),
        ("https://acme.login.example.net/", "https://acme.login.example.net"),
        ("http://127.0.0.1:7001/", "http://127.0.0.1:7001"),
        ("", ""),
    ] {
        assert_eq!(domain_name(given), kept);
    }
}

proptest! {
    #[test]
    fn the_newest_call_wins_in_any_order_of_arrival(
        changes in proptest::collection::vec(any_change(), 1..12),
        order in Just((0_usize..12).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        for policy in [MEMBERS, DEPARTMENTS] {
            let (mut sorted, mut shuffled) = (Shelf::default(), Shelf::default());
            for (number, change) in changes.iter().enumerate() {
                sorted.take(change, &time(number as u32), policy);
            }
            for number in order.iter().filter(|number| **number < changes.len()) {
                shuffled.take(&changes[*number], &time(*number as u32), policy);
            }
            prop_assert_eq!(sorted.visible(), shuffled.visible());
            prop_assert_eq!(sorted.record.unwrap().set_by, shuffled.record.unwrap().set_by);
        }
    }

    #[test]
    fn repeating_every_call_changes_nothing_and_tells_nothing(
        calls in proptest::collection::vec((any_change(), 0_u32..6), 0..25),
    ) {
        let (mut single, mut double) = (Shelf::default(), Shelf::default());
        for (change, number) in &calls {
            single.take(change, &time(*number), MEMBERS);
            double.take(change, &time(*number), MEMBERS);
            let again = double.take(change, &time(*number), MEMBERS);
            prop_assert_eq!(again, Outcome::Unchanged);
        }
        prop_assert_eq!(single, double);
    }

    #[test]
    fn the_app_that_follows_the_events_knows_what_is_kept(
        calls in proptest::collection::vec((any_change(), 0_u32..6), 0..25),
    ) {
        let mut shelf = Shelf::default();
        for (change, number) in &calls {
            shelf.take(change, &time(*number), MEMBERS);
        }
        let heard = shelf.told.last().map_or(Standing::Deleted, |(standing, _)| *standing);
        let usable = |standing| standing == Standing::Present;
        prop_assert_eq!(usable(heard), usable(shelf.visible().0));
        if usable(heard) {
            prop_assert_eq!(shelf.told.last().unwrap().1, shelf.visible().1);
        }
    }
}
