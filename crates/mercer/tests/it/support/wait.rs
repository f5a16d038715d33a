//! The one place that waits: looks again and again until something holds, for a bounded time.

use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until `look` finds something.
///
/// # Panics
/// When it has not within `limit`; `what` says what was waited for.
pub(crate) async fn until<T>(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            pause().await;
        }
    };
    match tokio::time::timeout(limit, looking).await {
        Ok(found) => found,
        Err(_) => panic!("waited {limit:?} in vain for {what}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "another process gives no other sign than what it shows when asked")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
