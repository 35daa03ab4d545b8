use std::path::Path;

use super::*;
use crate::view::ClaimedActual;

fn link(path: &str) -> Link {
    Link {
        role: "program".to_owned(),
        via: "kernel".to_owned(),
        path: path.to_owned(),
        resolved: None,
        format: "elf".to_owned(),
        size: Some(20),
        platform: Some("linux/amd64".to_owned()),
        verdict: LinkVerdict::Wrong,
        fault: Some("wrong-architecture".to_owned()),
        detail: "ELF 64-bit".to_owned(),
        proof: None,
        mount: None,
    }
}

fn diagnosis() -> Diagnosis {
    Diagnosis {
        subject: "container".to_owned(),
        container: "api".to_owned(),
        image: "acme/api:2".to_owned(),
        exit_code: Some(255),
        platform: ClaimedActual {
            claimed: Some("linux/arm64".to_owned()),
            actual: Some("linux/amd64".to_owned()),
        },
        cause: Some("mislabelled-image".to_owned()),
        confidence: "certain".to_owned(),
        summary: "`/app/server` is built for amd64".to_owned(),
        command: vec!["/app/server".to_owned()],
        chain: vec![link("/app/server")],
        evidence: Vec::new(),
        remedies: Vec::new(),
        environment: Vec::new(),
    }
}

fn evidence(text: &str) -> Vec<Evidence> {
    vec![Evidence {
        kind: "log".to_owned(),
        text: text.to_owned(),
    }]
}

fn written(diagnosis: &Diagnosis) -> String {
    let engine = Engine {
        name: "Docker Desktop".to_owned(),
        version: "29.6".to_owned(),
        api_version: "1.52".to_owned(),
        platform: "linux/arm64".to_owned(),
        store: "containerd".to_owned(),
        runtime: "docker-desktop".to_owned(),
        sample: false,
    };
    let host = Host {
        os: "macos".to_owned(),
        architecture: "arm64".to_owned(),
        translated_process: false,
    };
    markdown(diagnosis, &engine, &host, Path::new("/Users/mia"))
}

#[test]
fn a_report_has_the_cause_the_chain_the_bytes_and_what_can_be_done() {
    let mut diagnosis = diagnosis();
    diagnosis.chain[0].proof = Some(Proof {
        hex: "7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 3e 00".to_owned(),
        from: 18,
        to: 20,
        meaning: "e_machine = 0x3e, x86-64".to_owned(),
    });
    diagnosis.evidence = evidence("`exec format error`");
    diagnosis.remedies = vec![Remedy {
        kind: "rerun-platform".to_owned(),
        title: "Re-run as linux/amd64".to_owned(),
        command: Some("archlight rerun api".to_owned()),
        why: "It can be undone".to_owned(),
        platform: None,
    }];
    let report = written(&diagnosis);
    for expected in [
        "### Diagnosis of `api`\n\n`/app/server` is built for amd64 (`mislabelled-image`, certain)\n",
        "- Platform of the label: `linux/arm64`\n- Platform of the program: `linux/amd64`\n- Exit code: 255\n",
        "- Command: `/app/server`, without arguments\n",
        "1. `/app/server`: **wrong**, wrong-architecture  \n   program, ELF 64-bit",
        "   03 00 3e 00\n         ^^ ^^\n   e_machine = 0x3e, x86-64\n   ```",
        "1. log: `exec format error`",
        "1. Re-run as linux/amd64. It can be undone  \n   `archlight rerun api`",
    ] {
        assert!(report.contains(expected), "{expected:?} is not in:\n{report}");
    }
}

#[test]
fn arguments_are_left_out_also_where_the_log_repeats_them() {
    let mut diagnosis = diagnosis();
    let arguments = [
        "/app/server",
        "--token=hunter2hunter2",
        "-c",
        "login s3cret word\nx",
    ];
    diagnosis.command = arguments.map(str::to_owned).to_vec();
    diagnosis.chain[0].detail = "started by `login s3cret word\\nx`".to_owned();
    diagnosis.evidence = evidence("`bad token: hunter2hunter2, user s3cret`");
    let report = written(&diagnosis);
    assert!(
        report.contains("`/app/server`, 3 arguments, left out here"),
        "{report}"
    );
    assert!(report.contains("log: `bad token: …, user …`"), "{report}");
    for secret in ["hunter2", "s3cret", "--token"] {
        assert!(!report.contains(secret), "{secret} is in:\n{report}");
    }
}

