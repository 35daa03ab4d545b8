//! How far a re-run or a scan is, on standard error.

use std::sync::Arc;

use companion::view::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar while something is pulled, and a line for each step. Hidden where nobody looks.
pub(crate) fn bar() -> (ProgressBar, Arc<dyn Fn(Progress) + Send + Sync>) {
    let bar = ProgressBar::new(100);
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos} %");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = bar.clone();
    let hear = move |progress: Progress| {
        shown.set_message(progress.step);
        shown.set_position(percent(progress.fraction));
    };
    (bar, Arc::new(hear))
}

/// A line for what cannot be said in parts of a whole. Hidden where nobody looks.
pub(crate) fn spinner() -> (ProgressBar, Arc<dyn Fn(Progress) + Send + Sync>) {
    let spinner = ProgressBar::new_spinner();
    let shown = spinner.clone();
    let hear = move |progress: Progress| {
        shown.set_message(progress.step);
        shown.tick();
    };
    (spinner, Arc::new(hear))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0 to 100 before"
)]
fn percent(fraction: Option<f64>) -> u64 {
    (fraction.unwrap_or_default().clamp(0.0, 1.0) * 100.0).round() as u64
}
