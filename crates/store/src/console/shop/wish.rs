//! What a visitor has chosen, and what it costs.

use mercer_kernel::web::Language;

use crate::Core;
use crate::catalog::{LinearAttribute, Offer, PeriodType, Price, rules as catalog_rules};
use crate::console::fields::Fields;
use crate::console::view::Field;
use crate::error::{Answer, StoreError};
use crate::order::rules::{self, Wish};
use crate::order::{ExtendParam, OrderKind, Quote};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Labels of what a buyer chooses.
    pub(in crate::console) struct WishTexts;
    quantity => "Quantity", "数量";
    from_to(min: i64, max: i64, step: i64) => "{min} to {max} in steps of {step}", "{min} 到 {max}，步长 {step}";
    periods => "How many periods", "购买时长";
    years(min: i64, max: i64) => "{min} to {max} years", "{min} 到 {max} 年";
    months(min: i64, max: i64) => "{min} to {max} months", "{min} 到 {max} 个月";
}

/// Quantity and number of periods as chosen; none where nothing was.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::console) struct Amounts {
    pub(in crate::console) quantity: Option<i64>,
    pub(in crate::console) periods: Option<i64>,
}

impl Amounts {
    /// Reads them from a form; only what `offer` has is read, so that switching to a price without periods
    /// does not trip over the number chosen before.
    ///
    /// # Errors
    /// When one of them is no number.
    pub(in crate::console) fn read(fields: &Fields, offer: &Offer) -> Result<Self, Refusal> {
        let counts = offer.sku.linear.is_some();
        let has_periods = offer.price.period_type.is_some() && !offer.price.is_trial();
        Ok(Self {
            quantity: if counts { fields.number("quantity")? } else { None },
            periods: if has_periods { fields.number("periodNumber")? } else { None },
        })
    }
}

/// What an order would cost, without asking who orders.
///
/// # Errors
/// When a number is out of range.
pub(in crate::console) fn quote(core: &Core, offer: &Offer, kind: OrderKind, amounts: Amounts) -> Answer<Quote> {
    let wish = Wish {
        kind,
        buyer_id: "",
        offer,
        quantity: amounts.quantity,
        periods: amounts.periods,
        extend_params: Vec::new(),
    };
    rules::order(wish, String::new(), core.foundation.clock.now()).map(|order| Quote::of(&order))
}

/// The quote a page shows: the sum, or the rule that stands against it.
///
/// # Errors
/// When it failed for another reason than a rule.
pub(in crate::console) fn quoted(answer: Answer<Quote>) -> Answer<Result<Quote, Refusal>> {
    match answer {
        Ok(quote) => Ok(Ok(quote)),
        Err(StoreError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error),
    }
}

/// The field for a quantity.
pub(in crate::console) fn quantity_field(linear: &LinearAttribute, value: Option<i64>, language: Language) -> Field {
    let texts = WishTexts(language);
    let label = crate::console::words::name(&linear.name, language);
    let label = if label.is_empty() { texts.quantity().to_owned() } else { label };
    Field::line("quantity", label, value.unwrap_or(linear.min).to_string())
        .number(linear.min, linear.max, linear.step)
        .hint(texts.from_to(linear.min, linear.max, linear.step))
        .required()
}

/// The field for a number of periods; none for trials and one-time prices.
pub(in crate::console) fn periods_field(price: &Price, value: Option<i64>, language: Language) -> Option<Field> {
    let texts = WishTexts(language);
    if price.is_trial() {
        return None;
    }
    let (range, hint) = match price.period_type? {
        PeriodType::Year => {
            let range = catalog_rules::YEARS;
            (range.clone(), texts.years(*range.start(), *range.end()))
        }
        PeriodType::Month | PeriodType::Day => {
            let range = catalog_rules::MONTHS;
            (range.clone(), texts.months(*range.start(), *range.end()))
        }
    };
    let field = Field::line("periodNumber", texts.periods(), value.unwrap_or(1).to_string());
    Some(field.number(*range.start(), *range.end(), 1).hint(hint).required())
}

/// The parameters a buyer filled in: up to three pairs of name and value.
pub(in crate::console) fn extend_params(fields: &Fields) -> Vec<ExtendParam> {
    (1..=rules::EXTEND_PARAM_LIMIT)
        .map(|number| ExtendParam {
            name: fields.text(&format!("extendName{number}")).to_owned(),
            value: fields.text(&format!("extendValue{number}")).to_owned(),
        })
        .filter(|param| !(param.name.is_empty() && param.value.is_empty()))
        .collect()
}
