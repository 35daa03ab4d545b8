//! Asks before something is changed.

use std::io::Write as _;

/// Whether the person at the terminal says yes to `question`. Everything else is a no.
///
/// It waits in a thread of its own, so that signals are heard meanwhile.
pub(crate) async fn confirm(question: &str) -> bool {
    let question = question.to_owned();
    let asked = tokio::task::spawn_blocking(move || ask(&question)).await;
    asked.unwrap_or(false)
}

fn ask(question: &str) -> bool {
    let mut err = std::io::stderr().lock();
    if write!(err, "{question} [y/N] ")
        .and_then(|()| err.flush())
        .is_err()
    {
        return false;
    }
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer).is_ok();
    read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
