//! Paging (placeholder until the web shell lands).
/// Which page.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageRequest;
impl PageRequest {
    /// LIMIT.
    #[must_use]
    pub fn limit(self) -> i64 { 50 }
    /// OFFSET.
    #[must_use]
    pub fn offset(self) -> i64 { 0 }
}
/// A page.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// Rows.
    pub items: Vec<T>,
    /// All.
    pub total: u64,
}
impl<T> Paged<T> {
    /// Makes one.
    #[must_use]
    pub fn new(items: Vec<T>, total: u64, _: PageRequest) -> Self { Self { items, total } }
}
