//! One list of everything the control API can do: the router and the OpenAPI document are both made
//! from it, so neither can know a route that the other does not.

use axum::handler::Handler;
use axum::routing::MethodFilter;
use axum::routing::{MethodRouter, on};
use axum::{Extension, Router};
use http::Method;
use serde_json::{Map, Value, json};

use super::Control;

/// Where the API lives.
pub(super) const BASE: &str = "/api/v1";

/// A route with what people need to know about it.
pub(super) struct Operation {
    method: Method,
    path: &'static str,
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    query: &'static [&'static str],
    request: Option<&'static str>,
    status: u16,
    response: &'static str,
    handler: MethodRouter<Control>,
}

/// The name of the schema that the body of this route must fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestSchema(pub(super) &'static str);

/// The parameters that every list has.
pub(super) const PAGING: [&str; 2] = ["page", "pageSize"];

impl Operation {
    /// A route that reads.
    pub(super) fn get<H, T>(path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, Control>,
        T: 'static,
    {
        Self::new(Method::GET, path, id, on(MethodFilter::GET, handler))
    }

    /// A route that changes something.
    pub(super) fn post<H, T>(path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, Control>,
        T: 'static,
    {
        Self::new(Method::POST, path, id, on(MethodFilter::POST, handler))
    }

    /// A route that replaces something.
    pub(super) fn put<H, T>(path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, Control>,
        T: 'static,
    {
        Self::new(Method::PUT, path, id, on(MethodFilter::PUT, handler))
    }

    /// A route that takes something away.
    pub(super) fn delete<H, T>(path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, Control>,
        T: 'static,
    {
        Self::new(Method::DELETE, path, id, on(MethodFilter::DELETE, handler))
    }

    /// What it does, in Chinese and English.
    pub(super) fn about(mut self, zh: &'static str, en: &'static str) -> Self {
        (self.zh, self.en) = (zh, en);
        self
    }

    /// The query parameters it reads besides [`PAGING`].
    pub(super) fn filters(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// The schema of its body.
    pub(super) fn takes(mut self, schema: &'static str) -> Self {
        self.request = Some(schema);
        self
    }

    /// The schema of its answer.
    pub(super) fn answers(mut self, status: u16, schema: &'static str) -> Self {
        (self.status, self.response) = (status, schema);
        self
    }

    /// The schemas it names.
    #[cfg(test)]
    pub(super) fn schema_names(&self) -> impl Iterator<Item = &'static str> {
        self.request.into_iter().chain([self.response])
    }

    fn new(method: Method, path: &'static str, id: &'static str, handler: MethodRouter<Control>) -> Self {
        Self { method, path, id, zh: "", en: "", query: &[], request: None, status: 200, response: "", handler }
    }

    fn is_list(&self) -> bool {
        self.response.ends_with("Page")
    }

    fn described(&self) -> Value {
        let mut parameters: Vec<Value> = names_in(self.path)
            .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
            .collect();
        let paging: &[&str] = if self.is_list() { &PAGING } else { &[] };
        for name in self.query.iter().chain(paging) {
            let kind = if PAGING.contains(name) { "integer" } else { "string" };
            parameters.push(json!({"name": name, "in": "query", "schema": {"type": kind}}));
        }
        if self.id == "placeOrder" {
            parameters.push(json!({
                "name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}
            }));
        }
        let mut described = json!({
            "operationId": self.id,
            "summary": self.en,
            "description": self.zh,
            "tags": [self.path.split('/').nth(1).unwrap_or_default()],
            "parameters": parameters,
            "responses": {
                self.status.to_string(): {"description": self.en, "content": {"application/json": {"schema": reference(self.response)}}},
                "default": {"description": "Problem", "content": {"application/problem+json": {"schema": reference("Problem")}}},
            },
        });
        if let Some(schema) = self.request {
            described["requestBody"] = json!({
                "required": true, "content": {"application/json": {"schema": reference(schema)}}
            });
        }
        described
    }
}

/// The router of these operations, below [`BASE`].
pub(super) fn router(operations: Vec<Operation>) -> Router<Control> {
    let mut router = Router::new();
    for operation in operations {
        let handler = match operation.request {
            Some(schema) => operation.handler.layer(Extension(RequestSchema(schema))),
            None => operation.handler,
        };
        router = router.route(&format!("{BASE}{}", operation.path), handler);
    }
    router
}

/// The OpenAPI 3.1 document of these operations.
pub(super) fn document(operations: &[Operation], schemas: &Value) -> Value {
    let mut paths = Map::new();
    for operation in operations {
        let methods = paths.entry(format!("{BASE}{}", operation.path)).or_insert_with(|| json!({}));
        methods[operation.method.as_str().to_ascii_lowercase()] = operation.described();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Mercer store control API (云商店控制接口)",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Orders, instances, messages, clock, merchants, products and buyers of the local store.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
        },
    })
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// The names in braces of a path.
fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
