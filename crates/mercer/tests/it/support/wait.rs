//! The one place that waits: looks again and again until something holds, for a bounded time.

use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until `look` finds something.
///
/// # Panics
/// When it has not within `limit`; `what` says what was waited for.
pub(crate) async fn until<T>(what: &str, limit: Duration, look: impl AsyncFnMut() -> Option<T>) -> T {
    match found_within(limit, look).await {
        Some(found) => found,
        None => panic!("waited {limit:?} in vain for {what}"),
    }
}

/// Looks until `look` finds something; None when it has not within `limit`.
pub(crate) async fn found_within<T>(limit: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            pause().await;
        }
    };
    tokio::time::timeout(limit, looking).await.ok()
}

#[expect(clippy::disallowed_methods, reason = "another process gives no other sign than what it shows when asked")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
