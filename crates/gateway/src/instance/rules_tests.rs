//! The rules as sentences, and their two properties over any sequence of commands.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::inbound::Family;
use crate::instance::Bought;

const NOW: Instant = Instant::from_millis(1_800_000_000_000);

/// One order line at the merchant with its memory of effects, as the database keeps them.
#[derive(Default, Clone)]
struct Desk {
    instance: Option<Instance>,
    effects: HashMap<String, String>,
    events: Vec<EventKind>,
}

impl Desk {
    fn take(&mut self, command: &Command) -> Decision {
        let instance_id = self.instance.as_ref().map_or("none", |instance| instance.instance_id.as_str());
        let key = effect_key(instance_id, command);
        let known = Known {
            instance: self.instance.clone(),
            earlier_content: key.and_then(|key| self.effects.get(&key).cloned()),
        };
        let decision = decide(&known, command, NOW);
        match decision.change.clone() {
            Some(Change::Insert(instance)) => {
                assert!(self.instance.is_none(), "a second instance for one order line");
                self.instance = Some(instance);
            }
            Some(Change::Update(instance)) => self.instance = Some(instance),
            None => {}
        }
        if let Some(effect) = decision.effect.clone() {
            assert!(self.effects.insert(effect.key, effect.content).is_none(), "an effect happened twice");
        }
        self.events.extend(decision.events.iter().map(|event| event.kind));
        decision
    }

    fn after(commands: &[Command]) -> Self {
        let mut desk = Self::default();
        for command in commands {
            desk.take(command);
        }
        desk
    }

    fn state(&self) -> Option<State> {
        self.instance.as_ref().map(|instance| instance.state)
    }
}

fn new(business_id: &str) -> Command {
    Command::New(NewInstance {
        family: Family::SaasV2,
        bought: Bought::default(),
        order_id: "O-1".to_owned(),
        order_line_id: "O-1-000001".to_owned(),
        business_id: business_id.to_owned(),
    })
}

fn refresh(scene: Scene, order: &str, days: i64) -> Command {
    Command::Refresh(Refresh {
        scene,
        order_id: order.to_owned(),
        order_line_id: format!("{order}-000001"),
        product_id: None,
        expire_time: Instant::from_millis(NOW.as_millis() + days * 86_400_000),
        freezing: Freezing::ToldApart,
    })
}

fn release() -> Command {
    Command::Release { order_id: String::new(), order_line_id: String::new() }
}

fn upgrade(order: &str) -> Command {
    Command::Upgrade { order_id: order.to_owned(), order_line_id: format!("{order}-000001"), specification: None }
}

#[test]
fn the_first_call_names_the_instance_and_a_resend_gets_the_same_id() {
    let mut desk = Desk::default();
    let first = desk.take(&new("b-1"));
    assert_eq!(first.answer.result, ResultKind::Processing);
    let again = desk.take(&new("b-2"));
    assert_eq!(again.answer.instance_id.as_deref(), Some("b-1"));
    assert_eq!(again.verdict, Verdict::Repeated);
    assert_eq!(desk.events, [EventKind::Created]);
}

#[test]
fn a_resend_after_the_app_answered_is_a_success() {
    let mut desk = Desk::after(&[new("b-1"), Command::AppInfo]);
    assert_eq!(desk.take(&new("b-3")).answer.result, ResultKind::Success);
}

#[test]
fn frozen_before_it_opened_shows_once_it_is_open() {
    let mut desk = Desk::after(&[new("b-1"), Command::SetStatus(StatusChange::Freeze)]);
    assert_eq!(desk.state(), Some(State::Provisioning));
    desk.take(&Command::AppInfo);
    assert_eq!(desk.state(), Some(State::Frozen));
    desk.take(&Command::SetStatus(StatusChange::Unfreeze));
    assert_eq!(desk.state(), Some(State::Active));
}

#[test]
fn a_refresh_with_the_same_order_and_another_expiry_is_a_visible_conflict() {
    let mut desk = Desk::after(&[new("b-1"), Command::AppInfo, refresh(Scene::Renewal, "O-2", 30)]);
    let conflict = desk.take(&refresh(Scene::Renewal, "O-2", 60));
    assert_eq!(conflict.verdict, Verdict::Refused(Refusal::OrderConflict));
    assert_eq!(conflict.answer.result, ResultKind::InvalidParameter);
    let repeated = desk.take(&refresh(Scene::Renewal, "O-2", 30));
    assert_eq!((repeated.verdict, repeated.answer.result), (Verdict::Repeated, ResultKind::Success));
}

