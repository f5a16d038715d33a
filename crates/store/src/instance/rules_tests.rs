use proptest::prelude::*;

use super::super::fixtures::{at, instance};
use super::*;

const LIFE: Lifecycle = Lifecycle { grace_days: 0, retention_days: 15 };

#[test]
fn an_instance_freezes_at_its_expiry_and_is_released_fifteen_days_later() {
    let active = instance();
    let expiry = at("2026-03-31T15:59:59Z");
    assert_eq!(due(&active, LIFE, at("2026-03-31T15:59:58Z")), Due::At(expiry));
    assert_eq!(due(&active, LIFE, expiry), Due::Freeze);
    let (frozen, told) = expire(active, LIFE, expiry);
    assert_eq!((frozen.state, told), (InstanceState::Frozen, Told::Freeze));
    let release = at("2026-04-15T15:59:59Z");
    assert_eq!(frozen.release_at, Some(release));
    assert_eq!(due(&frozen, LIFE, expiry), Due::At(release));
    assert_eq!(due(&frozen, LIFE, release), Due::Release);
    assert_eq!(due(&super::release(frozen), LIFE, release), Due::Never);
}

#[test]
fn grace_days_keep_an_expired_instance_usable() {
    let life = Lifecycle { grace_days: 15, retention_days: 15 };
    assert_eq!(due(&instance(), life, at("2026-04-10T00:00:00Z")), Due::At(at("2026-04-15T15:59:59Z")));
    assert_eq!(due(&instance(), life, at("2026-04-15T15:59:59Z")), Due::Freeze);
}

#[test]
fn a_renewal_counts_from_the_original_expiry_also_when_frozen() {
    let now = at("2026-04-05T00:00:00Z");
    let (frozen, _) = expire(instance(), LIFE, now);
    let (before, after) = renewed_expiry(&frozen, PeriodType::Month, 1, now).unwrap();
    assert_eq!((before, after), (at("2026-03-31T15:59:59Z"), at("2026-04-30T15:59:59Z")));
    let late = at("2026-05-10T00:00:00Z");
    let refusal = renewed_expiry(&frozen, PeriodType::Month, 1, late).unwrap_err();
    assert!(refusal.en.ends_with("at least 2 periods are needed"), "{}", refusal.en);
}

#[test]
fn a_confirmed_renewal_unfreezes_unless_a_violation_holds() {
    let now = at("2026-04-05T00:00:00Z");
    let (mut frozen, _) = expire(instance(), LIFE, now);
    assert_eq!(refreshed(frozen.clone(), LIFE, now).1, Told::Nothing, "the expiry has not moved");
    frozen.expire_at = Some(at("2026-04-30T15:59:59Z"));
    let (active, told) = refreshed(frozen.clone(), LIFE, now);
    assert_eq!((active.state, told, active.release_at), (InstanceState::Active, Told::Unfreeze, None));
    let (violating, told) = freeze(frozen, now).unwrap();
    assert_eq!(told, Told::Nothing, "it is frozen already");
    let (held, told) = refreshed(violating, LIFE, now);
    assert_eq!((held.state, told), (InstanceState::Frozen, Told::Nothing));
    assert_eq!(unfreeze(held).unwrap().1, Told::Unfreeze);
}

#[test]
fn a_violation_freezes_once_and_clearing_it_brings_the_instance_back() {
    let now = at("2026-03-05T00:00:00Z");
    let (frozen, told) = freeze(instance(), now).unwrap();
    assert_eq!((frozen.state, told), (InstanceState::Frozen, Told::Freeze));
    assert_eq!(freeze(frozen.clone(), now).unwrap_err().code, "instance.frozen");
    let (active, told) = unfreeze(frozen).unwrap();
    assert_eq!((active.state, told, active.frozen_at), (InstanceState::Active, Told::Unfreeze, None));
    assert_eq!(unfreeze(active).unwrap_err().code, "instance.not_frozen");
}

#[test]
fn one_time_instances_never_expire_and_are_neither_renewed_nor_frozen() {
    let mut once = instance();
    (once.charging_mode, once.period_type, once.expire_at) = (ChargingMode::OneTime, None, None);
    assert_eq!(due(&once, LIFE, at("2099-01-01T00:00:00Z")), Due::Never);
    assert!(check_renewable(&once).is_err());
    assert!(freeze(once.clone(), at("2026-03-05T00:00:00Z")).is_err());
    let opened =
        activate(Instance { state: InstanceState::Opening, ..once }, None, at("2026-03-05T00:00:00Z")).unwrap();
    assert_eq!((opened.state, opened.expire_at), (InstanceState::Active, None));
}

#[test]
fn an_end_after_the_last_year_is_refused() {
    let mut far = instance();
    far.expire_at = Some(at("2099-12-31T00:00:00Z"));
    assert!(renewed_expiry(&far, PeriodType::Month, 12, at("2099-12-01T00:00:00Z")).is_ok());
    assert!(renewed_expiry(&far, PeriodType::Year, 2, at("2099-12-01T00:00:00Z")).is_err());
}

#[derive(Debug, Clone)]
enum Event {
    Days(i64),
    Renew(i64),
    Confirm,
    Freeze,
    Unfreeze,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1i64..40).prop_map(Event::Days),
        (1i64..4).prop_map(Event::Renew),
        Just(Event::Confirm),
        Just(Event::Freeze),
        Just(Event::Unfreeze),
    ]
}

proptest! {
    /// Whatever happens: the expiry never goes backwards, told statuses alternate, and a released instance stays so.
    #[test]
    fn a_life_keeps_its_promises(events in prop::collection::vec(event(), 1..40)) {
        let mut life = instance();
        let mut now = at("2026-03-01T00:00:00Z");
        let mut merchant_frozen = false;
        for event in events {
            let before = life.clone();
            let told = match event {
                Event::Days(days) => {
                    now = days_after(now, days);
                    match due(&life, LIFE, now) {
                        Due::Freeze => {
                            let (next, told) = expire(life, LIFE, now);
                            life = next;
                            told
                        }
                        Due::Release => {
                            life = released(super::release(life), now);
                            Told::Nothing
                        }
                        Due::At(_) | Due::Never => Told::Nothing,
                    }
                }
                Event::Renew(number) => {
                    if check_renewable(&life).is_ok()
                        && let Ok((old, new)) = renewed_expiry(&life, PeriodType::Month, number, now)
                    {
                        prop_assert!(new > old && new > now);
                        life.expire_at = Some(new);
                    }
                    Told::Nothing
                }
                Event::Confirm => {
                    let (next, told) = refreshed(life, LIFE, now);
                    life = next;
                    told
                }
                Event::Freeze => freeze(life.clone(), now).map_or(Told::Nothing, |(next, told)| {
                    life = next;
                    told
                }),
                Event::Unfreeze => unfreeze(life.clone()).map_or(Told::Nothing, |(next, told)| {
                    life = next;
                    told
                }),
            };
            match told {
                Told::Freeze => {
                    prop_assert!(!merchant_frozen);
                    merchant_frozen = true;
                }
                Told::Unfreeze => {
                    prop_assert!(merchant_frozen);
                    merchant_frozen = false;
                }
                Told::Nothing => {}
            }
            prop_assert!(life.expire_at >= before.expire_at);
            let usable = matches!(life.state, InstanceState::Active | InstanceState::Frozen);
            prop_assert!(!usable || merchant_frozen == (life.state == InstanceState::Frozen));
            prop_assert!(before.state != InstanceState::Released || life.state == InstanceState::Released);
        }
    }
}
