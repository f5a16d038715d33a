//! The parameters of each call, as they are stored: without what is new on each attempt and without personal
//! data. Source: SaaS V1.0 §3.1–§3.7.

use jiff::tz::Offset;
use mercer_kernel::clock::Instant;
use mercer_kernel::money::Money;
use mercer_protocol::order_query::{self, PeriodType as WirePeriod};
use mercer_protocol::saas_v1::{
    ChangeStatus, ExpireInstance, ExtendParams, LinearValues, NewInstance, Parameters, QueryInstance, RefreshInstance,
    ReleaseInstance, Request, ResourceStatus, TestFlag, TrialFlag, Upgrade,
};
use mercer_protocol::saas_v2::Scene;
use mercer_protocol::time::CompactTime;
use serde_json::Number;

use super::super::super::verbs::{Refresh, Status};
use super::{BUSINESS_ID, TIME_STAMP};
use crate::Core;
use crate::catalog::{LinearKind, PeriodType, Product};
use crate::instance::Instance;
use crate::order::{ExtendParam, Order, OrderKind};
use crate::refusal::Refusal;

/// Longest `saasExtendParams`. Source: SaaS V1.0 §3.1 row 18.
const EXTEND_PARAMS_CHARACTERS: usize = 2_048;
/// Any time will do: the parameter is taken out again, because each attempt has its own.
const NO_TIME: jiff::Timestamp = jiff::Timestamp::UNIX_EPOCH;

/// Checks that what the buyer filled in fits into the call.
///
/// # Errors
/// When it is too long once it is encoded.
pub(crate) fn check_extend_params(params: &[ExtendParam]) -> Result<(), Refusal> {
    let length = extend_params(params).map_or(0, |params| params.raw().chars().count());
    if length <= EXTEND_PARAMS_CHARACTERS {
        return Ok(());
    }
    Err(Refusal::invalid(
        "order.extend_params_length",
        "extendParams",
        format!("扩展参数编码后最长 {EXTEND_PARAMS_CHARACTERS} 个字符，现为 {length}，请缩短"),
        format!(
            "the parameters have at most {EXTEND_PARAMS_CHARACTERS} characters once encoded, not {length}; shorten them"
        ),
    ))
}

/// The call that opens what an order bought; the same call is the buyer's view, and with `accepted_at` the
/// acceptance.
pub(in crate::callback) fn new_instance(
    core: &Core,
    product: &Product,
    order: &Order,
    accepted_at: Option<Instant>,
) -> String {
    let (at_payment, after_acceptance) = core.settings.v1_provision_types;
    let expire_at = order.expire_after.filter(|_| accepted_at.is_some()).or(order.reference_expire_at);
    let (period_type, period_number) = period(order);
    let request = Request::NewInstance(Box::new(NewInstance {
        customer_id: order.buyer_id.clone(),
        // Name and personal data are looked up for each call.
        customer_name: None,
        user_id: None,
        user_name: None,
        mobile_phone: None,
        email: None,
        // A placeholder: each attempt gets a business id of its own.
        business_id: order.order_id.clone(),
        order_id: order.order_id.clone(),
        sku_code: Some(order.sku_code.clone()),
        product_id: order.product_id.clone(),
        trial_flag: if order.kind == OrderKind::Trial { TrialFlag::Yes } else { TrialFlag::No },
        expire_time: expire_at.map(seconds),
        charging_mode: Some(order_query::ChargingMode::parse(order.charging_mode.code())),
        extend_params: extend_params(&order.extend_params),
        linear: linear(product, order),
        period_type,
        period_number,
        order_amount: Some(amount(order.payable)),
        provision_type: Some(if product.integration.acceptance { after_acceptance } else { at_payment }),
        acceptance_time: accepted_at.map(|at| CompactTime::milliseconds(at.to_jiff())),
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    }));
    body(&request, core.policies.v1_expire_zone())
}

/// The call that tells a new expiry. A renewal given back has a negative amount. Source: SaaS V1.0 §3.2, D26.
pub(in crate::callback) fn refresh_instance(
    core: &Core,
    instance_id: &str,
    order: &Order,
    refresh: &Refresh,
) -> String {
    let given_back = order.kind.is_refund();
    let (period_type, period_number) = if given_back { (None, None) } else { period(order) };
    let paid = amount(order.payable);
    let request = Request::RefreshInstance(RefreshInstance {
        order_id: order.order_id.clone(),
        instance_id: instance_id.to_owned(),
        product_id: refresh.product_id.clone(),
        expire_time: seconds(refresh.expire_at),
        // D28: only this code is documented.
        trial_to_formal: (refresh.scene == Scene::TrialToFormal).then(|| "1".to_owned()),
        period_type,
        period_number,
        order_amount: Some(if given_back { negative(&paid) } else { paid }),
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    });
    body(&request, core.policies.v1_expire_zone())
}

