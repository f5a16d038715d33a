//! A face's pages made complete: sign-in, switches, style, failure pages and everything that protects them.

use axum::{Extension, Router, middleware};

use super::account::{Accounts, Role};
use super::layout::Face;
use super::login::DemoAccount;
use super::{assets, failure, login, wrap};

/// What the pages of a face have in common.
#[derive(Debug, Clone)]
pub struct ConsoleSettings {
    /// Which face.
    pub face: Face,
    /// Whether cookies are sent over https only: when the public address is https.
    pub secure_cookies: bool,
    /// Largest form, in bytes.
    pub body_limit_bytes: usize,
    /// Where a role starts after signing in.
    pub home_of: fn(Role) -> &'static str,
    /// Accounts whose passwords the sign-in page shows. Empty outside installations for trying out.
    pub demo_accounts: Vec<DemoAccount>,
}

impl ConsoleSettings {
    /// Settings for a face reached under `public_url`, without demo accounts, starting at `/`.
    #[must_use]
    pub fn new(face: Face, public_url: &str) -> Self {
        Self {
            face,
            secure_cookies: public_url.starts_with("https://"),
            body_limit_bytes: DEFAULT_BODY_LIMIT_BYTES,
            home_of: |_| "/",
            demo_accounts: Vec::new(),
        }
    }
}

/// Largest form unless set otherwise.
const DEFAULT_BODY_LIMIT_BYTES: usize = 1024 * 1024;

