//! The field tables of SaaS V1.0 §3, as data.

use crate::field::{FieldKind, FieldRule};
pub use crate::saas_v2::fields::{APP_INFO, BASE_RESPONSE, INSTANCE_INFO, USAGE_INFO};

const AUTH_TOKEN: FieldRule = FieldRule::mandatory("authToken", 50, "请求签名", "signature of the request");
const TIME_STAMP: FieldRule =
    FieldRule::mandatory("timeStamp", 20, "请求时间，UTC，17位数字", "time of the call, UTC, 17 digits");
const INSTANCE_ID: FieldRule = FieldRule::mandatory("instanceId", 64, "实例ID", "instance id");
const TEST_FLAG: FieldRule =
    FieldRule::optional("testFlag", 2, "是否调试请求：1 是", "debug request when 1").of_kind(FieldKind::Integer);
const EXTEND_PARAMS: FieldRule =
    FieldRule::optional("saasExtendParams", 2048, "扩展参数，JSON 的 Base64", "extended parameters, Base64 of JSON");
const PERIOD_TYPE: FieldRule = FieldRule::optional("periodType", 10, "周期类型：year、month", "period: year or month");
const PERIOD_NUMBER: FieldRule =
    FieldRule::optional("periodNumber", 2, "周期数", "number of periods").of_kind(FieldKind::Integer);
const ORDER_AMOUNT: FieldRule = FieldRule::optional("orderAmount", 20, "订单实付金额", "amount actually paid")
    .of_kind(FieldKind::Decimal { max_decimals: 3 });
const AMOUNT: FieldRule = linear("amount", "线性属性：数量", "linear attribute: quantity");
const DISK_SIZE: FieldRule = linear("diskSize", "线性属性：硬盘大小，GB", "linear attribute: disk size, GB");
const BAND_WIDTH: FieldRule = linear("bandWidth", "线性属性：带宽，Mbps", "linear attribute: bandwidth, Mbps");

const fn activity(max_characters: usize) -> FieldRule {
    FieldRule::mandatory("activity", max_characters, "接口请求标识", "which interface is called")
}

const fn linear(name: &'static str, zh: &'static str, en: &'static str) -> FieldRule {
    FieldRule::optional(name, 7, zh, en).of_kind(FieldKind::Integer)
}

/// Request of `newInstance`. Source: SaaS V1.0 §3.1, decisions D9 to D11.
pub const NEW_INSTANCE: &[FieldRule] = &[
    AUTH_TOKEN,
    TIME_STAMP,
    activity(20),
    FieldRule::mandatory("customerId", 100, "客户的华为云账号ID", "the buyer's account id"),
    FieldRule::optional("customerName", 64, "客户的华为云账号名", "the buyer's account name"),
    FieldRule::optional("userId", 64, "IAM子用户ID", "IAM sub-user id"),
    FieldRule::optional("userName", 64, "IAM子用户名", "IAM sub-user name"),
    FieldRule::optional("mobilePhone", 256, "手机号，加密", "mobile number, encrypted"),
    FieldRule::optional("email", 256, "邮箱，加密", "e-mail address, encrypted"),
    FieldRule::mandatory(
        "businessId",
        64,
        "云商店业务ID，每次请求不同",
        "store business id, different on every request",
    ),
    FieldRule::mandatory("orderId", 64, "云商店订单ID", "store order id"),
    FieldRule::optional("skuCode", 64, "产品规格标识", "specification id"),
    FieldRule::mandatory("productId", 64, "产品标识", "product id"),
    TEST_FLAG,
    FieldRule::optional("trialFlag", 2, "是否试用实例：1 是", "trial instance when 1"),
    FieldRule::optional("expireTime", 20, "过期时间，仅供参考", "expiry, only indicative"),
    FieldRule::optional(
        "chargingMode",
        3,
        "计费模式：0 按需，1 包周期，3 按次，5 按需套餐包",
        "0 pay-per-use, 1 period, 3 one-time, 5 package",
    )
    .of_kind(FieldKind::Integer),
    EXTEND_PARAMS,
    AMOUNT,
    DISK_SIZE,
    BAND_WIDTH,
    PERIOD_TYPE,
    PERIOD_NUMBER,
    ORDER_AMOUNT,
    FieldRule::optional("provisionType", 3, "商品实例开通方式", "how the instance is opened")
        .of_kind(FieldKind::Integer),
    FieldRule::optional("acceptanceTime", 20, "用户确认验收时间", "when the buyer confirmed acceptance"),
];

