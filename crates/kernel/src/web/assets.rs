//! Style sheet and script, compiled in. Their addresses carry a hash, so browsers may keep them for ever.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

/// A file of the shell.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    name: &'static str,
    extension: &'static str,
    media_type: &'static str,
    text: &'static str,
    hash: u64,
}

/// The style sheet.
pub const STYLESHEET: Asset =
    Asset::new("mercer", "css", "text/css; charset=utf-8", include_str!("../../assets/mercer.css"));
/// The script.
pub const SCRIPT: Asset =
    Asset::new("mercer", "js", "text/javascript; charset=utf-8", include_str!("../../assets/mercer.js"));

const ALL: [Asset; 2] = [STYLESHEET, SCRIPT];
/// A year, the longest that caches honour.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

impl Asset {
    const fn new(name: &'static str, extension: &'static str, media_type: &'static str, text: &'static str) -> Self {
        Self { name, extension, media_type, text, hash: fnv_1a(text.as_bytes()) }
    }

    /// Where it is served.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/assets/{}", self.file_name())
    }

    fn file_name(&self) -> String {
        format!("{}-{:016x}.{}", self.name, self.hash, self.extension)
    }

    /// Whether `file` is this file as an older or newer version of the program named it.
    fn has_other_version(&self, file: &str) -> bool {
        file.starts_with(self.name) && file.rsplit_once('.').is_some_and(|(_, extension)| extension == self.extension)
    }
}

/// The routes of the files.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(file): Path<String>) -> Response {
    let answer = |asset: &Asset, caching: &'static str| {
        ([(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, caching)], asset.text).into_response()
    };
    if let Some(asset) = ALL.iter().find(|asset| asset.file_name() == file) {
        return answer(asset, FOR_EVER);
    }
    // A page of another version, open during an upgrade, is served rather than left without style.
    match ALL.iter().find(|asset| asset.has_other_version(&file)) {
        Some(asset) => answer(asset, "no-cache"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// FNV-1a: enough to tell versions apart, and simple enough to run in the compiler.
const fn fnv_1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut position = 0;
    while position < bytes.len() {
        hash = (hash ^ bytes[position] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        position += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str) -> Response {
        routes::<()>().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn files_are_kept_for_ever_under_the_name_with_their_hash() {
        for asset in ALL {
            let response = get(&asset.path()).await;
            assert_eq!(response.headers()[header::CACHE_CONTROL], FOR_EVER);
            assert_eq!(response.headers()[header::CONTENT_TYPE], asset.media_type);
        }
        let older = get("/assets/mercer-0000000000000000.css").await;
        assert_eq!(older.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(get("/assets/other.css").await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for asset in ALL {
            assert!(!asset.text.contains("http://") && !asset.text.contains("https://"), "{}", asset.file_name());
            assert!(!asset.text.contains("@import") && !asset.text.contains("eval("), "{}", asset.file_name());
        }
    }
}