#[test]
fn renewals_that_change_places_end_at_the_later_expiry() {
    let early = refresh(Scene::Renewal, "O-2", 30);
    let late = refresh(Scene::Renewal, "O-3", 60);
    let in_order = Desk::after(&[new("b-1"), early.clone(), late.clone()]);
    let reordered = Desk::after(&[new("b-1"), late, early]);
    assert_eq!(in_order.instance.unwrap().expire_time, reordered.instance.unwrap().expire_time);
}

#[test]
fn a_cancelled_renewal_shortens() {
    let desk = Desk::after(&[
        new("b-1"),
        refresh(Scene::Renewal, "O-2", 60),
        refresh(Scene::UnsubscribeRenewalPeriod, "U-1", 30),
    ]);
    let expected = Instant::from_millis(NOW.as_millis() + 30 * 86_400_000);
    assert_eq!(desk.instance.unwrap().expire_time, Some(expected));
}

#[test]
fn unknown_failed_and_released_instances_are_refused_by_name() {
    let renewal = refresh(Scene::Renewal, "O-2", 30);
    let verdict = |commands: &[Command]| Desk::after(commands).take(&renewal).verdict;
    assert_eq!(verdict(&[]), Verdict::Refused(Refusal::UnknownInstance));
    assert_eq!(verdict(&[new("b-1"), release()]), Verdict::Refused(Refusal::Released));
    let failed = Command::Fail(Failure { reason: "no seats".to_owned() });
    assert_eq!(verdict(&[new("b-1"), failed]), Verdict::Refused(Refusal::ProvisioningFailed));
}

#[test]
fn a_query_answers_what_is_ready_and_otherwise_why_not() {
    let instance = |commands: &[Command]| Desk::after(commands).instance.unwrap();
    let provisioning = instance(&[new("b-1")]);
    let active = instance(&[new("b-1"), Command::AppInfo]);
    let failed = instance(&[new("b-1"), Command::Fail(Failure { reason: "no seats".to_owned() })]);
    let released = instance(&[new("b-1"), release()]);
    assert_eq!(query_answer(&[provisioning.clone(), active]).result, ResultKind::Success);
    assert_eq!(query_answer(&[failed.clone(), provisioning]).result, ResultKind::Processing);
    assert_eq!(query_answer(&[failed]).detail, "no seats");
    assert_eq!(query_answer(&[released]).result, ResultKind::UnknownInstance);
    assert_eq!(query_answer(&[]).result, ResultKind::UnknownInstance);
}

fn refresh_v1(order: &str, days: i64) -> Command {
    match refresh(if days < 0 { Scene::UnsubscribeRenewalPeriod } else { Scene::Renewal }, order, days) {
        Command::Refresh(refresh) => Command::Refresh(Refresh { freezing: Freezing::ByExpiry, ..refresh }),
        other => other,
    }
}

fn accepted_at(millis: i64) -> Command {
    match new("b-1") {
        Command::New(new) => {
            let bought = Bought { acceptance_time: Some(Instant::from_millis(millis)), ..Bought::default() };
            Command::New(NewInstance { family: Family::SaasV1, bought, ..new })
        }
        other => other,
    }
}

#[test]
fn where_the_expiry_decides_a_renewal_unfreezes_and_one_taken_back_into_the_past_freezes() {
    let mut desk = Desk::after(&[new("b-1"), Command::AppInfo, refresh_v1("R-1", 60), refresh_v1("X-1", -1)]);
    assert_eq!(desk.state(), Some(State::Frozen));
    desk.take(&refresh_v1("R-2", 30));
    assert_eq!(desk.state(), Some(State::Active));
    use EventKind::{Created, Frozen, RenewalCancelled, Renewed, Unfrozen};
    assert_eq!(desk.events, [Created, Renewed, RenewalCancelled, Frozen, Renewed, Unfrozen]);
}

#[test]
fn the_first_acceptance_counts_and_is_told_once() {
    let mut desk = Desk::after(&[new("b-1"), accepted_at(5), accepted_at(9)]);
    assert_eq!(desk.instance.clone().unwrap().billing_start, Some(Instant::from_millis(5)));
    assert_eq!(desk.take(&accepted_at(5)).verdict, Verdict::Repeated);
    assert_eq!(desk.events, [EventKind::Created, EventKind::Accepted]);
    let at_once = Desk::after(&[accepted_at(5)]);
    assert_eq!(at_once.events, [EventKind::Created, EventKind::Accepted]);
}

