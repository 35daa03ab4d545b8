//! Whole files. What is to be found in a line stands in the line below it: `# ^ RULE`, perhaps with a severity.

use std::{fs, path::Path};

use sources::dockerfile::{Answers, Context, Dockerfile, Rule, check};

/// A finding as the files say it: line, rule, severity where one is said.
type Expected = (u32, String, Option<String>);

fn expected(text: &str) -> Vec<Expected> {
    let mut found = Vec::new();
    let mut above = 0;
    for (line, number) in text.lines().zip(1..) {
        match line.strip_prefix("# ^ ") {
            Some(said) => {
                let mut words = said.split(' ').map(str::to_owned);
                let rule = words.next().expect("a rule");
                found.push((above, rule, words.next()));
            }
            None => above = number,
        }
    }
    found
}

#[test]
fn every_file_of_the_corpus_has_what_it_says_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dockerfile/corpus");
    let mut wrong = Vec::new();
    let (mut files, mut rules) = (0, Vec::new());
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        let file = Dockerfile::parse(text.as_bytes()).unwrap_or_else(|damage| panic!("{path:?}: {damage}"));
        let report = check(&file, "Dockerfile", &Context::unknown(), &Answers::default());
        let expected = expected(&text);
        let found: Vec<Expected> = report
            .findings
            .iter()
            .map(|one| {
                (
                    one.line,
                    one.rule.id().to_owned(),
                    Some(one.severity.as_str().to_owned()),
                )
            })
            .collect();
        let is_same = |(one, other): (&Expected, &Expected)| {
            (one.0, &one.1) == (other.0, &other.1)
                && other.2.as_ref().is_none_or(|said| Some(said) == one.2.as_ref())
        };
        if found.len() != expected.len() || !found.iter().zip(&expected).all(is_same) {
            wrong.push(format!("{}: found {found:?}, not {expected:?}", path.display()));
        }
        files += 1;
        rules.extend(expected.into_iter().map(|(_, rule, _)| rule));
        for finding in &report.findings {
            let fix = finding.fix.as_deref().expect("every finding has a fix");
            for text in [finding.message.as_str(), fix] {
                assert!(
                    !text.is_empty() && !text.ends_with('.') && text.matches('`').count() % 2 == 0,
                    "{text}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files >= 60, "{files}");
    let unseen = Rule::ALL
        .iter()
        .filter(|rule| !rules.contains(&rule.id().to_owned()));
    let unseen: Vec<_> = unseen.map(|rule| rule.id()).collect();
    // These need a folder or a registry, and have tables of their own.
    let elsewhere = [
        "from-single-platform-digest",
        "copy-foreign-binary",
        "script-crlf",
        "script-not-executable",
    ];
    assert_eq!(unseen, elsewhere);
}