/// Completes `pages`: adds `/login`, `/logout`, `/preferences`, `/assets/…`, a page for addresses that do not
/// exist and one for failures, cross-site protection and security headers. Merge APIs beside it, not into it.
pub fn console(pages: Router, accounts: Accounts, settings: ConsoleSettings) -> Router {
    let face = settings.face;
    let body_limit_bytes = settings.body_limit_bytes;
    let router = pages
        .merge(login::routes(accounts))
        .merge(assets::routes())
        .fallback(failure::no_such_page)
        .layer(Extension(settings));
    wrap::pages(router, body_limit_bytes).layer(middleware::from_fn_with_state(face, failure::as_pages))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::response::Response;
    use axum::routing::{get, post};
    use http::{Request, StatusCode, header};
    use tower::ServiceExt as _;

    use super::*;
    use crate::clock::{Clock, Instant};
    use crate::db::Db;
    use crate::entropy::Entropy;
    use crate::web::account::Account;
    use crate::web::gallery;
    use crate::web::session::SignedIn;

    async fn face() -> (Router, Clock) {
        let db = Db::open("sqlite::memory:").await.unwrap();
        let wall = Clock::manual(Instant::from_millis(1_764_057_600_000));
        let accounts = Accounts::open(&db, &wall, &Entropy::seeded(1), Face::Store.code()).await.unwrap();
        let account = Account {
            name: "lin".to_owned(),
            role: Role::Seller,
            subject: "m1".to_owned(),
            display_name: "林晓雨".to_owned(),
        };
        accounts.ensure(&account, "right").await.unwrap();
        let mut settings = ConsoleSettings::new(Face::Store, "http://127.0.0.1:7001");
        settings.home_of = |_| "/seller";
        settings.body_limit_bytes = 2_048;
        settings.demo_accounts = vec![DemoAccount {
            name: "lin".to_owned(),
            password: "right".to_owned(),
            en: "Seller".to_owned(),
            zh: "商家".to_owned(),
        }];
        let pages = Router::new()
            .route("/seller", get(|SignedIn(account): SignedIn| async move { account.display_name }))
            .route("/form", post(|body: String| async move { body }))
            .route("/panic", get(panicking))
            .with_state(accounts.clone());
        (console(pages, accounts, settings), wall)
    }

    async fn panicking() -> &'static str {
        panic!("a mistake in a page")
    }

    async fn ask(router: &Router, request: http::request::Builder, body: &str) -> (Response<()>, String) {
        let request = request.header("host", "127.0.0.1:7001").body(Body::from(body.to_owned())).unwrap();
        let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        (Response::from_parts(head, ()), text)
    }

    fn form(path: &str) -> http::request::Builder {
        Request::post(path).header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html")
    }

    fn location(response: &Response<()>) -> &str {
        response.headers()[header::LOCATION].to_str().unwrap()
    }

    fn cookie_of(response: &Response<()>) -> String {
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_visitor_signs_in_is_led_to_the_page_he_wanted_and_signs_out() {
        let (router, _) = face().await;
        let (asked, _) = ask(&router, Request::get("/seller?x=1"), "").await;
        assert_eq!(location(&asked), "/login?next=%2Fseller%3Fx%3D1");
        let (page, text) = ask(&router, Request::get(location(&asked)).header("accept-language", "zh-CN"), "").await;
        assert_eq!(page.status(), StatusCode::OK);
        gallery::check(&text);
        gallery::keep("login", &text);
        assert!(text.contains("value=\"/seller?x=1\"") && text.contains("用户名") && text.contains("商家"), "{text}");
        let (signed_in, _) = ask(&router, form("/login"), "name=lin&password=right&next=%2Fseller%3Fx%3D1").await;
        assert_eq!(location(&signed_in), "/seller?x=1");
        let set = signed_in.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
        let cookie = cookie_of(&signed_in);
        assert_eq!(ask(&router, Request::get("/seller").header("cookie", &cookie), "").await.1, "林晓雨");
        let (again, _) = ask(&router, Request::get("/login").header("cookie", &cookie), "").await;
        assert_eq!(location(&again), "/seller");
        ask(&router, form("/logout").header("cookie", &cookie), "").await;
        let (after, _) = ask(&router, Request::get("/seller").header("cookie", &cookie), "").await;
        assert_eq!(after.status(), StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn wrong_passwords_are_explained_and_slowed_down() {
        let (router, wall) = face().await;
        for _ in 0..5 {
            let (wrong, text) = ask(&router, form("/login"), "name=lin&password=wrong&next=//evil.example").await;
            assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(text.contains("User name or password is wrong") && text.contains("value=\"lin\""));
            assert!(!text.contains("evil.example"));
            gallery::keep("login-wrong", &text);
        }
        let (blocked, text) = ask(&router, form("/login?lang=zh"), "name=lin&password=right").await;
        assert_eq!(blocked.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = blocked.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!(text.contains(&format!("{wait} 秒")), "{text}");
        wall.advance(std::time::Duration::from_secs(wait));
        assert_eq!(ask(&router, form("/login"), "name=lin&password=right").await.0.status(), StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn language_and_theme_are_remembered_and_lead_back() {
        let (router, _) = face().await;
        let (language, _) = ask(&router, form("/preferences"), "lang=zh&next=%2Fa%3Flang%3Den%26b%3D1").await;
        assert_eq!((location(&language), cookie_of(&language).as_str()), ("/a?b=1", "mercer_lang=zh"));
        let (theme, _) = ask(&router, form("/preferences"), "theme=dark&next=//evil.example").await;
        assert_eq!((location(&theme), cookie_of(&theme).as_str()), ("/", "mercer_theme=dark"));
        let cookies = "mercer_lang=zh; mercer_theme=dark";
        let (_, text) = ask(&router, Request::get("/login").header("cookie", cookies), "").await;
        assert!(text.contains("<html lang=\"zh-CN\" data-theme=\"dark\">"));
        let (by_link, _) = ask(&router, Request::get("/login?lang=zh"), "").await;
        assert_eq!(cookie_of(&by_link), "mercer_lang=zh", "a language in a link is kept for the next page");
    }

    #[tokio::test]
    async fn failures_are_pages_for_browsers_and_documents_for_programs() {
        let (router, _) = face().await;
        let (missing, text) = ask(&router, Request::get("/nowhere").header("accept", "text/html,*/*"), "").await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        gallery::check(&text);
        gallery::keep("failure", &text);
        assert!(text.contains("<h1>Page not found</h1>") && text.contains("mercer-"));
        assert!(missing.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self'"));
        let (broken, text) =
            ask(&router, Request::get("/panic").header("accept", "text/html").header("accept-language", "zh"), "")
                .await;
        assert_eq!(broken.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(text.contains("服务内部出错") && !text.contains("a mistake in a page"), "{text}");
        let (large, text) = ask(&router, form("/form"), &"x".repeat(4_096)).await;
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(text.contains("<h1>Too large</h1>"), "{text}");
        let (program, text) = ask(&router, Request::get("/panic"), "").await;
        assert_eq!(program.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert!(text.contains("urn:mercer:problem:internal"));
        let (missing, text) = ask(&router, Request::get("/api/v1/nothing"), "").await;
        assert!(missing.status() == StatusCode::NOT_FOUND && text.contains("route.unknown"), "{text}");
    }

    #[tokio::test]
    async fn a_form_of_another_site_does_nothing() {
        let (router, _) = face().await;
        let other = form("/login").header("sec-fetch-site", "cross-site").header("origin", "http://evil.example");
        let (refused, text) = ask(&router, other, "name=lin&password=right").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(!refused.headers().contains_key(header::SET_COOKIE) && text.contains("another site"), "{text}");
    }
}
