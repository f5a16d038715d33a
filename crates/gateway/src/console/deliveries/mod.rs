//! Deliveries: events on their way to the app, their attempts, and sending them again.

mod detail;
mod list;
mod texts;
mod window;

pub(super) use self::detail::{resend, show};
pub(super) use self::list::list;
pub(super) use self::window::{preview as preview_window, resend as resend_window};
