//! What surrounds every page: security headers, cross-site protection, panics that become answers.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use super::language::Language;
use super::problem::Problem;

/// Nothing may be loaded but our own files; no inline script or style, no frames.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Wraps the pages of a face. `body_limit_bytes` bounds what forms may send.
pub fn pages(router: Router, body_limit_bytes: usize) -> Router {
    router
        .layer(DefaultBodyLimit::max(body_limit_bytes))
        .layer(CsrfLayer::new().with_rejection_response(|_| refuse_cross_site()))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Problem::internal().into_response()))
        .layer(middleware::from_fn(secure))
}

/// Wraps an API: no cookies are read there, so no cross-site protection is needed.
pub fn api(router: Router, body_limit_bytes: usize) -> Router {
    router
        .layer(middleware::from_fn(explain_size))
        .layer(DefaultBodyLimit::max(body_limit_bytes))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Problem::internal().into_response()))
        .layer(middleware::from_fn(secure))
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Turns the framework's plain 413 into a problem document.
async fn explain_size(request: Request, next: Next) -> Response {
    let language = Language::of(request.uri(), request.headers());
    let response = next.run(request).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE
        && response.headers().get(header::CONTENT_TYPE).is_none_or(|value| value != "application/problem+json")
    {
        return too_large().in_language(language).into_response();
    }
    response
}

/// 413: the body is larger than allowed.
#[must_use]
pub fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body.too_large",
        "The body is larger than allowed (server.body_limit_bytes). Send less at once.",
        "请求体超过允许的大小（server.body_limit_bytes），请分批发送。",
    )
}

fn refuse_cross_site() -> Response<axum::body::Body> {
    Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "This form was sent from another site and was not carried out. Open the page here and send it again.",
        "该表单来自其他站点，未予执行。请在本站打开页面后重新提交。",
    )
    .into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::post;
    use tower::ServiceExt as _;

    use super::*;

    async fn post_from(origin: &str) -> Response {
        let router = pages(Router::new().route("/", post(|| async { "done" })), 1024);
        let request = Request::post("http://here.example/").header("host", "here.example").header("origin", origin);
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_form_of_another_site_is_refused_and_our_own_is_not() {
        assert_eq!(post_from("http://evil.example").await.status(), StatusCode::FORBIDDEN);
        let own = post_from("http://here.example").await;
        assert_eq!(own.status(), StatusCode::OK);
        assert_eq!(own.headers()[header::CONTENT_SECURITY_POLICY], CONTENT_SECURITY_POLICY);
    }
}
