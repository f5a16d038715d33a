use proptest::prelude::*;
use serde_json::Value;

use super::super::calendar::days_after;
use super::super::fixtures::{at, instance, offer, order};
use super::*;
use crate::catalog::PeriodType;

const VECTORS: &str = include_str!("../../tests/vectors/money.json");

fn vectors(formula: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(VECTORS).unwrap();
    all["vectors"].as_array().unwrap().iter().filter(|vector| vector["formula"] == formula).cloned().collect()
}

fn money(text: &Value) -> i64 {
    Money::parse(text.as_str().unwrap(), Currency::Cny).unwrap().minor()
}

fn sum(refunds: &[Refund]) -> i64 {
    refunds.iter().map(|refund| refund.money.minor()).sum()
}

#[test]
fn the_five_day_rule_gives_the_published_answers() {
    for vector in vectors("five_day_refund") {
        let inputs = &vector["inputs"];
        let paid = money(&inputs["cash_paid"]);
        let seconds = inputs["seconds_since_provisioning"].as_u64().unwrap();
        let now = instance().activated_at.unwrap().plus(std::time::Duration::from_secs(seconds));
        let used = inputs["refunds_used_this_calendar_year"].as_i64().unwrap();
        let terms = unsubscription(&instance(), &[order("CS1", OrderKind::New, paid)], used, now);
        assert_eq!(terms.is_ok(), vector["expected"]["allowed"], "{}", vector["name"]);
        if let Ok(terms) = terms {
            assert_eq!(sum(&terms.refunds), money(&vector["expected"]["cash_refund"]));
            assert_eq!(terms.uses_quota, vector["expected"]["counts_against_quota"]);
        }
    }
}

#[test]
fn renewals_that_have_not_begun_give_the_published_refunds() {
    let now = at("2026-03-10T00:00:00Z");
    for vector in vectors("renewal_refund") {
        let mut orders = vec![order("CS0", OrderKind::New, 1_000)];
        let mut begin = at("2026-03-01T15:59:59Z");
        for (number, renewal) in vector["inputs"]["renewals"].as_array().unwrap().iter().enumerate() {
            let mut renewed = order(&format!("CS{}", number + 1), OrderKind::Renew, money(&renewal["paid"]));
            renewed.expire_before = Some(begin);
            begin = days_after(begin, 31);
            renewed.expire_after = Some(begin);
            renewed.paid_at = Some(days_after(renewed.paid_at.unwrap(), i64::try_from(number).unwrap() + 1));
            assert_eq!(renewed.expire_before < Some(now), renewal["effective"].as_bool().unwrap());
            orders.push(renewed);
        }
        let terms = renewal_refund(&instance(), &orders, now);
        let refundable = terms.as_ref().map_or(0, |terms| sum(&terms.refunds));
        assert_eq!(refundable, money(&vector["expected"]["refundable"]), "{}", vector["name"]);
        assert_eq!(terms.is_ok(), vector["accept"]);
    }
}

#[test]
fn trials_end_at_any_time_without_refund_or_quota() {
    let trial = Instance { trial: true, ..instance() };
    let terms = unsubscription(&trial, &[order("CS1", OrderKind::Trial, 0)], 10, at("2026-03-30T00:00:00Z")).unwrap();
    assert_eq!(terms, Unsubscription { refunds: Vec::new(), uses_quota: false });
}

#[test]
fn a_renewal_that_was_built_on_cannot_be_given_back() {
    let now = at("2026-03-10T00:00:00Z");
    let mut renewed = order("CS2", OrderKind::Renew, 1_000);
    renewed.expire_before = Some(at("2026-03-31T15:59:59Z"));
    renewed.expire_after = Some(at("2026-04-30T15:59:59Z"));
    let mut upgraded = order("CS3", OrderKind::Change, 500);
    upgraded.paid_at = Some(at("2026-03-09T00:00:00Z"));
    let orders = [order("CS1", OrderKind::New, 1_000), renewed, upgraded.clone()];
    assert!(renewal_refund(&instance(), &orders[..2], now).is_ok());
    assert_eq!(renewal_refund(&instance(), &orders, now).unwrap_err().code, "instance.renewal_built_on");
    let failed = Order { state: OrderState::Failed, ..upgraded };
    assert!(renewal_refund(&instance(), &[orders[0].clone(), orders[1].clone(), failed], now).is_ok());
}

#[test]
fn an_upgrade_costs_the_difference_for_the_days_that_are_left() {
    let now = at("2026-03-16T12:00:00Z");
    let (basic, plus) = (offer("basic", PeriodType::Month, 30), offer("plus", PeriodType::Month, 60));
    let days = PricingDays { per_month: 30, per_year: 365 };
    let fee = |target: &Offer, quantity| {
        upgrade_terms(&instance(), Target { present: &basic, target, quantity: Some(quantity) }, days, now)
    };
    // 16 days left: (60 - 30) × 5 / 30 × 16, and 30 × 3 / 30 × 16
    assert_eq!(fee(&plus, 5).unwrap().to_string(), "80.00");
    assert_eq!(fee(&basic, 8).unwrap().to_string(), "48.00");
    assert!(fee(&basic, 5).is_err(), "nothing grows");
    assert!(fee(&basic, 4).is_err(), "smaller");
    assert!(fee(&offer("mini", PeriodType::Month, 10), 5).is_err(), "cheaper");
    assert!(fee(&offer("plus", PeriodType::Year, 600), 5).is_err(), "another period type");
    let frozen = Instance { state: super::super::InstanceState::Frozen, ..instance() };
    assert!(upgrade_terms(&frozen, Target { present: &basic, target: &plus, quantity: Some(5) }, days, now).is_err());
}

proptest! {
    /// Money is conserved: what was paid is either kept or given back, and nothing is given back twice.
    #[test]
    fn what_is_given_back_was_paid_and_only_once(
        paid in prop::collection::vec((0i64..1_000_000, 0i64..1_000_000), 1..12),
    ) {
        let now = at("2026-03-01T00:00:00Z");
        let orders: Vec<Order> = paid
            .iter()
            .enumerate()
            .map(|(number, (paid, back))| {
                let mut one = order(&format!("CS{number}"), if number == 0 { OrderKind::New } else { OrderKind::Change }, *paid);
                one.refunded = Money::from_minor((*back).min(*paid), Currency::Cny).unwrap();
                one
            })
            .collect();
        let kept_before: i64 = orders.iter().map(Order::kept_minor).sum();
        let terms = unsubscription(&instance(), &orders, 0, now).unwrap();
        prop_assert_eq!(sum(&terms.refunds), kept_before);
        let after = |one: &Order| {
            let back: i64 = terms.refunds.iter().filter(|refund| refund.order_id == one.order_id).map(|refund| refund.money.minor()).sum();
            one.refunded.minor() + back
        };
        for one in &orders {
            prop_assert_eq!(after(one), one.payable.minor());
        }
    }
}
