//! The field tables of the kit, as data. `instanceId` and `orderId` are mandatory for a real order and
//! empty for the credential test (D14), so no table demands them.

use crate::field::{FieldKind, FieldRule};

const INSTANCE_ID: FieldRule =
    FieldRule::optional("instanceId", 64, "实例ID，申请凭证时为空", "instance id, empty for the credential test");
const TENANT_ID: FieldRule = FieldRule::mandatory("tenantId", 64, "租户ID", "tenant id");
const APP_ID: FieldRule = FieldRule::mandatory("appId", 64, "应用ID", "application id");
const FLAG: FieldRule =
    FieldRule::mandatory("flag", 2, "0 删除，1 新增，2 修改，3 取消授权", "0 delete, 1 add, 2 modify, 3 withdraw")
        .of_kind(FieldKind::Integer);
const TEST_FLAG: FieldRule =
    FieldRule::mandatory("testFlag", 2, "0 生产数据，1 测试数据", "0 production data, 1 test data")
        .of_kind(FieldKind::Integer);
const TIME_STAMP: FieldRule =
    FieldRule::mandatory("timeStamp", 17, "请求时间，UTC+8，17位数字", "time of the call, UTC+8, 17 digits");
const CURRENT_SYNC_TIME: FieldRule = FieldRule::mandatory(
    "currentSyncTime",
    17,
    "同步时间，UTC+8，17位数字",
    "time at which the members were computed, UTC+8, 17 digits",
);
const ORG_CODE: FieldRule = FieldRule::mandatory("orgCode", 64, "部门编码", "department code");
const ORG_NAME: FieldRule = FieldRule::mandatory("orgName", 128, "部门名称", "department name");
const PARENT_CODE: FieldRule = FieldRule::optional("parentCode", 64, "上级部门编码", "code of the parent department");

/// Request of `tenantSync`, both versions. Source: kit §2.3.
pub const TENANT_SYNC: &[FieldRule] = &[
    INSTANCE_ID,
    FieldRule::optional("orderId", 64, "云商店订单ID，申请凭证时为空", "store order id, empty for the credential test"),
    TENANT_ID,
    FieldRule::mandatory("tenantCode", 64, "租户标识（企业域名）", "tenant identifier (enterprise domain)"),
    FieldRule::mandatory("name", 255, "企业名称", "enterprise name"),
    FieldRule::mandatory("domainName", 255, "统一认证域名", "address of the sign-in centre"),
    FLAG,
    TEST_FLAG,
    TIME_STAMP,
];

/// Request of `applicationSync`, both versions. Source: kit §2.4.
pub const APPLICATION_SYNC: &[FieldRule] = &[
    INSTANCE_ID,
    TENANT_ID,
    APP_ID,
    FieldRule::mandatory("clientId", 64, "客户端ID", "client id"),
    FieldRule::mandatory("clientSecret", 0, "客户端密钥，RSA 加密", "client secret, RSA-encrypted").unlimited(),
    FLAG,
    TEST_FLAG,
    TIME_STAMP,
];

/// Request of `authSync`, V2.0. Source: kit §2.5.
pub const AUTH_SYNC: &[FieldRule] = &[
    INSTANCE_ID,
    TENANT_ID,
    APP_ID,
    FieldRule::mandatory("userList", 0, "用户列表，最多500个", "members, at most 500")
        .unlimited()
        .of_kind(FieldKind::List(USER)),
    CURRENT_SYNC_TIME,
    FLAG,
    TEST_FLAG,
    TIME_STAMP,
];

/// Request of `authSync`, V1.0: the list is a text. Source: kit §3.2.
pub const AUTH_SYNC_V1: &[FieldRule] = &[
    INSTANCE_ID,
    TENANT_ID,
    APP_ID,
    FieldRule::mandatory("userList", 0, "用户列表，JSON 字符串", "members, a text that holds JSON").unlimited(),
    CURRENT_SYNC_TIME,
    FLAG,
    TEST_FLAG,
    TIME_STAMP,
];

/// Request of `singleOrgSync`, both versions. Source: kit §2.6.
pub const SINGLE_ORG_SYNC: &[FieldRule] =
    &[INSTANCE_ID, TENANT_ID, ORG_CODE, ORG_NAME, PARENT_CODE, FLAG, TEST_FLAG, TIME_STAMP];

/// Request of `allOrgSync`, V2.0. Source: kit §2.7.
pub const ALL_ORG_SYNC: &[FieldRule] = &[
    INSTANCE_ID,
    TENANT_ID,
    FieldRule::mandatory("orgInfoList", 0, "部门列表", "departments").unlimited().of_kind(FieldKind::List(ORG_INFO)),
    TEST_FLAG,
    TIME_STAMP,
];

/// Request of `allOrgSync`, V1.0: another name, and the list is a text. Source: kit §3.2.
pub const ALL_ORG_SYNC_V1: &[FieldRule] = &[
    INSTANCE_ID,
    TENANT_ID,
    FieldRule::mandatory("orgInfo", 0, "部门列表，JSON 字符串", "departments, a text that holds JSON").unlimited(),
    TEST_FLAG,
    TIME_STAMP,
];

/// A member of `userList`. Source: kit §2.5.
pub const USER: &[FieldRule] = &[
    FieldRule::mandatory("userName", 64, "联营账号", "account name"),
    FieldRule::mandatory("name", 64, "姓名", "display name"),
    ORG_CODE,
    FieldRule::optional("position", 64, "职位", "job title"),
    FieldRule::optional("employeeCode", 64, "工号", "staff number"),
    FieldRule::optional(
        "employeeType",
        11,
        "1 正式，2 实习，3 劳务派遣，4 外包",
        "1 regular, 2 intern, 3 labour dispatch, 4 outsourcing",
    )
    .of_kind(FieldKind::Integer),
    FieldRule::mandatory("role", 32, "user 普通用户，admin 管理员", "user or admin"),
    FieldRule::mandatory("enable", 8, "是否启用：true、false", "enabled: true or false"),
    FieldRule::optional("mobile", 32, "手机号", "mobile number"),
    FieldRule::optional("email", 128, "邮箱", "e-mail address"),
    FieldRule::optional("workPlace", 256, "工作地点", "work place"),
    FieldRule::optional("entryDate", 20, "入职日期", "date of joining"),
    FieldRule::optional("extension", 0, "扩展字段", "extension fields").unlimited().of_kind(FieldKind::Object(&[])),
];

/// A department of `orgInfoList`. Source: kit §2.7.
pub const ORG_INFO: &[FieldRule] = &[ORG_CODE, ORG_NAME, PARENT_CODE];

/// A department of `orgInfo` in V1.0: `name` instead of `orgName`. Source: kit §3.2.
pub const ORG_INFO_V1: &[FieldRule] =
    &[ORG_CODE, FieldRule::mandatory("name", 128, "部门名称", "department name"), PARENT_CODE];