fn any_command() -> impl Strategy<Value = Command> {
    let scene = prop_oneof![
        Just(Scene::Renewal),
        Just(Scene::TrialToFormal),
        Just(Scene::UnsubscribeRenewalPeriod),
        Just(Scene::RenewalChange)
    ];
    prop_oneof![
        3 => "b-[1-3]".prop_map(|id| new(&id)),
        3 => (scene, "R-[1-4]", 1_i64..90).prop_map(|(scene, order, days)| refresh(scene, &order, days)),
        2 => ("V-[1-4]", -60_i64..90).prop_map(|(order, days)| refresh_v1(&order, days)),
        1 => (1_i64..4).prop_map(accepted_at),
        2 => Just(Command::SetStatus(StatusChange::Freeze)),
        2 => Just(Command::SetStatus(StatusChange::Unfreeze)),
        1 => Just(release()),
        2 => "C-[1-3]".prop_map(|order| upgrade(&order)),
        1 => Just(Command::CheckChange(Specification::default())),
        1 => Just(Command::AppInfo),
        1 => Just(Command::Fail(Failure { reason: "no seats".to_owned() })),
    ]
}

proptest! {
    #[test]
    fn repeating_every_command_at_once_changes_nothing_and_says_the_same(commands in proptest::collection::vec(any_command(), 0..25)) {
        let mut single = Desk::default();
        let mut double = Desk::default();
        for command in &commands {
            let expected = single.take(command);
            let first = double.take(command);
            let repeated = double.take(command);
            prop_assert_eq!(&first.answer, &expected.answer);
            prop_assert_eq!(repeated.answer.result, first.answer.result);
            prop_assert!(repeated.events.is_empty(), "a repetition told the app again");
        }
        prop_assert_eq!(single.instance, double.instance);
        prop_assert_eq!(single.events, double.events);
    }

    #[test]
    fn a_late_repetition_of_an_order_has_no_second_effect(
        commands in proptest::collection::vec(any_command(), 1..20),
        pick in 0_usize..20,
    ) {
        let mut desk = Desk::after(&commands);
        let late = &commands[pick % commands.len()];
        let before = desk.clone();
        let decision = desk.take(late);
        if matches!(late, Command::New(_) | Command::Refresh(_) | Command::Upgrade { .. } | Command::Release { .. })
            && before.effects.len() == desk.effects.len()
            && before.instance.as_ref().is_some_and(|instance| instance.state == State::Released)
        {
            prop_assert_eq!(desk.instance, before.instance);
            prop_assert!(decision.events.is_empty());
        }
    }

    #[test]
    fn a_released_instance_never_comes_back(
        before in proptest::collection::vec(any_command(), 0..15),
        after in proptest::collection::vec(any_command(), 0..15),
    ) {
        let mut desk = Desk::after(&[new("b-1")]);
        for command in before.iter().chain([&release()]).chain(&after) {
            desk.take(command);
        }
        prop_assert_eq!(desk.state(), Some(State::Released));
        let releases = desk.events.iter().filter(|kind| **kind == EventKind::Released).count();
        prop_assert_eq!(releases, 1);
    }

    #[test]
    fn there_is_one_event_for_each_change_the_app_must_know(commands in proptest::collection::vec(any_command(), 0..30)) {
        let mut desk = Desk::default();
        for command in &commands {
            let decision = desk.take(command);
            let tells = !matches!(command, Command::AppInfo | Command::Fail(_));
            prop_assert_eq!(!decision.events.is_empty(), decision.change.is_some() && tells);
        }
        let created = desk.events.iter().filter(|kind| **kind == EventKind::Created).count();
        prop_assert_eq!(created, usize::from(desk.instance.is_some()));
    }

    #[test]
    fn shuffled_renewals_and_status_repeats_converge(order in Just(vec![1_i64, 2, 3, 4]).prop_shuffle()) {
        let mut desk = Desk::after(&[new("b-1"), Command::AppInfo]);
        for month in &order {
            desk.take(&refresh(Scene::Renewal, &format!("R-{month}"), month * 30));
            desk.take(&refresh(Scene::Renewal, &format!("R-{month}"), month * 30));
        }
        let expected = Instant::from_millis(NOW.as_millis() + 120 * 86_400_000);
        prop_assert_eq!(desk.instance.unwrap().expire_time, Some(expected));
    }
}
