//! Progress of what takes longer than a second. Drawn only where a person watches.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// Redraw of the moving part.
const TICK: Duration = Duration::from_millis(120);

/// A bar that knows its length.
pub(crate) fn bar(output: Output, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} [{bar:32}] {percent:>3}%  {msg}");
    build(output, ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden()), style)
}

/// A sign of life for something of unknown length.
pub(crate) fn spinner(output: Output) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {elapsed}  {msg}");
    build(output, ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()), style)
}

/// What the bar says beside itself.
pub(crate) fn say(bar: &ProgressBar, text: impl Into<Cow<'static, str>>) {
    bar.set_message(text);
}

type Template = Result<ProgressStyle, indicatif::style::TemplateError>;

fn build(output: Output, bar: ProgressBar, style: Template) -> ProgressBar {
    if !output.is_watched() {
        return bar;
    }
    bar.set_style(style.expect("the templates above are written correctly"));
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK);
    bar
}