/// Request of `refreshInstance`. Source: SaaS V1.0 §3.2.
pub const REFRESH_INSTANCE: &[FieldRule] = &[
    activity(20),
    AUTH_TOKEN,
    FieldRule::mandatory("orderId", 64, "续费或退续费订单ID", "order of the renewal or of its refund"),
    INSTANCE_ID,
    FieldRule::optional(
        "productId",
        64,
        "产品标识，周期类型变化时携带",
        "product id, sent when the period type changed",
    ),
    FieldRule::mandatory("expireTime", 20, "新的过期时间", "new expiry"),
    FieldRule::optional("trialToFormal", 2, "试用转正：1 是", "trial becomes formal when 1"),
    TIME_STAMP,
    PERIOD_TYPE,
    PERIOD_NUMBER,
    ORDER_AMOUNT,
    TEST_FLAG,
];

/// Request of `expireInstance`; `orderId` is mandatory in the table and absent in its own sample
/// (decision D18). Source: SaaS V1.0 §3.3.
pub const EXPIRE_INSTANCE: &[FieldRule] = &[
    activity(20),
    AUTH_TOKEN,
    INSTANCE_ID,
    FieldRule::optional("orderId", 64, "新购订单ID", "order of the purchase"),
    TIME_STAMP,
    TEST_FLAG,
];

/// Request of `releaseInstance`; `orderId` as for `expireInstance`. Source: SaaS V1.0 §3.4.
pub const RELEASE_INSTANCE: &[FieldRule] = &[
    activity(20),
    AUTH_TOKEN,
    INSTANCE_ID,
    FieldRule::optional("orderId", 64, "新购订单ID", "order of the purchase"),
    TIME_STAMP,
    ORDER_AMOUNT,
    TEST_FLAG,
];

/// Request of `upgrade`; `saasExtendParams` stands in every sample (decision D25). Source: SaaS V1.0 §3.5.
pub const UPGRADE: &[FieldRule] = &[
    AUTH_TOKEN,
    activity(20),
    TIME_STAMP,
    INSTANCE_ID,
    FieldRule::mandatory("orderId", 64, "升级订单ID", "order of the upgrade"),
    FieldRule::mandatory("skuCode", 64, "升级后的规格标识", "specification after the upgrade"),
    FieldRule::mandatory("productId", 64, "升级后的产品标识", "product after the upgrade"),
    AMOUNT,
    DISK_SIZE,
    BAND_WIDTH,
    TEST_FLAG,
    EXTEND_PARAMS,
];

/// Request of `instanceStatus`. Source: SaaS V1.0 §3.6.
pub const INSTANCE_STATUS: &[FieldRule] = &[
    AUTH_TOKEN,
    activity(32),
    INSTANCE_ID,
    FieldRule::mandatory("instanceStatus", 32, "FREEZE 冻结，NORMAL 解冻", "FREEZE, or NORMAL to unfreeze"),
    TIME_STAMP,
    TEST_FLAG,
];

/// Request of `queryInstance`; the limit is 100 ids, not 64 characters (decision D22). Source: SaaS V1.0 §3.7.
pub const QUERY_INSTANCE: &[FieldRule] = &[
    AUTH_TOKEN,
    activity(20),
    TIME_STAMP,
    FieldRule::mandatory(
        "instanceId",
        0,
        "一个或多个实例ID，以逗号分隔，最多100个",
        "one or more instance ids separated by commas, at most 100",
    )
    .unlimited(),
    TEST_FLAG,
];

const RESULT_CODE: FieldRule = FieldRule::mandatory("resultCode", 6, "调用结果码", "result code");
const RESULT_MSG: FieldRule = FieldRule::optional("resultMsg", 255, "调用结果描述", "result text");
const ENCRYPT_TYPE: FieldRule =
    FieldRule::optional("encryptType", 3, "加密算法：1 AES256，2 AES128", "cipher: 1 AES-256, 2 AES-128");

/// Answer of `newInstance`. Source: SaaS V1.0 §3.1.
pub const NEW_INSTANCE_RESPONSE: &[FieldRule] = &[
    RESULT_CODE,
    RESULT_MSG,
    ENCRYPT_TYPE,
    INSTANCE_ID,
    FieldRule::optional("appInfo", 0, "应用使用信息", "address and account")
        .unlimited()
        .of_kind(FieldKind::Object(APP_INFO)),
];

/// Answer of `queryInstance`. Source: SaaS V1.0 §3.7.
pub const QUERY_INSTANCE_RESPONSE: &[FieldRule] = &[
    RESULT_CODE,
    RESULT_MSG,
    ENCRYPT_TYPE,
    FieldRule::optional("info", 0, "实例信息", "instance information")
        .unlimited()
        .of_kind(FieldKind::List(INSTANCE_INFO)),
];
