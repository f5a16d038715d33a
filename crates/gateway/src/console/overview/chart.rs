//! Calls of the last 24 hours as a picture: one bar an hour, refused calls on top. Pure.

use std::fmt::Write as _;

use mercer_kernel::web::Language;

/// Hours shown.
pub(super) const HOURS: usize = 24;
/// Height of the bars in pixels.
const BAR_HEIGHT: i64 = 120;
/// Room below the bars for the hours.
const AXIS_HEIGHT: i64 = 20;
/// Room above them for the largest number.
const HEAD_HEIGHT: i64 = 18;
/// Hour of Beijing time at hour 0 of the epoch.
const PAGE_OFFSET_HOURS: i64 = 8;

/// One hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hour {
    /// Hours since the epoch.
    pub(super) hour: i64,
    /// Calls that were taken.
    pub(super) taken: i64,
    /// Calls that were refused or in conflict.
    pub(super) refused: i64,
}

impl Hour {
    /// Its clock time in the page's zone.
    pub(super) fn text(self) -> String {
        format!("{:02}:00", (self.hour + PAGE_OFFSET_HOURS).rem_euclid(24))
    }

    fn total(self) -> i64 {
        self.taken + self.refused
    }
}

/// The picture: SVG whose widths are percentages, so that its writing stays readable on a narrow screen.
/// It contains numbers and our own texts only.
pub(super) fn draw(hours: &[Hour; HOURS], title: &str, language: Language) -> String {
    let highest = hours.iter().map(|hour| hour.total()).max().unwrap_or(0).max(1);
    let height = HEAD_HEIGHT + BAR_HEIGHT + AXIS_HEIGHT;
    let mut svg = format!(
        "<svg class=\"chart\" width=\"100%\" height=\"{height}\" role=\"img\" aria-labelledby=\"chart-title\"><title id=\"chart-title\">{title}</title>"
    );
    let floor = HEAD_HEIGHT + BAR_HEIGHT;
    for (y, number) in [(HEAD_HEIGHT, highest), (floor, 0)] {
        let _ = write!(
            svg,
            "<line x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\" stroke=\"var(--line)\"/>\
             <text x=\"0\" y=\"{}\" font-size=\"11\" fill=\"var(--text-soft)\">{number}</text>",
            y - 4
        );
    }
    for (position, hour) in hours.iter().enumerate() {
        bar(&mut svg, (position, *hour), (highest, floor), language);
    }
    svg.push_str("</svg>");
    svg
}

fn bar(svg: &mut String, (position, hour): (usize, Hour), (highest, floor): (i64, i64), language: Language) {
    // Thousandths of the width: whole numbers keep the text short and exact.
    let left = 40 + position * 40;
    let refused = scaled(hour.refused, highest);
    let taken = scaled(hour.taken, highest);
    let told = match language {
        Language::En => format!("{}: {} taken, {} refused", hour.text(), hour.taken, hour.refused),
        Language::Zh => format!("{}：受理 {}，拒绝 {}", hour.text(), hour.taken, hour.refused),
    };
    let _ = write!(svg, "<g><title>{told}</title>");
    // An invisible full-height bar shows the numbers of empty hours too.
    let _ = write!(
        svg,
        "<rect x=\"{}\" y=\"{HEAD_HEIGHT}\" width=\"4%\" height=\"{BAR_HEIGHT}\" fill=\"transparent\"/>",
        percent(left)
    );
    if taken > 0 {
        let y = floor - taken;
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{y}\" width=\"2.8%\" height=\"{taken}\" rx=\"2\" fill=\"var(--accent)\"/>",
            percent(left + 6)
        );
    }
    if refused > 0 {
        let y = floor - taken - refused;
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{y}\" width=\"2.8%\" height=\"{refused}\" rx=\"2\" fill=\"var(--bad)\"/>",
            percent(left + 6)
        );
    }
    if (hour.hour + PAGE_OFFSET_HOURS).rem_euclid(6) == 0 {
        // The last one would stand half outside.
        let (x, anchor) = if left > 940 { (1_000, "end") } else { (left + 20, "middle") };
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" font-size=\"11\" text-anchor=\"{anchor}\" fill=\"var(--text-soft)\">{}</text>",
            percent(x),
            floor + 15,
            hour.text()
        );
    }
    svg.push_str("</g>");
}

fn percent(thousandths: usize) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// A part of the bar's height; what exists is at least visible.
fn scaled(count: i64, highest: i64) -> i64 {
    if count == 0 { 0 } else { (count.saturating_mul(BAR_HEIGHT) / highest).max(2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hour_is_told_and_one_refused_call_is_visible() {
        let mut hours = [Hour::default(); HOURS];
        for (position, hour) in hours.iter_mut().enumerate() {
            hour.hour = i64::try_from(position).unwrap();
        }
        hours[3] = Hour { hour: 3, taken: 10_000, refused: 1 };
        let svg = draw(&hours, "Calls", Language::En);
        assert_eq!(svg.matches("<g><title>").count(), HOURS);
        assert!(svg.contains("11:00: 10000 taken, 1 refused"));
        assert!(svg.contains("height=\"2\""));
        assert!(!svg.contains("style="));
    }
}
