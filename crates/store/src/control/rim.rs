//! Where bodies and tokens come in and pages go out.

use axum::Json;
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use mercer_kernel::web::PageRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::RequestSchema;
use super::{Control, schema};
use crate::error::StoreError;
use crate::window::Window;

/// Largest body of this API: a CSV file with 20,000 members stays below.
pub(super) const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// A body that fits its schema.
pub(super) struct Checked<T> {
    /// The parsed body.
    pub(super) value: T,
    /// The same as JSON.
    pub(super) json: Value,
}

impl<T: DeserializeOwned> FromRequest<Control> for Checked<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, control: &Control) -> Result<Self, Fault> {
        let name = request
            .extensions()
            .get::<RequestSchema>()
            .expect("the operation list gives a schema to every route that reads a body")
            .0;
        check_media_type(request.headers())?;
        let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY_BYTES)
            .await
            .map_err(|_| Fault::new(413, "body.too_large", "请求体超过 4 MiB", "the body is larger than 4 MiB"))?;
        let json: Value = if bytes.is_empty() {
            json!({})
        } else {
            serde_json::from_slice(&bytes).map_err(|reason| {
                Fault::new(
                    400,
                    "body.json",
                    &format!("请求体不是有效的 JSON：{reason}"),
                    &format!("the body is no valid JSON: {reason}"),
                )
            })?
        };
        schema::check(&control.schemas, name, &json)?;
        let value = serde_json::from_value(json.clone()).map_err(|reason| {
            Fault::new(
                422,
                "body.value",
                &format!("请求体内容不合法：{reason}"),
                &format!("the body does not fit: {reason}"),
            )
        })?;
        Ok(Self { value, json })
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Fault> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let is_json = kind.to_str().is_ok_and(|kind| kind.to_ascii_lowercase().starts_with("application/json"));
    if is_json {
        return Ok(());
    }
    Err(Fault::new(415, "body.media_type", "请求体应为 application/json", "the body must be application/json"))
}

/// One row more than asked for, to know whether more follow.
pub(super) fn one_more(page: PageRequest) -> Window {
    Window::new(page.limit() + 1, page.offset())
}

/// A page of rows that were read with [`one_more`].
///
/// # Errors
/// When a row cannot be written as JSON.
pub(super) fn page<T: Serialize>(mut rows: Vec<T>, page: PageRequest) -> Result<Json<Value>, Fault> {
    let size = usize::try_from(page.page_size()).unwrap_or(usize::MAX);
    let has_more = rows.len() > size;
    rows.truncate(size);
    let (number, size) = (page.page(), page.page_size());
    Ok(Json(json!({"items": written(&rows)?, "page": number, "pageSize": size, "hasMore": has_more})))
}

/// Something as JSON.
///
/// # Errors
/// When it cannot be written; our own types can.
pub(super) fn written<T: Serialize>(value: &T) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|reason| {
        tracing::error!(%reason, "a value could not be written as JSON");
        Fault::new(500, "store.broken", "云商店内部错误", "internal error of the store")
    })
}

/// What was found, or the fault that says it does not exist.
///
/// # Errors
/// When nothing was found.
pub(super) fn found<T>(
    answer: Result<Option<T>, StoreError>,
    code: &'static str,
    zh: &str,
    en: &str,
) -> Result<T, Fault> {
    answer?.ok_or_else(|| Fault::new(404, code, zh, en))
}
