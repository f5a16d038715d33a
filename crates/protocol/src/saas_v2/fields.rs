//! The field tables of SaaS V2.0 §3, as data.

use crate::field::{FieldKind, FieldRule, Presence};

const TEST_FLAG: FieldRule = FieldRule::optional("testFlag", 2, "是否调试请求：1 是", "debug request when 1");
const INSTANCE_ID: FieldRule = FieldRule::mandatory("instanceId", 64, "实例ID", "instance id");
const ORDER_ID: FieldRule = FieldRule::mandatory("orderId", 64, "云商店订单ID", "store order id");
const ORDER_LINE_ID: FieldRule = FieldRule::mandatory("orderLineId", 64, "云商店订单行ID", "store order line id");

const fn activity(max_characters: usize) -> FieldRule {
    FieldRule::mandatory("activity", max_characters, "接口请求标识", "which interface is called")
}

/// Request of `newInstance`. Source: SaaS V2.0 §3.1.
pub const NEW_INSTANCE: &[FieldRule] = &[
    activity(20),
    ORDER_ID,
    ORDER_LINE_ID,
    FieldRule::mandatory(
        "businessId",
        64,
        "云商店业务ID，每次请求不同",
        "store business id, different on every request",
    ),
    TEST_FLAG,
];

/// Request of `queryInstance`. Source: SaaS V2.0 §3.2; the limit is 100 ids, not 100 characters (decision D19).
pub const QUERY_INSTANCE: &[FieldRule] = &[
    activity(20),
    FieldRule::mandatory(
        "instanceId",
        0,
        "一个或多个实例ID，以逗号分隔，最多100个",
        "one or more instance ids separated by commas, at most 100",
    )
    .unlimited(),
    TEST_FLAG,
];

/// Request of `refreshInstance`. Source: SaaS V2.0 §3.3.
pub const REFRESH_INSTANCE: &[FieldRule] = &[
    activity(20),
    FieldRule::mandatory(
        "scene",
        64,
        "场景：试用转正、续费、退续费、续费变更",
        "scene: trial to formal, renewal, cancelled renewal, change on renewal",
    ),
    ORDER_ID,
    ORDER_LINE_ID,
    INSTANCE_ID,
    FieldRule::optional("productId", 64, "产品ID，周期类型变化时携带", "product id, sent when the period type changed"),
    FieldRule::mandatory("expireTime", 20, "新的到期时间，UTC", "new expiry, UTC"),
    TEST_FLAG,
];

/// Request of `updateInstanceStatus`. Source: SaaS V2.0 §3.4.
pub const UPDATE_INSTANCE_STATUS: &[FieldRule] = &[
    activity(32),
    INSTANCE_ID,
    FieldRule::mandatory("status", 32, "FREEZE 冻结，UNFREEZE 解冻", "FREEZE or UNFREEZE"),
    TEST_FLAG,
];

/// Request of `releaseInstance`. Source: SaaS V2.0 §3.5.
pub const RELEASE_INSTANCE: &[FieldRule] = &[
    activity(32),
    INSTANCE_ID,
    FieldRule::optional("orderId", 64, "退订订单ID", "unsubscription order"),
    FieldRule::optional("orderLineId", 64, "退订订单行ID", "line of the unsubscription order"),
    TEST_FLAG,
];

/// Request of `upgradeInstance`. Source: SaaS V2.0 §3.6.
pub const UPGRADE_INSTANCE: &[FieldRule] = &[activity(32), INSTANCE_ID, ORDER_ID, ORDER_LINE_ID, TEST_FLAG];

/// Request of `changeInstanceCheck`. Source: SaaS V2.0 §3.7.
pub const CHANGE_INSTANCE_CHECK: &[FieldRule] = &[
    activity(32),
    INSTANCE_ID,
    FieldRule::mandatory("productInfo", 0, "目标产品", "target product")
        .unlimited()
        .of_kind(FieldKind::Object(PRODUCT_INFO)),
    TEST_FLAG,
];

/// ProductInfo of `changeInstanceCheck`. Source: decision D13.
pub const PRODUCT_INFO: &[FieldRule] = &[
    FieldRule::mandatory("productId", 64, "目标产品ID", "target product"),
    FieldRule::mandatory("skuCode", 64, "目标规格", "target specification"),
    FieldRule::optional("linearValue", 0, "线性属性目标总量", "target total of the linear attribute")
        .unlimited()
        .of_kind(FieldKind::Decimal { max_decimals: 4 }),
];

const RESULT_CODE: FieldRule = FieldRule::mandatory("resultCode", 6, "调用结果码", "result code");
const RESULT_MSG: FieldRule = FieldRule::optional("resultMsg", 255, "调用结果描述", "result text");

/// Answer of every interface. Source: SaaS V2.0 §3.
pub const BASE_RESPONSE: &[FieldRule] = &[RESULT_CODE, RESULT_MSG];

/// Answer of `newInstance`. Source: SaaS V2.0 §3.1.
pub const NEW_INSTANCE_RESPONSE: &[FieldRule] = &[RESULT_CODE, RESULT_MSG, INSTANCE_ID];

/// Answer of `queryInstance`. Source: SaaS V2.0 §3.2.
pub const QUERY_INSTANCE_RESPONSE: &[FieldRule] = &[
    RESULT_CODE,
    RESULT_MSG,
    FieldRule::optional("info", 0, "实例信息", "instance information")
        .unlimited()
        .of_kind(FieldKind::List(INSTANCE_INFO)),
];

/// InstanceInfo. Source: SaaS V2.0 §3.2.
pub const INSTANCE_INFO: &[FieldRule] = &[
    INSTANCE_ID,
    FieldRule::optional("appInfo", 0, "应用使用信息", "address and account")
        .unlimited()
        .of_kind(FieldKind::Object(APP_INFO)),
    FieldRule::optional("usageInfo", 0, "使用量", "usage").unlimited().of_kind(FieldKind::List(USAGE_INFO)),
];

/// AppInfo. Source: SaaS V2.0 §3.2.
pub const APP_INFO: &[FieldRule] = &[
    FieldRule::mandatory("frontEndUrl", 512, "前台地址", "front address"),
    FieldRule::optional("adminUrl", 512, "管理地址", "admin address"),
    FieldRule::optional("userName", 128, "管理员账号", "admin account"),
    FieldRule::optional("password", 128, "管理员初始密码", "initial admin password"),
    FieldRule::optional("memo", 1024, "备注", "remark"),
];

/// UsageInfo. Source: SaaS V2.0 §3.2.
pub const USAGE_INFO: &[FieldRule] = &[
    FieldRule::optional("relatedInstanceId", 64, "按需实例ID", "pay-per-use instance this usage belongs to"),
    FieldRule {
        name: "usageValue",
        presence: Presence::Mandatory,
        kind: FieldKind::Decimal { max_decimals: 4 },
        max_characters: Some(20),
        zh: "使用量",
        en: "amount used",
    },
    FieldRule::mandatory("statisticalTime", 20, "统计时间，UTC", "time of the count, UTC"),
    FieldRule::optional("dashboardUrl", 512, "用量看板地址", "usage dashboard"),
];
