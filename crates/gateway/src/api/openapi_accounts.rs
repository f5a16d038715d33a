//! The operations about accounts, for the OpenAPI document.

use super::openapi::{Operation, operation};

/// Enterprises and what is kept below them.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        parameters: &["instance", "standing", "text", "page", "pageSize"],
        ..operation(
            "get",
            "/tenants",
            ("Enterprises bound to instances, newest first", "已绑定实例的企业，最新在前"),
            (200, "Tenants"),
        )
    },
    Operation {
        parameters: &["instance"],
        ..operation(
            "get",
            "/tenants/{id}",
            (
                "One enterprise: counts, application bindings, state of long synchronisations",
                "单个企业：统计、应用绑定与全量同步进度",
            ),
            (200, "TenantDetail"),
        )
    },
    Operation {
        parameters: &["instance", "reveal", "page", "pageSize"],
        ..operation(
            "get",
            "/tenants/{id}/applications",
            ("Application bindings of an enterprise", "企业的应用绑定"),
            (200, "Applications"),
        )
    },
    Operation {
        parameters: &["instance", "parent", "orphans", "text", "page", "pageSize"],
        ..operation(
            "get",
            "/tenants/{id}/departments",
            (
                "Departments: a level of the tree (below `parent`, the top without it), or a search",
                "部门：按层级（`parent` 之下，缺省为顶层）或搜索",
            ),
            (200, "Departments"),
        )
    },
    Operation {
        parameters: &["instance", "department", "app", "standing", "text", "reveal", "page", "pageSize"],
        ..operation("get", "/tenants/{id}/members", ("Members and what they may use", "成员及其授权"), (200, "Members"))
    },
];
