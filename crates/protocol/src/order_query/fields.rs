//! The field tables of query order, as data. Source: open APIs §3.1.

use crate::field::{FieldKind, FieldRule};

const TIME: usize = 20;

/// Parameters of the request.
pub const QUERY: &[FieldRule] = &[
    FieldRule::mandatory("orderId", 64, "云商店订单ID", "store order id"),
    FieldRule::optional("orderLineId", 64, "云商店订单行ID", "store order line id"),
];

/// The answer.
pub const RESPONSE: &[FieldRule] = &[
    FieldRule::mandatory("resultCode", 16, "调用结果码", "result code"),
    FieldRule::mandatory("resultMsg", 1024, "调用结果描述", "result text"),
    FieldRule::optional("orderInfo", 0, "订单信息", "the order").unlimited().of_kind(FieldKind::Object(ORDER_INFO)),
];

/// OrderInfo.
pub const ORDER_INFO: &[FieldRule] = &[
    FieldRule::mandatory("orderId", 64, "云商店订单ID", "store order id"),
    FieldRule::mandatory("orderType", 32, "订单类型", "kind of the order"),
    FieldRule::mandatory("createTime", TIME, "创建时间，UTC", "when the order was placed, UTC"),
    FieldRule::mandatory("orderLine", 0, "订单行", "order lines").unlimited().of_kind(FieldKind::List(ORDER_LINE)),
    FieldRule::optional("buyerInfo", 0, "买家信息", "who bought").unlimited().of_kind(FieldKind::Object(BUYER_INFO)),
    FieldRule::optional("extendParams", 0, "扩展参数", "further names and values")
        .unlimited()
        .of_kind(FieldKind::List(EXTEND_PARAM)),
];

/// OrderLine.
pub const ORDER_LINE: &[FieldRule] = &[
    FieldRule::mandatory("orderLineId", 64, "云商店订单行ID", "store order line id"),
    FieldRule::mandatory("chargingMode", 25, "计费模式", "how it is charged"),
    FieldRule::optional("expireTime", TIME, "到期时间，仅供参考", "computed expiry, for reference"),
    FieldRule::optional("periodType", 10, "周期类型", "length of a period"),
    FieldRule::optional("periodNumber", 2, "周期数", "number of periods").of_kind(FieldKind::Integer),
    FieldRule::mandatory("productInfo", 0, "产品信息", "what was bought")
        .unlimited()
        .of_kind(FieldKind::List(PRODUCT_INFO)),
    FieldRule::optional("extendParams", 0, "扩展参数", "what the buyer filled in")
        .unlimited()
        .of_kind(FieldKind::List(EXTEND_PARAM)),
    FieldRule::optional("currency", 20, "原价", "original price"),
    FieldRule::optional("currencyAfterDiscount", 20, "折后价", "price after discount"),
];

/// ProductInfo.
pub const PRODUCT_INFO: &[FieldRule] = &[
    FieldRule::mandatory("productId", 64, "产品ID", "product id"),
    FieldRule::mandatory("skuCode", 64, "规格ID", "specification id"),
    FieldRule::optional("linearValue", 0, "线性数值", "value of the linear attribute")
        .unlimited()
        .of_kind(FieldKind::Integer),
    FieldRule::optional("productName", 255, "产品名称", "product name"),
];

/// BuyerInfo.
pub const BUYER_INFO: &[FieldRule] = &[
    FieldRule::optional("mobilePhone", 64, "手机号", "mobile number"),
    FieldRule::optional("email", 128, "邮箱", "e-mail address"),
    FieldRule::optional("customerId", 100, "客户ID", "cloud account id"),
    FieldRule::optional("customerName", 64, "客户账号名", "cloud account name"),
    FieldRule::optional("customerRealName", 255, "实名认证名称", "real-name name"),
    FieldRule::optional("customerType", 0, "客户类型", "kind of customer").unlimited().of_kind(FieldKind::Integer),
    FieldRule::optional("userId", 64, "IAM用户ID", "IAM user id"),
    FieldRule::optional("userName", 64, "IAM用户名", "IAM user name"),
];

/// ExtendParam.
pub const EXTEND_PARAM: &[FieldRule] = &[
    FieldRule::mandatory("name", 0, "名称", "name").unlimited(),
    FieldRule::optional("value", 0, "值", "value").unlimited(),
];
