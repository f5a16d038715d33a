//! Failures as pages: whoever asked with a browser gets a page in the frame instead of a problem document.

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::language::Language;
use super::layout::{Face, Shell};
use super::problem::Problem;
use super::visit::Visit;

/// Problem documents are short; anything longer is not one of ours.
const LARGEST_DOCUMENT_BYTES: usize = 64 * 1024;

crate::messages! {
    /// Texts of failure pages.
    pub struct FailureTexts;
    home => "To the start page", "返回首页";
    bad_request => "The request cannot be understood", "无法理解该请求";
    forbidden => "Not allowed", "没有权限";
    forbidden_detail => "Your account may not do this. Sign in with another one, or ask its operator.", "当前账号没有此权限，请更换账号登录或联系管理员。";
    not_found => "Page not found", "页面不存在";
    not_found_detail => "The address is mistyped, or what it showed is gone.", "地址有误，或内容已不存在。";
    method => "This page cannot be used like that", "不支持的操作方式";
    conflict => "That does not fit the present state", "与当前状态冲突";
    too_large => "Too large", "内容过大";
    invalid => "Something in the form is not allowed", "表单内容不符合要求";
    too_many => "Too many requests", "请求过于频繁";
    internal => "Something went wrong on our side", "服务内部出错";
    unavailable => "Not available at the moment", "暂时不可用";
    other => "That did not work", "操作未完成";
    try_again => "Go back and try again.", "请返回后重试。";
}

impl FailureTexts {
    fn title(self, status: StatusCode) -> &'static str {
        match status {
            StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => self.bad_request(),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.forbidden(),
            StatusCode::NOT_FOUND | StatusCode::GONE => self.not_found(),
            StatusCode::METHOD_NOT_ALLOWED => self.method(),
            StatusCode::CONFLICT => self.conflict(),
            StatusCode::PAYLOAD_TOO_LARGE => self.too_large(),
            StatusCode::UNPROCESSABLE_ENTITY => self.invalid(),
            StatusCode::TOO_MANY_REQUESTS => self.too_many(),
            StatusCode::INTERNAL_SERVER_ERROR => self.internal(),
            StatusCode::SERVICE_UNAVAILABLE => self.unavailable(),
            _ => self.other(),
        }
    }

    fn detail(self, status: StatusCode) -> String {
        let problem = match status {
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => return self.forbidden_detail().to_owned(),
            StatusCode::NOT_FOUND => return self.not_found_detail().to_owned(),
            StatusCode::PAYLOAD_TOO_LARGE => super::wrap::too_large(),
            StatusCode::INTERNAL_SERVER_ERROR => Problem::internal(),
            StatusCode::SERVICE_UNAVAILABLE => Problem::unavailable(),
            _ => return self.try_again().to_owned(),
        };
        problem.in_language(self.0).detail().to_owned()
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    shell: Shell,
    status: u16,
    title: &'static str,
    detail: String,
    home: &'static str,
}

/// The page for a failure.
#[must_use]
pub fn page(visit: Visit, face: Face, status: StatusCode, detail: Option<String>) -> Response {
    let texts = FailureTexts(visit.language);
    let page = FailurePage {
        shell: Shell::new(visit, face),
        status: status.as_u16(),
        title: texts.title(status),
        detail: detail.unwrap_or_else(|| texts.detail(status)),
        home: texts.home(),
    };
    page.shell.render_with(status, &page)
}

/// Middleware: turns failures that are no pages into pages, for browsers only.
pub(super) async fn as_pages(State(face): State<Face>, request: Request, next: Next) -> Response {
    if !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_html(response.headers()) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let detail = read_detail(&head.headers, body, visit.language).await;
    let page = page(visit, face, status, detail);
    let (page_head, body) = page.into_parts();
    // Cookies, security headers and Retry-After stay as they were decided further in.
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.extend(page_head.headers.into_iter().filter_map(|(name, value)| Some((name?, value))));
    Response::from_parts(head, body)
}

/// For addresses that no route has.
pub(super) async fn no_such_page(visit: Visit) -> Problem {
    let (en, zh) = (FailureTexts(Language::En), FailureTexts(Language::Zh));
    Problem::not_found("route.unknown", en.not_found_detail(), zh.not_found_detail()).in_language(visit.language)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    detail: String,
    detail_zh: Option<String>,
}

async fn read_detail(headers: &HeaderMap, body: Body, language: Language) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?;
    if kind != "application/problem+json" {
        return None;
    }
    let bytes = to_bytes(body, LARGEST_DOCUMENT_BYTES).await.ok()?;
    let document: Document = serde_json::from_slice(&bytes).ok()?;
    match (language, document.detail_zh) {
        (Language::Zh, Some(detail)) => Some(detail),
        (Language::Zh | Language::En, _) => Some(document.detail),
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
