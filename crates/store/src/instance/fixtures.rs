//! Instances and orders for the tests of the rules.

use mercer_kernel::clock::Instant;
use mercer_kernel::money::{Currency, Money};
use rust_decimal::Decimal;

use super::{Instance, InstanceState};
use crate::catalog::{
    Bracket, ChargingMode, Integration, LinearAttribute, LinearKind, Names, Offer, PeriodType, Price, PriceMode,
    Product, ProductState, Sku,
};
use crate::order::{Order, OrderKind, OrderState};

/// An instant from its text.
pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// An active monthly instance that expires at the end of March 2026.
pub(crate) fn instance() -> Instance {
    Instance {
        resource_id: "ins_1".to_owned(),
        instance_id: Some("a-1".to_owned()),
        merchant_id: "m".to_owned(),
        buyer_id: "b".to_owned(),
        order_id: "CS1".to_owned(),
        product_code: "prd".to_owned(),
        sku_code: "basic".to_owned(),
        product_id: "basic-month".to_owned(),
        names: Names::new("商品", "Product"),
        charging_mode: ChargingMode::Period,
        period_type: Some(PeriodType::Month),
        quantity: Some(5),
        trial: false,
        state: InstanceState::Active,
        frozen_by_expiry: false,
        frozen_by_violation: false,
        acceptance: false,
        accepted_at: None,
        activated_at: Some(at("2026-02-28T04:00:00Z")),
        formal_at: None,
        expire_at: Some(at("2026-03-31T15:59:59Z")),
        frozen_at: None,
        release_at: None,
        released_at: None,
        created_at: at("2026-02-28T04:00:00Z"),
        version: 1,
    }
}

/// A completed order of that instance.
pub(crate) fn order(order_id: &str, kind: OrderKind, paid_minor: i64) -> Order {
    let paid = Money::from_minor(paid_minor, Currency::Cny).unwrap();
    Order {
        order_id: order_id.to_owned(),
        merchant_id: "m".to_owned(),
        buyer_id: "b".to_owned(),
        kind,
        state: OrderState::Completed,
        product_code: "prd".to_owned(),
        sku_code: "basic".to_owned(),
        product_id: "basic-month".to_owned(),
        product_name: "商品,规格,包月,包周期".to_owned(),
        names: Names::new("商品", "Product"),
        charging_mode: ChargingMode::Period,
        period_type: Some(PeriodType::Month),
        period_number: Some(1),
        quantity: Some(5),
        currency: Currency::Cny,
        amount: paid,
        payable: paid,
        refunded: Money::zero(Currency::Cny),
        resource_id: Some("ins_1".to_owned()),
        related_order_id: None,
        expire_before: None,
        expire_after: None,
        reference_expire_at: None,
        extend_params: Vec::new(),
        failure: String::new(),
        quota_slot: None,
        created_at: at("2026-02-28T04:00:00Z"),
        paid_at: Some(at("2026-02-28T04:00:00Z")),
        finished_at: Some(at("2026-02-28T04:00:00Z")),
        version: 2,
    }
}

/// A price of that product: a specification, a period type, and the price of one seat.
pub(crate) fn offer(sku_code: &str, period_type: PeriodType, unit_price: i64) -> Offer {
    let price = Price {
        product_id: format!("{sku_code}-{}", period_type.code()),
        charging_mode: ChargingMode::Period,
        period_type: Some(period_type),
        mode: PriceMode::Linear,
        brackets: vec![Bracket { up_to: None, unit_price: Decimal::from(unit_price) }],
        trial_days: None,
        on_sale: true,
    };
    let linear =
        LinearAttribute { name: Names::new("席位", "seats"), kind: LinearKind::Amount, min: 1, max: 100, step: 1 };
    let sku = Sku {
        sku_code: sku_code.to_owned(),
        name: Names::new("规格", "Spec"),
        linear: Some(linear),
        prices: vec![price.clone()],
    };
    let product = Product {
        product_code: "prd".to_owned(),
        merchant_id: "m".to_owned(),
        address_id: "a".to_owned(),
        state: ProductState::OnSale,
        name: Names::new("商品", "Product"),
        description: Names::default(),
        currency: Currency::Cny,
        integration: Integration::default(),
        created_at: at("2026-01-01T00:00:00Z"),
        version: 1,
        skus: vec![sku.clone()],
    };
    Offer { product, sku, price }
}
