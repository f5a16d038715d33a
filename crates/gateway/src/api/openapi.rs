//! The OpenAPI 3.1 document of the management API, built from the table below and `schemas.json`.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value as Json_, json};

use super::PREFIX;
use crate::gateway::Gateway;

/// The schemas of bodies, by name.
const SCHEMAS: &str = include_str!("schemas.json");

/// One operation as the document tells it.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) en: &'static str,
    pub(super) zh: &'static str,
    /// Query parameters beside `merchantId`.
    pub(super) parameters: &'static [&'static str],
    /// Schema of the JSON body; empty for none, `text/csv` for a table.
    pub(super) body: &'static str,
    /// Status and schema of the answer.
    pub(super) answer: (u16, &'static str),
}

/// An operation without parameters and body.
pub(super) const fn operation(
    method: &'static str,
    path: &'static str,
    (en, zh): (&'static str, &'static str),
    answer: (u16, &'static str),
) -> Operation {
    Operation { method, path, en, zh, parameters: &[], body: "", answer }
}

const OPERATIONS: &[Operation] = &[
    operation(
        "get",
        "/merchants",
        ("Merchants with the values to paste into the store", "商家及需填入卖家中心的值"),
        (200, "Merchants"),
    ),
    Operation {
        body: "NewMerchant",
        ..operation("post", "/merchants", ("Make sure that a merchant exists", "新增商家"), (201, "Merchant"))
    },
    operation("get", "/stores", ("Links to the store's open APIs", "云商店开放接口的连接信息"), (200, "StoreLinks")),
    Operation {
        body: "NewStoreLink",
        ..operation(
            "post",
            "/stores",
            ("Enter a merchant's link to the store", "设置商家的云商店地址与 AK/SK"),
            (200, "StoreLink"),
        )
    },
    Operation { parameters: &["reveal"], ..operation("get", "/keys", ("Access keys", "访问密钥"), (200, "Keys")) },
    Operation {
        body: "NewKey",
        ..operation(
            "post",
            "/keys",
            ("Add an access key, given or generated", "新增访问密钥（给定或生成）"),
            (201, "AddedKey"),
        )
    },
    operation(
        "get",
        "/encryption",
        ("Bit lengths of SaaS V1.0 by product", "SaaS V1.0 各商品的加密位数"),
        (200, "Encryption"),
    ),
    Operation {
        body: "Encryption",
        ..operation(
            "put",
            "/encryption",
            ("Replace the bit lengths of SaaS V1.0", "设置 SaaS V1.0 的加密位数"),
            (200, "Encryption"),
        )
    },
    operation("delete", "/keys/{id}", ("Revoke an access key", "吊销访问密钥"), (204, "")),
    Operation {
        parameters: &["state", "product", "order", "text", "page", "pageSize"],
        ..operation("get", "/instances", ("Instances, newest first", "实例列表，最新在前"), (200, "Instances"))
    },
    Operation {
        parameters: &["reveal"],
        ..operation(
            "get",
            "/instances/{id}",
            ("One instance with its timeline", "实例详情与时间线"),
            (200, "InstanceDetail"),
        )
    },
    Operation {
        body: "AppInfo",
        ..operation(
            "put",
            "/instances/{id}/app-info",
            ("Hand out the app's information", "填写应用使用信息"),
            (200, "InstanceDetail"),
        )
    },
    Operation {
        body: "Failure",
        ..operation(
            "post",
            "/instances/{id}/fail",
            ("Say that an instance cannot be opened", "标记开通失败"),
            (200, "InstanceDetail"),
        )
    },
    Operation {
        parameters: &[
            "instance",
            "activity",
            "protocol",
            "verdict",
            "order",
            "resultCode",
            "text",
            "from",
            "to",
            "page",
            "pageSize",
        ],
        ..operation(
            "get",
            "/callbacks",
            ("Calls of the store, newest first", "云商店回调，最新在前"),
            (200, "Callbacks"),
        )
    },
    operation(
        "get",
        "/callbacks/{id}",
        ("One call: raw request, signature check, verdict, answer", "回调详情：原始请求、验签、结论、响应"),
        (200, "CallbackDetail"),
    ),
    Operation {
        parameters: &["instance", "kind", "state", "from", "to", "page", "pageSize"],
        ..operation("get", "/deliveries", ("Events on their way to the app", "发往应用的事件投递"), (200, "Deliveries"))
    },
    operation(
        "get",
        "/deliveries/{id}",
        ("One delivery with its attempts", "投递详情与每次尝试"),
        (200, "DeliveryDetail"),
    ),
    operation(
        "post",
        "/deliveries/{id}/resend",
        ("Send a delivery again now", "立即重新投递"),
        (200, "DeliveryDetail"),
    ),
    Operation {
        body: "ResendWindow",
        ..operation(
            "post",
            "/deliveries/resend",
            ("Send all deliveries of a time window again", "重新投递某一时间段的全部事件"),
            (200, "Resent"),
        )
    },
    operation("get", "/connectors", ("Connectors", "连接器"), (200, "Connectors")),
    Operation {
        body: "NewConnector",
        ..operation(
            "post",
            "/connectors",
            ("Add a connector; the answer shows a webhook's secret", "新增连接器，响应中显示 webhook 密钥"),
            (201, "Connector"),
        )
    },
    Operation {
        parameters: &["reveal"],
        ..operation("get", "/connectors/{id}", ("One connector", "连接器详情"), (200, "Connector"))
    },
    Operation {
        body: "NewConnector",
        ..operation("put", "/connectors/{id}", ("Change a connector", "修改连接器"), (200, "Connector"))
    },
    operation("delete", "/connectors/{id}", ("Remove a connector", "删除连接器"), (204, "")),
    operation("get", "/connectors/{id}/pool", ("How full a pool is", "账号池库存"), (200, "PoolStock")),
    Operation {
        body: "text/csv",
        parameters: &["skipBad"],
        ..operation(
            "post",
            "/connectors/{id}/pool",
            ("Import accounts from a CSV", "从 CSV 导入账号"),
            (200, "PoolImport"),
        )
    },
];

/// GET /openapi.json
pub(super) async fn show(State(gateway): State<Gateway>) -> Json<Json_> {
    Json(document(&gateway.foundation().public_url))
}

/// The whole document.
pub(super) fn document(public_url: &str) -> Json_ {
    let mut paths = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = describe(operation);
    }
    let schemas: Json_ = serde_json::from_str(SCHEMAS).expect("the schemas are compiled in and tested");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Mercer gateway management API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Instances, callbacks, deliveries, connectors and keys of a merchant. 商家网关管理接口。",
        },
        "servers": [{ "url": format!("{public_url}{PREFIX}") }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    })
}

