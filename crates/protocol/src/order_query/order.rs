//! The content of an order. Written with every member, null where empty; read with only what a
//! merchant cannot do without (decision D6).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::words::{ChargingMode, OrderType, PeriodType};
use crate::json::{Members, WrongKind};
use crate::time::CompactTime;

/// An order (订单). Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct OrderInfo {
    /// Store order id.
    pub order_id: String,
    /// Kind of the order.
    pub order_type: OrderType,
    /// When it was placed, UTC.
    pub create_time: Option<CompactTime>,
    /// Its lines.
    pub order_line: Vec<OrderLine>,
    /// Who bought.
    pub buyer_info: Option<BuyerInfo>,
    /// Further names and values.
    pub extend_params: Vec<ExtendParam>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// A line of an order (订单行). Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct OrderLine {
    /// Order id and a running number; empty in an order of SaaS V1.0, which has none.
    pub order_line_id: String,
    /// How it is charged; an empty word where SaaS V1.0 did not say it.
    pub charging_mode: ChargingMode,
    /// Computed expiry, for reference only (decision D5).
    pub expire_time: Option<CompactTime>,
    /// Length of a period.
    pub period_type: Option<PeriodType>,
    /// Number of periods.
    pub period_number: Option<i64>,
    /// What was bought.
    pub product_info: Vec<ProductInfo>,
    /// What the buyer filled in.
    pub extend_params: Vec<ExtendParam>,
    /// Original price, a decimal amount (decision D7).
    pub currency: Option<String>,
    /// Price after discount, a decimal amount.
    pub currency_after_discount: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// A product of an order line. Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct ProductInfo {
    /// One per SKU and period type.
    pub product_id: String,
    /// Specification; empty where SaaS V1.0 did not say it.
    pub sku_code: String,
    /// Value of the linear attribute, for example seats.
    pub linear_value: Option<i64>,
    /// Name, specification, edition, charging, joined by commas.
    pub product_name: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Who bought (买家). Source: open APIs §3.1.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct BuyerInfo {
    /// Mobile number.
    pub mobile_phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Cloud account id.
    pub customer_id: Option<String>,
    /// Cloud account name.
    pub customer_name: Option<String>,
    /// Real-name name.
    pub customer_real_name: Option<String>,
    /// 0 = individual, 1 = enterprise (decision D8).
    pub customer_type: Option<i64>,
    /// IAM user id.
    pub user_id: Option<String>,
    /// IAM user name.
    pub user_name: Option<String>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// A name and its value. Source: open APIs §3.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct ExtendParam {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// Why a value is no order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// A member without which nothing can be done is absent.
    #[error("{field} is missing")]
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A member has a value of the wrong kind.
    #[error("{field} has a value of the wrong kind")]
    WrongKind {
        /// Its name.
        field: &'static str,
    },
}

/// Personal data must not reach a log by way of `{:?}`.
impl fmt::Debug for BuyerInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BuyerInfo").field("customer_id", &self.customer_id).finish_non_exhaustive()
    }
}

impl From<WrongKind> for OrderError {
    fn from(wrong: WrongKind) -> Self {
        Self::WrongKind { field: wrong.name }
    }
}

impl TryFrom<Value> for OrderInfo {
    type Error = OrderError;

    fn try_from(value: Value) -> Result<Self, OrderError> {
        let mut members = object(value, "orderInfo")?;
        Ok(Self {
            order_id: need(&mut members, "orderId")?,
            order_type: members
                .text("orderType")?
                .map_or_else(|| OrderType::Other(String::new()), |word| OrderType::parse(&word)),
            create_time: time(&mut members, "createTime")?,
            order_line: read_all(&mut members, "orderLine")?,
            buyer_info: members.value("buyerInfo").map(BuyerInfo::try_from).transpose()?,
            extend_params: read_all(&mut members, "extendParams")?,
            unknown: members.rest(),
        })
    }
}

impl TryFrom<Value> for OrderLine {
    type Error = OrderError;

    fn try_from(value: Value) -> Result<Self, OrderError> {
        let mut members = object(value, "orderLine")?;
        Ok(Self {
            order_line_id: members.text("orderLineId")?.unwrap_or_default(),
            charging_mode: members
                .text("chargingMode")?
                .map_or_else(|| ChargingMode::Other(String::new()), |word| ChargingMode::parse(&word)),
            expire_time: time(&mut members, "expireTime")?,
            period_type: members.text("periodType")?.map(|word| PeriodType::parse(&word)),
            period_number: members.integer("periodNumber")?,
            product_info: read_all(&mut members, "productInfo")?,
            extend_params: read_all(&mut members, "extendParams")?,
            currency: members.text("currency")?,
            currency_after_discount: members.text("currencyAfterDiscount")?,
            unknown: members.rest(),
        })
    }
}

