//! Dockerfiles, and the patterns of a `.dockerignore`.

use sources::dockerfile::{Answers, Context, Dockerfile, Ignore, check};

pub(crate) fn look(bytes: &[u8], _: u64) {
    let text = String::from_utf8_lossy(bytes);
    look_at_patterns(&text);
    let file = match crate::sure(|| Dockerfile::parse(bytes)) {
        Ok(file) => file,
        Err(damage) => return crate::assert_calm(&damage.to_string()),
    };
    let lines = u32::try_from(bytes.split(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX);
    let is_there = |line: u32| (1..=lines).contains(&line);
    assert!(!file.stages().is_empty());
    let instructions = file.stages().iter().flat_map(|stage| &stage.instructions);
    assert!(instructions.chain(file.head()).all(|one| is_there(one.line)));
    let report = crate::sure(|| check(&file, "Dockerfile", &Context::unknown(), &Answers::default()));
    for finding in &report.findings {
        assert!(is_there(finding.line), "{finding:?}");
        crate::assert_calm(&finding.message);
        crate::assert_calm(finding.fix.as_deref().unwrap_or("none"));
    }
    assert!(report.checked.iter().all(|checked| is_there(checked.pin.line)));
}

fn look_at_patterns(text: &str) {
    let (patterns, path) = text.split_once("\n\n").unwrap_or((text, "a/b"));
    let path = path.lines().next().unwrap_or_default();
    crate::sure(|| Ignore::parse(patterns).leaves_out(path));
    assert!(!Ignore::parse("").leaves_out(path), "nothing leaves nothing out");
}
