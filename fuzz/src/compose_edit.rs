//! Compose files that are read, and edited: only `platform` may change, and twice is once.

use sources::{
    edit::{Changes, To, edited, unified},
    fuzzing,
};

/// An edit reads its file several times.
const LONGEST: usize = 16 * 1024;

/// Services of one file that are tried.
const SERVICES: usize = 4;

/// A field has one line, a service that has no other one another, and what was last in a file without a last line's end
/// leaves that lack to the line before it.
const LINES: usize = 3;

pub(crate) fn look(bytes: &[u8], choice: u64) {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]).into_owned();
    let Some(services) = crate::sure(|| fuzzing::compose_services(&text)) else {
        return;
    };
    let to = if choice.is_multiple_of(2) {
        To::Platform("linux/riscv64".parse().expect("a platform"))
    } else {
        To::Nothing
    };
    for service in services.iter().take(SERVICES) {
        edit(&text, service, &to, &services);
    }
}

fn edit(text: &str, service: &str, to: &To, services: &[String]) {
    let changes = Changes::from([(service.to_owned(), to.clone())]);
    let done = crate::timely(|| edited(text, &changes)).expect("it was read before");
    assert_eq!(done.done.len() + done.refused.len(), 1);
    for refusal in &done.refused {
        assert_eq!(done.text, text, "{refusal}");
        assert_eq!(refusal.service(), service);
    }
    let again = edited(&done.text, &changes).expect("what was written can be read");
    assert_eq!(again.text, done.text, "twice is once");
    let names = fuzzing::compose_services(&done.text);
    assert_eq!(names.as_deref(), Some(services), "no service comes or goes");
    let diff = unified(text, &done.text, "before", "after");
    let count = |sign| diff.lines().skip(2).filter(|line| line.starts_with(sign)).count();
    assert!(count('+') <= LINES && count('-') <= LINES, "{diff}");
    assert!(diff.is_empty() || diff.contains("platform"), "{diff}");
}
