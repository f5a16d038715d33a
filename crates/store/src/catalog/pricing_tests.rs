use proptest::prelude::*;
use serde_json::Value;

use super::*;

const VECTORS: &str = include_str!("../../tests/vectors/money.json");

fn vectors(formula: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(VECTORS).unwrap();
    let found: Vec<Value> =
        all["vectors"].as_array().unwrap().iter().filter(|vector| vector["formula"] == formula).cloned().collect();
    assert!(!found.is_empty(), "no vector of {formula}");
    found
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

fn brackets(value: &Value) -> Vec<Bracket> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|one| Bracket {
            up_to: one["up_to"].as_str().map(|end| end.parse().unwrap()),
            unit_price: decimal(&one["unit_price"]),
        })
        .collect()
}

fn remainder(inputs: &Value) -> Remainder {
    Remainder {
        days_per_period: decimal(&inputs["days_per_period"]).try_into().unwrap(),
        remaining_days: decimal(&inputs["remaining_days"]).try_into().unwrap(),
        discount: decimal(&inputs["discount"]),
    }
}

fn rounded(exact: Decimal) -> String {
    Money::round(exact, Currency::Cny).unwrap().to_string()
}

#[test]
fn the_price_modes_give_the_published_amounts() {
    for (formula, mode) in [("graduated", PriceMode::Graduated), ("volume", PriceMode::Volume)] {
        for vector in vectors(formula) {
            let brackets = brackets(&vector["inputs"]["brackets"]);
            let amount =
                amount(Tariff { mode, brackets: &brackets }, decimal(&vector["inputs"]["quantity"]), 1, Currency::Cny);
            assert_eq!(amount.unwrap().to_string(), vector["expected"]["amount"], "{}", vector["name"]);
        }
    }
    for vector in vectors("linear") {
        let brackets = [Bracket { up_to: None, unit_price: decimal(&vector["inputs"]["unit_price"]) }];
        let tariff = Tariff { mode: PriceMode::Linear, brackets: &brackets };
        let amount = amount(tariff, decimal(&vector["inputs"]["quantity"]), 1, Currency::Cny);
        assert_eq!(amount.unwrap().to_string(), vector["expected"]["amount"]);
    }
}

#[test]
fn upgrades_cost_the_difference_for_the_remaining_days() {
    for vector in vectors("upgrade_fee") {
        let inputs = &vector["inputs"];
        let fee =
            upgrade_fee(decimal(&inputs["old_period_price"]), decimal(&inputs["new_period_price"]), remainder(inputs));
        assert_eq!(fee.is_some(), vector["accept"], "{}", vector["name"]);
        if let Some(fee) = fee {
            assert_eq!(rounded(fee), vector["expected"]["fee"], "{}", vector["name"]);
        }
    }
}

#[test]
fn expansions_cost_the_difference_of_the_totals_and_never_less_than_nothing() {
    for vector in vectors("expansion_current") {
        let inputs = &vector["inputs"];
        let brackets = brackets(&inputs["brackets"]);
        let mode: PriceMode = inputs["mode"].as_str().unwrap().parse().unwrap();
        let fee = expansion_fee(
            Tariff { mode, brackets: &brackets },
            decimal(&inputs["old_total"]),
            decimal(&inputs["new_total"]),
            remainder(inputs),
        );
        assert_eq!(rounded(fee.unwrap()), vector["expected"]["fee"], "{}", vector["name"]);
    }
}

#[test]
fn amounts_are_rounded_half_away_from_zero() {
    for vector in vectors("round_money") {
        let inputs = &vector["inputs"];
        let exact = match inputs["numerator"].as_str() {
            Some(_) => decimal(&inputs["numerator"]) / decimal(&inputs["denominator"]),
            None => decimal(&inputs["exact"]),
        };
        assert_eq!(rounded(exact), vector["expected"]["amount"], "{}", vector["name"]);
    }
}

proptest! {
    #[test]
    fn a_larger_quantity_never_costs_less_when_graduated(quantity in 0i64..5_000, more in 0i64..5_000) {
        let brackets = [
            Bracket { up_to: Some(Decimal::from(10)), unit_price: Decimal::new(30, 0) },
            Bracket { up_to: Some(Decimal::from(100)), unit_price: Decimal::new(2450, 2) },
            Bracket { up_to: None, unit_price: Decimal::new(1, 1) },
        ];
        let tariff = Tariff { mode: PriceMode::Graduated, brackets: &brackets };
        prop_assert!(tariff.exact(Decimal::from(quantity)) <= tariff.exact(Decimal::from(quantity + more)));
    }
}
