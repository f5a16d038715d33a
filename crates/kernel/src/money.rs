//! Amounts: whole minor units of one currency, so that adding never rounds.

use std::fmt;
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// The currencies of the store's sites. All have two minor digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Currency {
    /// China site.
    #[serde(rename = "CNY")]
    Cny,
    /// International site.
    #[serde(rename = "USD")]
    Usd,
    /// European site.
    #[serde(rename = "EUR")]
    Eur,
}

impl Currency {
    /// ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Usd => "USD",
            Self::Eur => "EUR",
        }
    }

    /// The sign people write before an amount.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Cny => "¥",
            Self::Usd => "$",
            Self::Eur => "€",
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "CNY" => Ok(Self::Cny),
            "USD" => Ok(Self::Usd),
            "EUR" => Ok(Self::Eur),
            other => Err(MoneyError::UnknownCurrency(other.to_owned())),
        }
    }
}

/// An amount of one currency, in minor units (1/100).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number with at most two decimals.
    #[error("'{0}' is not an amount: write digits with at most two decimals, for example 100.00")]
    NotAnAmount(String),
    /// Larger than can be stored.
    #[error("the amount is out of range: the limit is ±{}", Money::LIMIT_MINOR / 100)]
    OutOfRange,
    /// Two currencies met in one calculation.
    #[error("amounts of {} and {} cannot be combined", .0.code(), .1.code())]
    MixedCurrencies(Currency, Currency),
    /// A currency none of the sites uses.
    #[error("'{0}' is not a currency of the store: CNY, USD or EUR")]
    UnknownCurrency(String),
}

impl Money {
    /// Largest amount either way, in minor units: a hundred billion; far above any order, far below overflow.
    pub const LIMIT_MINOR: i64 = 10_000_000_000_000;

    /// An amount from minor units.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`] beyond [`Money::LIMIT_MINOR`].
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.checked_abs().is_some_and(|size| size <= Self::LIMIT_MINOR) {
            Ok(Self { minor, currency })
        } else {
            Err(MoneyError::OutOfRange)
        }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// From decimal text with at most two decimals.
    ///
    /// # Errors
    /// When the text is no such number or out of range.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let decimal = Decimal::from_str(text.trim()).map_err(|_| MoneyError::NotAnAmount(text.to_owned()))?;
        if decimal.normalize().scale() > 2 {
            return Err(MoneyError::NotAnAmount(text.to_owned()));
        }
        Self::round(decimal, currency)
    }

    /// From an exact decimal, rounded half up (away from zero) to two decimals.
    ///
    /// # Errors
    /// When out of range.
    pub fn round(decimal: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let minor = decimal
            .checked_mul(Decimal::ONE_HUNDRED)
            .map(|scaled| scaled.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
            .and_then(|whole| whole.to_i64())
            .ok_or(MoneyError::OutOfRange)?;
        Self::from_minor(minor, currency)
    }

    /// Minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// As an exact decimal in major units.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, 2)
    }

    /// Sum of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the sum is out of range.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// Difference of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the difference is out of range.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(self, other: Self, operation: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies(self.currency, other.currency));
        }
        let minor = operation(self.minor, other.minor).ok_or(MoneyError::OutOfRange)?;
        Self::from_minor(minor, self.currency)
    }
}

/// Decimal text with two decimals and no sign of the currency: `100.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_round_half_away_from_zero_once() {
        let rounded = |text: &str| Money::round(text.parse().unwrap(), Currency::Cny).unwrap().to_string();
        assert_eq!(rounded("1.005"), "1.01");
        assert_eq!(rounded("-1.005"), "-1.01");
        assert_eq!(rounded("2.994999"), "2.99");
    }

    #[test]
    fn text_with_more_than_two_decimals_is_refused_and_trailing_zeros_are_not() {
        assert!(Money::parse("1.234", Currency::Cny).is_err());
        assert_eq!(Money::parse("1.200", Currency::Cny).unwrap().minor(), 120);
        assert_eq!(Money::parse("100", Currency::Cny).unwrap().to_string(), "100.00");
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_more_is_not() {
        assert!(Money::from_minor(Money::LIMIT_MINOR, Currency::Usd).is_ok());
        assert!(Money::from_minor(Money::LIMIT_MINOR + 1, Currency::Usd).is_err());
        assert!(Money::from_minor(i64::MIN, Currency::Usd).is_err());
    }

    #[test]
    fn currencies_do_not_mix() {
        let yuan = Money::zero(Currency::Cny);
        assert!(yuan.plus(Money::zero(Currency::Eur)).is_err());
    }
}
