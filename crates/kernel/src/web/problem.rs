//! Failures as RFC 9457 problem documents, with a stable code and a text in the reader's language.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::language::Language;

/// A failure that a caller of our APIs meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code, as the documentation explains it: `order.quantity`.
    pub code: String,
    /// What happened and what to do: English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
    /// Which inputs are meant, when it is about inputs.
    pub errors: Vec<FieldError>,
    /// Which language the answer uses.
    pub language: Language,
}

/// What is wrong with one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Its name as the caller wrote it.
    pub field: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl Problem {
    /// A problem with both texts.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            en: en.into(),
            zh: zh.into(),
            errors: Vec::new(),
            language: Language::default(),
        }
    }

    /// 422: an input is not allowed.
    #[must_use]
    pub fn invalid(code: &str, field: &str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, en, zh);
        problem.errors.push(FieldError { field: field.to_owned(), message: String::new() });
        problem
    }

    /// 404: there is no such thing.
    #[must_use]
    pub fn not_found(code: &str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, en, zh)
    }

    /// 409: it does not fit the present state.
    #[must_use]
    pub fn conflict(code: &str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, en, zh)
    }

    /// 401: no valid token.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "token.invalid",
            "The bearer token is missing or not valid. Send `Authorization: Bearer <token>`.",
            "缺少访问令牌或令牌无效。请发送 `Authorization: Bearer <令牌>`。",
        )
    }

    /// 503: the database is gone. Trying again later helps.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The database is not available at the moment. Nothing was changed; try again.",
            "数据库暂时不可用，未作任何更改，请稍后重试。",
        )
    }

    /// 500: a mistake of ours. The log has the details.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side. The log has the details.",
            "服务内部出错，详情见日志。",
        )
    }

    /// The same problem told in `language`.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The text in the chosen language.
    #[must_use]
    pub fn detail(&self) -> &str {
        self.language.pick(&self.en, &self.zh)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(rename = "detailZh")]
    detail_zh: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let errors = self.errors.iter().map(|error| FieldError {
            field: error.field.clone(),
            message: if error.message.is_empty() { self.detail().to_owned() } else { error.message.clone() },
        });
        let document = Document {
            kind: format!("urn:mercer:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Problem"),
            status: self.status.as_u16(),
            code: &self.code,
            detail: self.detail(),
            detail_zh: &self.zh,
            errors: errors.collect(),
        };
        let mut response = (self.status, Json(&document)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
