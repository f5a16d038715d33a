//! What things cost, exactly: decimals all the way, rounded half up once at the end.
//! Source: seller centre chapter 8, decisions D22–D24.

use mercer_kernel::money::{Currency, Money, MoneyError};
use rust_decimal::Decimal;

use super::{Bracket, PeriodType, PriceMode};

/// What a quantity costs for one period: its mode and its unit prices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tariff<'a> {
    /// How the quantity counts.
    pub(crate) mode: PriceMode,
    /// The unit prices, ascending.
    pub(crate) brackets: &'a [Bracket],
}

impl Tariff<'_> {
    /// The exact price of `quantity`, not yet rounded. None when it is too large to compute.
    pub(crate) fn exact(self, quantity: Decimal) -> Option<Decimal> {
        match self.mode {
            PriceMode::Linear | PriceMode::Volume => quantity.checked_mul(self.bracket_price(quantity)),
            PriceMode::Graduated => self.graduated(quantity),
        }
    }

    /// The unit price of the bracket that `quantity` falls in; the upper end belongs to the bracket.
    fn bracket_price(self, quantity: Decimal) -> Decimal {
        self.brackets
            .iter()
            .find(|bracket| bracket.up_to.is_none_or(|end| quantity <= end))
            .or(self.brackets.last())
            .map_or(Decimal::ZERO, |bracket| bracket.unit_price)
    }

    fn graduated(self, quantity: Decimal) -> Option<Decimal> {
        let mut total = Decimal::ZERO;
        let mut counted = Decimal::ZERO;
        for bracket in self.brackets {
            if quantity <= counted {
                break;
            }
            let end = bracket.up_to.map_or(quantity, |end| end.min(quantity));
            total = total.checked_add((end - counted).checked_mul(bracket.unit_price)?)?;
            counted = end;
        }
        Some(total)
    }
}

/// The price of `quantity` for `periods` periods, rounded once.
///
/// # Errors
/// When the amount is out of range.
pub(crate) fn amount(
    tariff: Tariff<'_>,
    quantity: Decimal,
    periods: i64,
    currency: Currency,
) -> Result<Money, MoneyError> {
    let exact = tariff
        .exact(quantity)
        .and_then(|price| price.checked_mul(Decimal::from(periods)))
        .ok_or(MoneyError::OutOfRange)?;
    Money::round(exact, currency)
}

/// The part of a period that is left to pay for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remainder {
    /// Days of one period.
    pub(crate) days_per_period: i64,
    /// Days left, a started day counted whole.
    pub(crate) remaining_days: i64,
    /// Factor on the price, 1 for none.
    pub(crate) discount: Decimal,
}

/// Days that one period's price pays for. D23: 30 and 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PricingDays {
    /// A month's price.
    pub(crate) per_month: i64,
    /// A year's price.
    pub(crate) per_year: i64,
}

impl PricingDays {
    /// Days of one period.
    pub(crate) fn of(self, period: PeriodType) -> i64 {
        match period {
            PeriodType::Year => self.per_year,
            PeriodType::Month => self.per_month,
            PeriodType::Day => 1,
        }
    }
}

/// The fee of an upgrade (升配): the difference of the two period prices for the remaining days.
/// None when the target is cheaper, which is no upgrade.
pub(crate) fn upgrade_fee(old_price: Decimal, new_price: Decimal, left: Remainder) -> Option<Decimal> {
    if new_price < old_price {
        return None;
    }
    prorated(new_price - old_price, left)
}

/// The fee of an expansion (扩容) within one specification, never negative. D23.
pub(crate) fn expansion_fee(
    tariff: Tariff<'_>,
    old_total: Decimal,
    new_total: Decimal,
    left: Remainder,
) -> Option<Decimal> {
    let difference = tariff.exact(new_total)? - tariff.exact(old_total)?;
    prorated(difference.max(Decimal::ZERO), left)
}

/// Multiplies first and divides last, so that the only inexact step is the last one.
fn prorated(difference: Decimal, left: Remainder) -> Option<Decimal> {
    difference
        .checked_mul(Decimal::from(left.remaining_days))?
        .checked_mul(left.discount)?
        .checked_div(Decimal::from(left.days_per_period))
}

#[cfg(test)]
#[path = "pricing_tests.rs"]
mod tests;