#[test]
fn what_only_begins_like_an_argument_stays() {
    let mut diagnosis = diagnosis();
    diagnosis.command = ["/app/server", "serve"].map(str::to_owned).to_vec();
    diagnosis.evidence = evidence("`/app/server: serve failed`");
    assert!(written(&diagnosis).contains("`/app/server: … failed`"));
}

#[test]
fn the_home_folder_is_a_tilde_and_a_similar_one_is_not() {
    let mut diagnosis = diagnosis();
    diagnosis.chain[0].mount = Some(Mount {
        kind: "bind".to_owned(),
        source: "/Users/mia/src/api".to_owned(),
        destination: "/src".to_owned(),
    });
    diagnosis.evidence = evidence("`/host_mnt/Users/mia` and `/Users/miara`");
    let report = written(&diagnosis);
    assert!(report.contains("on `/src`, mounted from `~/src/api`"), "{report}");
    assert!(report.contains("`/host_mnt~` and `/Users/miara`"), "{report}");
}

#[test]
fn hostile_text_stays_one_line_of_code() {
    let hostile = "a``b```\n# Head\r\n</details><script>\u{1b}[31m\u{202e}@everyone";
    let mut diagnosis = diagnosis();
    diagnosis.container = hostile.to_owned();
    diagnosis.summary = hostile.to_owned();
    diagnosis.chain = vec![link(hostile)];
    diagnosis.chain[0].proof = Some(Proof {
        hex: "``` 00".to_owned(),
        from: 0,
        to: 9,
        meaning: hostile.to_owned(),
    });
    diagnosis.evidence = evidence(hostile);
    let report = written(&diagnosis);
    let line = r"a``b```\n# Head\r\n</details><script>\u{1b}[31m\u{202e}@everyone";
    assert!(
        report.contains(&format!("### Diagnosis of ````{line}````")),
        "{report}"
    );
    assert!(report.contains(&format!("log: ````{line}````")), "{report}");
    assert!(report.contains("\n   ````text\n   ``` 00\n"), "{report}");
    assert!(!report.chars().any(|letter| letter.is_control() && letter != '\n'));
}

#[test]
fn a_sentence_of_ours_cannot_become_markup() {
    let mut diagnosis = diagnosis();
    diagnosis.summary = "it *is* <b>[here](x)</b> @you, in `a|b`".to_owned();
    let report = written(&diagnosis);
    assert!(
        report.contains("it \\*is\\* &lt;b&gt;\\[here\\](x)&lt;/b&gt; @\u{2060}you, in `a|b` ("),
        "{report}"
    );
}

#[test]
fn a_long_report_says_what_it_leaves_out() {
    let mut diagnosis = diagnosis();
    diagnosis.chain = vec![link(&"x".repeat(5000)); 100];
    let report = written(&diagnosis);
    assert!(report.contains("\nand 60 more\n"));
    assert!(report.len() < 100_000, "{}", report.len());
}

fn with_environment(pairs: &[(&str, &str)]) -> Diagnosis {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Diagnosis {
        environment: pairs.iter().map(owned).collect(),
        ..diagnosis()
    }
}

#[test]
fn values_of_the_environment_are_in_no_part_of_a_report() {
    let secret = "hunter2secret";
    let mut diagnosis = with_environment(&[("TOKEN", secret)]);
    let said = |what: &str| format!("{what} {secret}, `/opt/{secret}` and `x{secret}y`");
    diagnosis.summary = said("summary");
    diagnosis.command = vec![format!("/opt/{secret}"), format!("--token={secret}")];
    let mut part = link(&format!("/opt/{secret}"));
    part.resolved = Some(format!("/srv/{secret}"));
    part.detail = said("detail");
    part.fault = Some(said("fault"));
    part.proof = Some(Proof {
        hex: "68 75".to_owned(),
        from: 0,
        to: 1,
        meaning: said("meaning"),
    });
    part.mount = Some(Mount {
        kind: "bind".to_owned(),
        source: format!("/home/{secret}"),
        destination: format!("/{secret}"),
    });
    diagnosis.chain = vec![part];
    diagnosis.evidence = evidence(&said("log"));
    diagnosis.remedies = vec![Remedy {
        kind: "fix".to_owned(),
        title: said("title"),
        command: Some(format!("docker run {secret}")),
        why: said("why"),
        platform: None,
    }];
    let report = written(&diagnosis);
    assert!(!report.contains(secret), "{report}");
    for expected in [
        "summary (value of TOKEN), `/opt/(value of TOKEN)` and `x(value of TOKEN)y`",
        "1. `/opt/(value of TOKEN)` → `/srv/(value of TOKEN)`: **wrong**, fault (value",
        "mounted from `/home/(value of TOKEN)`",
        "`docker run (value of TOKEN)`",
        "68 75",
    ] {
        assert!(report.contains(expected), "{expected:?} is not in:\n{report}");
    }
}

