//! The part of a list that is asked for. Every list has a limit.

/// Most rows one question may return: what a page can show and a caller can hold.
pub(crate) const WINDOW_LIMIT: i64 = 500;

/// The part of a list that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    limit: i64,
    offset: i64,
}

impl Window {
    /// `limit` rows after the first `offset`; both are brought into range.
    pub(crate) fn new(limit: i64, offset: i64) -> Self {
        Self { limit: limit.clamp(1, WINDOW_LIMIT), offset: offset.max(0) }
    }

    /// The first `limit` rows.
    pub(crate) fn first(limit: i64) -> Self {
        Self::new(limit, 0)
    }

    /// How many rows at most.
    pub(crate) fn limit(self) -> i64 {
        self.limit
    }

    /// How many rows to leave out before them.
    pub(crate) fn offset(self) -> i64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_never_larger_than_the_limit() {
        assert_eq!(Window::first(WINDOW_LIMIT).limit(), WINDOW_LIMIT);
        assert_eq!(Window::new(WINDOW_LIMIT + 1, -1), Window::first(WINDOW_LIMIT));
    }
}
