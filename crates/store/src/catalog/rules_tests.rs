use mercer_kernel::money::Currency;

use super::super::{Bracket, Integration, LinearKind};
use super::*;

fn price(
    charging_mode: ChargingMode,
    period_type: Option<PeriodType>,
    trial_days: Option<i64>,
    unit_price: i64,
) -> NewPrice {
    NewPrice {
        product_id: None,
        charging_mode,
        period_type,
        mode: PriceMode::Linear,
        brackets: vec![Bracket { up_to: None, unit_price: Decimal::from(unit_price) }],
        trial_days,
    }
}

fn product_with(prices: Vec<NewPrice>) -> NewProduct {
    NewProduct {
        product_code: None,
        merchant_id: "m".into(),
        address_id: "a".into(),
        name: Names::new("商品", "Product"),
        description: Names::default(),
        currency: Currency::Cny,
        integration: Integration::default(),
        state: ProductState::OnSale,
        skus: vec![NewSku { sku_code: None, name: Names::new("规格", "Spec"), linear: None, prices }],
    }
}

fn code(product: &NewProduct) -> &'static str {
    check_product(product).map_or_else(|refusal| refusal.code, |()| "ok")
}

#[test]
fn a_trial_lasts_three_to_a_hundred_and_eighty_days_and_costs_nothing() {
    let trial = |days, unit| product_with(vec![price(ChargingMode::Period, Some(PeriodType::Day), Some(days), unit)]);
    assert_eq!(code(&trial(3, 0)), "ok");
    assert_eq!(code(&trial(180, 0)), "ok");
    assert_eq!(code(&trial(2, 0)), "product.trial_days");
    assert_eq!(code(&trial(181, 0)), "product.trial_days");
    assert_eq!(code(&trial(7, 1)), "product.trial_price");
}

#[test]
fn a_specification_is_priced_once_per_period_type() {
    let month = || price(ChargingMode::Period, Some(PeriodType::Month), None, 10);
    let year = price(ChargingMode::Period, Some(PeriodType::Year), None, 100);
    assert_eq!(code(&product_with(vec![month(), year])), "ok");
    assert_eq!(code(&product_with(vec![month(), month()])), "product.duplicate_price");
    assert_eq!(
        code(&product_with(vec![price(ChargingMode::OneTime, Some(PeriodType::Month), None, 1)])),
        "product.period_type"
    );
}

#[test]
fn brackets_rise_and_end_open() {
    let graduated = |ends: &[Option<i64>]| {
        let mut price = price(ChargingMode::OneTime, None, None, 1);
        price.mode = PriceMode::Graduated;
        price.brackets =
            ends.iter().map(|end| Bracket { up_to: end.map(Decimal::from), unit_price: Decimal::ONE }).collect();
        code(&product_with(vec![price]))
    };
    assert_eq!(graduated(&[Some(3), None]), "ok");
    assert_eq!(graduated(&[Some(3)]), "product.brackets");
    assert_eq!(graduated(&[Some(3), Some(3), None]), "product.brackets");
    assert_eq!(graduated(&[Some(0), None]), "product.brackets");
    assert_eq!(graduated(&[]), "product.brackets");
}

#[test]
fn quantities_keep_to_range_and_step_and_the_refusal_names_them() {
    let seats =
        LinearAttribute { name: Names::new("席位", "seats"), kind: LinearKind::Amount, min: 5, max: 20, step: 5 };
    assert_eq!(quantity(Some(&seats), None).unwrap(), Some(5));
    assert_eq!(quantity(Some(&seats), Some(20)).unwrap(), Some(20));
    for wrong in [0, 4, 6, 21, -5, i64::MAX] {
        let refusal = quantity(Some(&seats), Some(wrong)).unwrap_err();
        assert_eq!(refusal.en, "the quantity is 5 to 20 in steps of 5");
    }
    assert_eq!(quantity(None, Some(1)).unwrap(), None);
    assert!(quantity(None, Some(2)).is_err());
}