#[test]
fn parts_of_a_value_that_are_secret_by_themselves_are_left_out() {
    let diagnosis = Diagnosis {
        evidence: evidence(
            "`no app:hunter2/x at db`, `password hunter2/x`, `-----KEY`, `bad s3cret!`, `half longersecr…`, `app`",
        ),
        ..with_environment(&[
            ("DATABASE_URL", "postgres://app:hunter2/x@db/x"),
            ("KEY", "-----KEY\nMIIE\n"),
            ("JAVA_OPTS", "-Xmx1g -Dpassword=s3cret!"),
            ("LONG", "longersecretthanaline"),
        ])
    };
    let report = written(&diagnosis);
    let expected = "log: `no (value of DATABASE_URL) at db`, `password (value of DATABASE_URL)`, `(value of KEY)`, \
                    `bad (value of JAVA_OPTS)`, `half (value of LONG)…`, `app`";
    assert!(report.contains(expected), "{report}");
}

#[test]
fn values_and_arguments_that_overlap_leave_nothing_of_each_other() {
    let mut diagnosis = with_environment(&[
        ("ONE", "first-common"),
        ("TWO", "common-last"),
        ("URL", "a:serve@b"),
    ]);
    diagnosis.command = ["/app/server", "serve", "x first-common y9z8"]
        .map(str::to_owned)
        .to_vec();
    diagnosis.evidence = evidence("`first-common-last`, `a:serve@b`, `x first-common y9z8`");
    let report = written(&diagnosis);
    assert!(
        report.contains("log: `(value of ONE)`, `(value of URL)`, `…`"),
        "{report}"
    );
}

#[test]
fn a_value_is_found_as_sentences_write_it_and_its_name_is_only_a_word() {
    let mut diagnosis = with_environment(&[("A`*\n<b>", "se`cr\u{1b}et\"")]);
    diagnosis.evidence = evidence("`se\\u{60}cr\\u{1b}et\"`");
    diagnosis.summary = "it says se`cr\u{1b}et\" or `x`".to_owned();
    let report = written(&diagnosis);
    assert!(report.contains("log: `(value of A????b?)`"), "{report}");
    assert!(
        report.contains("`` it says (value of A????b?) or `x` ``"),
        "{report}"
    );
}

#[test]
fn long_numbers_of_the_environment_are_hidden_and_short_ones_are_not() {
    let mut diagnosis = diagnosis();
    diagnosis.environment = [("PIN", "493817"), ("PORT", "49381")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    diagnosis.evidence = evidence("`pin 493817 on port 49381`");
    let report = written(&diagnosis);
    assert!(
        report.contains("log: `pin (value of PIN) on port 49381`"),
        "{report}"
    );
}

#[test]
fn what_hides_nothing_stays_readable() {
    let mut diagnosis = with_environment(&[
        ("PATH", "/app/server"),
        ("HOME", "/root"),
        ("PORT", "8080"),
        ("FLAG", "yes"),
        ("TARGETARCH", "amd64"),
        ("EMPTY", ""),
        ("OWNER", "acme"),
    ]);
    diagnosis.evidence = evidence("`yes, /root listens on 8080`");
    let report = written(&diagnosis);
    assert!(report.contains("`/app/server` is built for amd64 ("), "{report}");
    assert!(report.contains("log: `yes, /root listens on 8080`"), "{report}");
    assert!(report.contains("- Image: `acme/api:2`"), "{report}");
    assert!(!report.contains("value of"), "{report}");
}

#[test]
fn the_environment_is_not_in_the_answer_that_faces_print() {
    let diagnosis = with_environment(&[("TOKEN", "hunter2secret")]);
    let json = serde_json::to_string(&diagnosis).expect("it can be written");
    assert!(
        !json.contains("hunter2secret") && !json.contains("environment"),
        "{json}"
    );
}

#[test]
fn only_a_foreign_image_is_likely_for_want_of_a_start() {
    let start = "only a start shows";
    let mut diagnosis = Diagnosis {
        subject: "image".to_owned(),
        confidence: "likely".to_owned(),
        ..diagnosis()
    };
    assert!(written(&diagnosis).contains("likely: only one of its files says so"));
    diagnosis.cause = Some("wrong-architecture".to_owned());
    assert!(written(&diagnosis).contains(start));
}