/// The call that freezes what is charged by period. It names the order of the purchase. D18.
pub(in crate::callback) fn expire_instance(instance: &Instance) -> String {
    let request = Request::ExpireInstance(ExpireInstance {
        instance_id: instance.instance_id.clone().unwrap_or_default(),
        order_id: Some(instance.order_id.clone()),
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    });
    body(&request, Offset::UTC)
}

/// The call that releases. It names the order of the purchase, and what `refund` gives back. D18.
pub(in crate::callback) fn release_instance(instance: &Instance, refund: Option<&Order>) -> String {
    let request = Request::ReleaseInstance(ReleaseInstance {
        instance_id: instance.instance_id.clone().unwrap_or_default(),
        order_id: Some(instance.order_id.clone()),
        order_amount: refund.map(|refund| amount(refund.payable)),
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    });
    body(&request, Offset::UTC)
}

/// The call that upgrades, with the totals after it and the parameters of the purchase. D25.
pub(in crate::callback) fn upgrade(
    product: &Product,
    instance_id: &str,
    order: &Order,
    purchase_params: &[ExtendParam],
) -> String {
    let request = Request::Upgrade(Upgrade {
        instance_id: instance_id.to_owned(),
        order_id: order.order_id.clone(),
        sku_code: order.sku_code.clone(),
        product_id: order.product_id.clone(),
        linear: linear(product, order),
        extend_params: extend_params(purchase_params),
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    });
    body(&request, Offset::UTC)
}

/// The call that freezes or unfreezes what is charged by use. Source: SaaS V1.0 §3.6.
pub(in crate::callback) fn status(instance_id: &str, status: Status) -> String {
    let request = Request::InstanceStatus(ChangeStatus {
        instance_id: instance_id.to_owned(),
        status: match status {
            Status::Freeze => ResourceStatus::Freeze,
            Status::Unfreeze => ResourceStatus::Normal,
        },
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    });
    body(&request, Offset::UTC)
}

/// The call that asks how much is used. Source: SaaS V1.0 §3.7.
pub(in crate::callback) fn query_instance(instance_id: &str) -> String {
    let request = Request::QueryInstance(QueryInstance {
        instance_ids: vec![instance_id.to_owned()],
        test_flag: TestFlag::Absent,
        unknown: Parameters::new(),
    });
    body(&request, Offset::UTC)
}

fn body(request: &Request, expire_zone: Offset) -> String {
    let mut parameters = request.to_parameters(NO_TIME, expire_zone);
    parameters.remove(TIME_STAMP);
    parameters.remove(BUSINESS_ID);
    serde_json::Value::Object(parameters.to_members()).to_string()
}

fn seconds(at: Instant) -> CompactTime {
    CompactTime::seconds(at.to_jiff())
}

/// Unit and number of the periods. V1.0 knows years and months; a trial of some days says so by its flag and
/// its expiry. Source: SaaS V1.0 §3.1 rows 22, 23.
fn period(order: &Order) -> (Option<WirePeriod>, Option<i64>) {
    match order.period_type {
        Some(unit @ (PeriodType::Year | PeriodType::Month)) => {
            (Some(WirePeriod::parse(unit.code())), order.period_number)
        }
        Some(PeriodType::Day) | None => (None, None),
    }
}

/// The quantity under the name of its attribute. Source: SaaS V1.0 §3.1 rows 19–21.
fn linear(product: &Product, order: &Order) -> LinearValues {
    let sku = product.skus.iter().find(|sku| sku.sku_code == order.sku_code);
    let kind = sku.and_then(|sku| sku.linear.as_ref()).map_or(LinearKind::Amount, |linear| linear.kind);
    let of = |wanted: LinearKind| order.quantity.filter(|_| kind == wanted);
    LinearValues {
        amount: of(LinearKind::Amount),
        disk_size: of(LinearKind::DiskSize),
        band_width: of(LinearKind::BandWidth),
    }
}

fn extend_params(params: &[ExtendParam]) -> Option<ExtendParams> {
    let wire = |param: &ExtendParam| order_query::ExtendParam { name: param.name.clone(), value: param.value.clone() };
    let wire: Vec<_> = params.iter().map(wire).collect();
    (!wire.is_empty()).then(|| ExtendParams::of(&wire))
}

/// `1288.5` for 1288.50: two decimals at most, where three are allowed.
fn amount(money: Money) -> Number {
    let text = money.decimal().normalize().to_string();
    text.parse().expect("a decimal without exponent is a number")
}

fn negative(amount: &Number) -> Number {
    let text = amount.to_string();
    let text = if text == "0" { text } else { format!("-{text}") };
    text.parse().expect("a number with a minus sign before it is a number")
}