fn describe(operation: &Operation) -> Json_ {
    let mut parameters = Vec::new();
    if operation.path.contains("{id}") {
        parameters.push(json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }));
    }
    parameters.push(parameter("merchantId"));
    parameters.extend(operation.parameters.iter().map(|name| parameter(name)));
    let mut described = json!({
        "summary": operation.en,
        "description": operation.zh,
        "parameters": parameters,
        "responses": {
            operation.answer.0.to_string(): answer(operation.answer.1),
            "default": {
                "description": "Problem document / 错误说明",
                "content": { "application/problem+json": { "schema": reference("Problem") } },
            },
        },
    });
    match operation.body {
        "" => {}
        "text/csv" => {
            described["requestBody"] = json!({
                "required": true,
                "content": { "text/csv": { "schema": { "type": "string" },
                    "example": "frontEndUrl,adminUrl,userName,password,memo\nhttps://app.example.com,,user1,secret1," } },
            });
        }
        schema => {
            described["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": reference(schema) } } });
        }
    }
    described
}

/// Everything the API offers.
fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(super::openapi_accounts::OPERATIONS)
}

fn parameter(name: &str) -> Json_ {
    let schema = match name {
        "page" | "pageSize" => json!({ "type": "integer", "minimum": 1 }),
        "reveal" | "skipBad" | "orphans" => json!({ "type": "boolean" }),
        "from" | "to" => json!({ "type": "string", "format": "date-time" }),
        _ => json!({ "type": "string" }),
    };
    let description = match name {
        "merchantId" => "Whose data; may be left out while there is only one merchant / 商家，仅有一个商家时可省略",
        "reveal" => "Show secrets and personal data in the clear; recorded / 明文显示敏感信息，会被审计记录",
        "instance" => {
            "Instance id; of an enterprise the one it was bound to last / 实例编号；查询企业时缺省为最近绑定的实例"
        }
        "orphans" => "Departments whose parent is not known / 上级部门未知的部门",
        "text" => "Part of an id, order, product or SKU / 实例、订单、商品或规格的一部分",
        _ => "",
    };
    json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": description })
}

fn answer(schema: &str) -> Json_ {
    if schema.is_empty() {
        return json!({ "description": "Done / 完成" });
    }
    json!({ "description": "OK", "content": { "application/json": { "schema": reference(schema) } } })
}

fn reference(schema: &str) -> Json_ {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routed: BTreeSet<String> = super::super::routes()
            .iter()
            .map(|route| format!("{} {}", route.method.as_str().to_lowercase(), route.path))
            .collect();
        let described: BTreeSet<String> =
            operations().map(|operation| format!("{} {}", operation.method, operation.path)).collect();
        assert_eq!(routed, described);
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let document = document("https://gateway.example.com");
        let text = document.to_string();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
