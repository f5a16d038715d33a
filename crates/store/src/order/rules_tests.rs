use super::*;
use crate::instance::fixtures::{at, offer};

fn wish(offer: &Offer) -> Wish<'_> {
    Wish { kind: OrderKind::New, buyer_id: "b", offer, quantity: Some(5), periods: Some(2), extend_params: Vec::new() }
}

fn now() -> Instant {
    at("2026-03-01T02:03:04Z")
}

#[test]
fn an_order_costs_quantity_times_price_times_periods_and_ends_at_the_day_s_end() {
    let offer = offer("basic", PeriodType::Year, 100);
    let order = order(wish(&offer), "CS1".to_owned(), now()).unwrap();
    assert_eq!(order.payable.to_string(), "1000.00");
    assert_eq!(order.reference_expire_at, Some(at("2028-03-01T15:59:59Z")));
    assert_eq!((order.order_line_id().as_str(), order.state), ("CS1-000001", OrderState::PendingPayment));
    assert_eq!(order.product_name, "商品,规格,包年,包周期");
}

#[test]
fn out_of_range_wishes_are_refused_with_the_range() {
    let offer = offer("basic", PeriodType::Month, 100);
    let refusal = |wish: Wish<'_>| match super::order(wish, "CS1".to_owned(), now()) {
        Err(crate::StoreError::Refused(refusal)) => refusal.en,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(Wish { quantity: Some(101), ..wish(&offer) }), "the quantity is 1 to 100 in steps of 1");
    assert_eq!(refusal(Wish { periods: Some(37), ..wish(&offer) }), "the number of periods is 1 to 36");
    assert_eq!(refusal(Wish { periods: Some(0), ..wish(&offer) }), "the number of periods is 1 to 36");
    let param = |name: &str| ExtendParam { name: name.to_owned(), value: "x".to_owned() };
    let four = ["a", "b", "c", "d"].map(param).to_vec();
    assert!(refusal(Wish { extend_params: four, ..wish(&offer) }).starts_with("at most 3 parameters"));
    let twice = vec![param("a"), param("a")];
    assert!(refusal(Wish { extend_params: twice, ..wish(&offer) }).starts_with("at most 3 parameters"));
}

#[test]
fn an_order_is_paid_or_cancelled_once() {
    let offer = offer("basic", PeriodType::Month, 100);
    let pending = order(wish(&offer), "CS1".to_owned(), now()).unwrap();
    let paid = paid(pending.clone(), now()).unwrap();
    assert_eq!(super::paid(paid.clone(), now()).unwrap_err().code, "order.state");
    assert!(cancelled(paid, now()).is_err());
    let gone = cancelled(pending, now()).unwrap();
    assert!(super::paid(gone, now()).is_err());
}

#[test]
fn a_failed_order_gives_everything_back_by_an_order_of_its_own() {
    let offer = offer("basic", PeriodType::Month, 100);
    let paid = paid(order(wish(&offer), "CS1".to_owned(), now()).unwrap(), now()).unwrap();
    assert_eq!(paid.kept_minor(), 100_000);
    let failed = failed(paid, "no answer", now());
    assert_eq!((failed.state, failed.kept_minor()), (OrderState::Failed, 0));
    let refund = refund_order(OrderKind::Unsubscribe, &failed, failed.payable, "CS2".to_owned(), now());
    assert_eq!((refund.state, refund.kept_minor()), (OrderState::Completed, 0));
    assert_eq!(refund.related_order_id.as_deref(), Some("CS1"));
    assert_eq!(refund.kind.order_type(), "UNSUBSCRIBE");
}
