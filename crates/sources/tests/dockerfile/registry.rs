//! Images by their digest.

use platform::Platform;
use sources::dockerfile::{Answer, Answers, Context, Dockerfile, Report, check};

fn report(text: &str, answer: &Answer) -> Report {
    let file = Dockerfile::parse(text.as_bytes()).expect("it is whole");
    let answers: Answers = file
        .pins()
        .into_iter()
        .map(|pin| (pin.reference, answer.clone()))
        .collect();
    check(&file, "Dockerfile", &Context::unknown(), &answers)
}

#[test]
fn only_the_digest_of_one_build_is_a_finding() {
    let linux = Platform::linux;
    let one = Answer::Image(Some(linux("amd64")));
    let several = Answer::Index(vec![linux("amd64"), linux("arm64")]);
    let unknown = Answer::Unknown("nobody answered".to_owned());
    let windows = Answer::Image(Some(Platform::new("windows", "amd64", "")));
    let digest = format!("@sha256:{}", "a".repeat(64));
    let plain = format!("FROM alpine:3.20{digest}\nRUN true\n");
    let copied = format!("FROM alpine\nRUN true\nCOPY --from=tool:1{digest} /a /b\n");
    let mounted = format!("ARG D={digest}\nFROM debian$D\n");
    let cases = [
        (&plain, &one, Some(1)),
        (&copied, &one, Some(3)),
        (&mounted, &one, Some(2)),
        (&plain, &several, None),
        (&plain, &unknown, None),
        (&plain, &windows, None),
        (&plain, &Answer::Image(None), None),
    ];
    for (text, answer, line) in cases {
        let report = report(text, answer);
        let found = report.findings.iter().map(|one| (one.rule.id(), one.line));
        let expected = line.map(|line| ("from-single-platform-digest", line));
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.into_iter().collect::<Vec<_>>(),
            "{text} {answer:?}"
        );
        assert_eq!(report.checked.len(), 1, "{text}");
        assert_eq!(report.checked[0].answer.as_ref(), Some(answer));
    }
}

#[test]
fn a_platform_that_is_meant_is_no_finding() {
    let one = Answer::Image(Some(Platform::linux("arm64")));
    let digest = format!("@sha256:{}", "a".repeat(64));
    for text in [
        format!("FROM arm64v8/alpine{digest}"),
        format!("FROM alpine{digest} AS base-arm64"),
    ] {
        assert_eq!(report(&text, &one).findings, [], "{text}");
    }
}
