//! What all lists do alike: one row more than a page holds tells whether another page follows.

use mercer_kernel::web::PageRequest;

use crate::console::view::{Choice, Pager};
use crate::window::Window;

/// The rows of a page, and one more.
pub(in crate::console) fn window(page: PageRequest) -> Window {
    Window::new(page.limit() + 1, page.offset())
}

/// Takes the one row more away again and says whether it was there.
pub(in crate::console) fn with_pager<T>(mut rows: Vec<T>, page: PageRequest) -> (Vec<T>, Pager) {
    let size = usize::try_from(page.page_size()).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    (rows, Pager { page: page.page(), more })
}

/// The choices of a filter: any, then every code with its word.
pub(in crate::console) fn state_choices<'a>(
    any: &str,
    states: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<Choice> {
    std::iter::once(Choice::new("", any)).chain(states.map(|(code, word)| Choice::new(code, word))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_means_another_page() {
        let page = PageRequest::new(2, 3);
        assert_eq!(window(page), Window::new(4, 3));
        assert_eq!(with_pager(vec![1, 2, 3, 4], page), (vec![1, 2, 3], Pager { page: 2, more: true }));
        assert_eq!(with_pager(vec![1, 2, 3], page).1, Pager { page: 2, more: false });
    }
}
