//! Lists come in pages: `?page=2&pageSize=50`.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Serialize;

/// Rows of a page unless asked otherwise.
pub const DEFAULT_PAGE_SIZE: u32 = 50;
/// Most rows of a page: more is slow to read and to send.
pub const LARGEST_PAGE_SIZE: u32 = 200;
/// Beyond this page nobody reads; filters find things faster. Keeps OFFSET bounded.
pub const LAST_PAGE: u32 = 10_000;

/// Which page of a list is wanted. Values out of range are brought into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    page: u32,
    page_size: u32,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { page: 1, page_size: DEFAULT_PAGE_SIZE }
    }
}

impl PageRequest {
    /// Page `page` (from 1) of `page_size` rows.
    #[must_use]
    pub fn new(page: u32, page_size: u32) -> Self {
        Self { page: page.clamp(1, LAST_PAGE), page_size: page_size.clamp(1, LARGEST_PAGE_SIZE) }
    }

    /// The page, from 1.
    #[must_use]
    pub const fn page(self) -> u32 {
        self.page
    }

    /// Rows of a page.
    #[must_use]
    pub const fn page_size(self) -> u32 {
        self.page_size
    }

    /// For SQL's LIMIT.
    #[must_use]
    pub fn limit(self) -> i64 {
        i64::from(self.page_size)
    }

    /// For SQL's OFFSET.
    #[must_use]
    pub fn offset(self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.page_size)
    }
}

impl<S: Sync> FromRequestParts<S> for PageRequest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let number = |name: &str| {
            let pairs = parts.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(found, _)| *found == name).find_map(|(_, value)| value.parse().ok())
        };
        Ok(Self::new(number("page").unwrap_or(1), number("pageSize").unwrap_or(DEFAULT_PAGE_SIZE)))
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Rows of all pages.
    pub total: u64,
    /// This page, from 1.
    pub page: u32,
    /// Rows of a full page.
    pub page_size: u32,
}

impl<T> Paged<T> {
    /// A page of a list with `total` rows.
    #[must_use]
    pub fn new(items: Vec<T>, total: u64, request: PageRequest) -> Self {
        Self { items, total, page: request.page, page_size: request.page_size }
    }

    /// How many pages there are; at least one.
    #[must_use]
    pub fn pages(&self) -> u32 {
        u32::try_from(self.total.div_ceil(u64::from(self.page_size)).max(1)).unwrap_or(u32::MAX)
    }

    /// The same page with other rows.
    #[must_use]
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Paged<U> {
        let Self { items, total, page, page_size } = self;
        Paged { items: items.into_iter().map(convert).collect(), total, page, page_size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_pages_are_brought_into_range() {
        assert_eq!(PageRequest::new(0, 0), PageRequest::new(1, 1));
        assert_eq!(PageRequest::new(3, 500).limit(), i64::from(LARGEST_PAGE_SIZE));
        assert_eq!(PageRequest::new(3, 50).offset(), 100);
        assert_eq!(Paged::new(vec![1], 101, PageRequest::new(1, 50)).pages(), 3);
        assert_eq!(Paged::<u8>::new(vec![], 0, PageRequest::default()).pages(), 1);
    }
}