impl TryFrom<Value> for ProductInfo {
    type Error = OrderError;

    fn try_from(value: Value) -> Result<Self, OrderError> {
        let mut members = object(value, "productInfo")?;
        Ok(Self {
            product_id: need(&mut members, "productId")?,
            sku_code: members.text("skuCode")?.unwrap_or_default(),
            linear_value: members.integer("linearValue")?,
            product_name: members.text("productName")?,
            unknown: members.rest(),
        })
    }
}

impl TryFrom<Value> for BuyerInfo {
    type Error = OrderError;

    fn try_from(value: Value) -> Result<Self, OrderError> {
        let mut members = object(value, "buyerInfo")?;
        Ok(Self {
            mobile_phone: members.text("mobilePhone")?,
            email: members.text("email")?,
            customer_id: members.text("customerId")?,
            customer_name: members.text("customerName")?,
            customer_real_name: members.text("customerRealName")?,
            customer_type: members.integer("customerType")?,
            user_id: members.text("userId")?,
            user_name: members.text("userName")?,
            unknown: members.rest(),
        })
    }
}

impl TryFrom<Value> for ExtendParam {
    type Error = OrderError;

    fn try_from(value: Value) -> Result<Self, OrderError> {
        let mut members = object(value, "extendParams")?;
        Ok(Self { name: need(&mut members, "name")?, value: members.text("value")?.unwrap_or_default() })
    }
}

impl From<OrderInfo> for Value {
    fn from(order: OrderInfo) -> Self {
        written(
            [
                ("orderId", order.order_id.into()),
                ("orderType", order.order_type.as_str().into()),
                ("createTime", text(order.create_time)),
                ("orderLine", order.order_line.into_iter().map(Value::from).collect()),
                ("buyerInfo", order.buyer_info.map_or(Value::Null, Value::from)),
                ("extendParams", order.extend_params.into_iter().map(Value::from).collect()),
            ],
            order.unknown,
        )
    }
}

impl From<OrderLine> for Value {
    fn from(line: OrderLine) -> Self {
        written(
            [
                ("orderLineId", line.order_line_id.into()),
                ("chargingMode", line.charging_mode.as_str().into()),
                ("periodType", text(line.period_type)),
                ("periodNumber", line.period_number.into()),
                ("expireTime", text(line.expire_time)),
                ("productInfo", line.product_info.into_iter().map(Value::from).collect()),
                ("extendParams", line.extend_params.into_iter().map(Value::from).collect()),
                ("currency", line.currency.into()),
                ("currencyAfterDiscount", line.currency_after_discount.into()),
            ],
            line.unknown,
        )
    }
}

impl From<ProductInfo> for Value {
    fn from(product: ProductInfo) -> Self {
        written(
            [
                ("productId", product.product_id.into()),
                ("skuCode", product.sku_code.into()),
                ("linearValue", product.linear_value.into()),
                ("productName", product.product_name.into()),
            ],
            product.unknown,
        )
    }
}

impl From<BuyerInfo> for Value {
    fn from(buyer: BuyerInfo) -> Self {
        written(
            [
                ("mobilePhone", buyer.mobile_phone.into()),
                ("email", buyer.email.into()),
                ("customerId", buyer.customer_id.into()),
                ("customerName", buyer.customer_name.into()),
                ("customerRealName", buyer.customer_real_name.into()),
                ("customerType", buyer.customer_type.into()),
                ("userId", buyer.user_id.into()),
                ("userName", buyer.user_name.into()),
            ],
            buyer.unknown,
        )
    }
}

impl From<ExtendParam> for Value {
    fn from(param: ExtendParam) -> Self {
        written([("name", param.name.into()), ("value", param.value.into())], Map::new())
    }
}

fn object(value: Value, field: &'static str) -> Result<Members, OrderError> {
    Members::of_value(value).ok_or(OrderError::WrongKind { field })
}

fn need(members: &mut Members, field: &'static str) -> Result<String, OrderError> {
    members.text(field)?.ok_or(OrderError::Missing { field })
}

/// A time nobody can read is left out: it never decides anything on the merchant's side.
fn time(members: &mut Members, field: &'static str) -> Result<Option<CompactTime>, OrderError> {
    Ok(members.text(field)?.and_then(|text| CompactTime::parse(&text).ok()))
}

fn read_all<T: TryFrom<Value, Error = OrderError>>(
    members: &mut Members,
    field: &'static str,
) -> Result<Vec<T>, OrderError> {
    members.list(field)?.into_iter().map(T::try_from).collect()
}

fn text(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| value.to_string().into())
}

fn written<const COUNT: usize>(known: [(&str, Value); COUNT], unknown: Map<String, Value>) -> Value {
    let mut members: Map<String, Value> = known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    members.extend(unknown);
    Value::Object(members)
}
