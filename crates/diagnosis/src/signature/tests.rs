use std::{collections::BTreeSet, time::Instant};

use super::{table::TABLE, *};

const DOCUMENT: &str = include_str!("../../../../docs/diagnosis.md");

fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(ToOwned::to_owned).collect()
}

fn found_in_log(text: &str) -> Option<&'static str> {
    in_log_where(&lines(text), |_| true).map(|(signature, _)| signature.id)
}

#[test]
fn every_row_is_found_by_its_own_sample_and_no_other_is() {
    for row in TABLE {
        let found = match row.place {
            Place::Log => found_in_log(row.sample),
            Place::Engine => in_engine_words(row.sample).map(|found| found.id),
        };
        assert_eq!(found, Some(row.id), "{}", row.sample);
    }
}

#[test]
fn a_text_means_nothing_at_another_place() {
    for row in TABLE {
        let found = match row.place {
            Place::Log => in_engine_words(row.sample),
            Place::Engine => in_log_where(&lines(row.sample), |_| true).map(|(found, _)| found),
        };
        assert_eq!(found.map(|found| found.id), None, "{}", row.sample);
    }
}

#[test]
fn rows_are_well_formed() {
    let ids: BTreeSet<&str> = TABLE.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), TABLE.len(), "ids are unique");
    for row in TABLE {
        let id = row.id;
        assert!(
            id.split('-').all(|part| !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())),
            "{id} is kebab-case"
        );
        assert!(row.source.starts_with("https://"), "{id}: {}", row.source);
        assert!(length(row) >= 6, "{id}: {:?}", row.pattern);
        assert!(keyed((0, &row)).is_some(), "{id}: no fragment has {KEY} bytes");
        for fragment in row.pattern {
            assert!(!fragment.is_empty(), "{id}");
            assert_eq!(*fragment, fragment.to_ascii_lowercase(), "{id}");
        }
        assert_eq!(row.remedies.is_empty(), !row.has_one_meaning(), "{id}");
        for advice in row.remedies {
            assert!(!advice.title.is_empty() && !advice.why.is_empty(), "{id}");
            assert!(!advice.title.ends_with('.') && !advice.why.ends_with('.'), "{id}");
        }
    }
}

#[test]
fn text_makes_nothing_certain_but_an_engines_refusal() {
    let refusals = [
        Cause::PlatformUnavailable,
        Cause::PortInUse,
        Cause::MountSourceMissing,
    ];
    for row in TABLE {
        assert_ne!(row.cause, Cause::Unknown, "{}", row.id);
        match row.confidence {
            Confidence::Certain => {
                assert_eq!(row.place, Place::Engine, "{}", row.id);
                assert!(refusals.contains(&row.cause), "{}", row.id);
            }
            Confidence::Likely => {}
            Confidence::Nothing => assert_eq!(row.place, Place::Engine, "{}", row.id),
        }
    }
}

#[test]
fn native_builds_come_before_translators_and_these_before_workarounds() {
    for row in TABLE.iter().filter(|row| row.cause == Cause::TranslatorFailure) {
        let rank = |advice: &Advice| match advice.kind {
            RemedyKind::UseNativeBuild | RemedyKind::UseNewerTag => 0,
            RemedyKind::TurnOnTranslation
            | RemedyKind::TurnOffTranslation
            | RemedyKind::InstallTranslator => 1,
            RemedyKind::RerunPlatform
            | RemedyKind::FixLineEndings
            | RemedyKind::FixShebang
            | RemedyKind::InstallInterpreter
            | RemedyKind::InstallLibrary
            | RemedyKind::RebuildModules
            | RemedyKind::FixPermissions
            | RemedyKind::FixCommand
            | RemedyKind::FixBuild
            | RemedyKind::RaiseMemory
            | RemedyKind::FreePort
            | RemedyKind::UpdateRuntime
            | RemedyKind::ReportUpstream => 2,
        };
        let first = row.remedies.first().map(rank);
        assert_eq!(first, Some(0), "{}", row.id);
        let translator = row.remedies.iter().position(|advice| rank(advice) == 1);
        let workaround = row.remedies.iter().position(|advice| rank(advice) == 2);
        if let (Some(translator), Some(workaround)) = (translator, workaround) {
            assert!(translator < workaround, "{}", row.id);
        }
    }
}

/// What programs write every day, and what is nobody's signature.
const ORDINARY: &str = r#"
2026/03/01 10:00:00 [error] 31#31: *1 open() "/usr/share/nginx/html/favicon.ico" failed (2: No such file or directory), client: 172.17.0.1, server: localhost, request: "GET /favicon.ico HTTP/1.1"
2026/03/01 10:00:01 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)
2026/03/01 10:00:02 [warn] 1#1: the "user" directive makes sense only if the master process runs with super-user privileges
nginx: [emerg] host not found in upstream "api:8080" in /etc/nginx/conf.d/default.conf:12
nginx: [emerg] open() "/run/nginx.pid" failed (13: Permission denied)
2026-03-01 10:00:00.000 UTC [1] FATAL:  could not open file "global/pg_control": No such file or directory
2026-03-01 10:00:00.000 UTC [27] LOG:  server process (PID 91) was terminated by signal 9: Killed
2026-03-01 10:00:00.000 UTC [27] LOG:  server process (PID 92) was terminated by signal 11: Segmentation fault
2026-03-01 10:00:00.000 UTC [31] ERROR:  syntax error at or near "selct" at character 1
2026-03-01 10:00:00.000 UTC [31] ERROR:  could not access file "postgis-3": No such file or directory
psql: error: connection to server at "db" (172.18.0.2), port 5432 failed: Connection refused
[ 1234.567890] worker[4242]: segfault at 0 ip 000055d0c0ffee00 sp 00007ffe0badf00d error 4 in worker[55d0c0fe0000+1000]
Error: ENOENT: no such file or directory, open '/app/config.json'
    at Object.openSync (node:fs:601:3)
Error: Cannot find module 'express'
Require stack:
Error: listen EADDRINUSE: address already in use :::3000
TypeError: Cannot read properties of undefined (reading 'map')
npm ERR! code ELIFECYCLE
npm ERR! errno 1
Error: The module '/app/build/x.node' was compiled against a different Node.js version using
Exception in thread "main" java.lang.NullPointerException: Cannot invoke "String.length()" because "s" is null
	at com.acme.Main.main(Main.java:12)
Caused by: java.io.FileNotFoundException: /etc/app.properties (No such file or directory)
Caused by: java.net.BindException: Address already in use
java.lang.UnsatisfiedLinkError: no jawt in java.library.path
java.lang.OutOfMemoryError: Java heap space
# A fatal error has been detected by the Java Runtime Environment:
#  SIGSEGV (0xb) at pc=0x00007f1c2d3e4f50, pid=1, tid=15
	at java.lang.System.registerNatives(Native Method)
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
ModuleNotFoundError: No module named 'requests'
ModuleNotFoundError: No module named 'app.settings'
FileNotFoundError: [Errno 2] No such file or directory: '/data/in.csv'
PermissionError: [Errno 13] Permission denied: '/var/lib/app'
OSError: [Errno 38] Function not implemented
ImportError: cannot import name 'Mapping' from 'collections' (/usr/lib/python3.10/collections/__init__.py)
2026-03-01 10:00:00 W tensorflow/stream_executor: Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file: No such file or directory
sh: can't open '/scripts/run.sh': No such file or directory
/entrypoint.sh: line 7: gosu: command not found
/entrypoint.sh: line 12: syntax error near unexpected token `fi'
/entrypoint.sh: line 3: cd: /srv: No such file or directory
cat: /etc/secret: Permission denied
bash: line 1:    42 Killed                  python train.py
bash: line 1:    43 Segmentation fault      (core dumped) ./worker
Segmentation fault
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a2b3c]
fatal error: all goroutines are asleep - deadlock!
runtime: failed to create new OS thread (have 512 already; errno=11)
thread 'main' panicked at src/main.rs:4:5: called `Result::unwrap()` on an `Err` value: Os { code: 2 }
rosetta: translated 12 strings to German
WARNING: no rosetta error budget configured
plugin manager: exec: "helm": executable file not found in $PATH
exec /app/plugin: exec format error
Redis is starting oO0OoO0OoO0Oo
WARNING Memory overcommit must be enabled! Without it, a background save or replication may fail under low memory condition.
[Note] [MY-010747] [Server] Plugin 'FEDERATED' is disabled.
[InnoDB] Using Linux native AIO
ORA-01017: invalid username/password; logon denied
ORA-03113: end-of-file on communication channel
qemu-img: Could not open '/var/lib/images/a.qcow2': No such file or directory
iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)
"#;

#[test]
fn what_programs_write_every_day_matches_nothing() {
    let count = ORDINARY
        .lines()
        .inspect(|line| assert_eq!(found_in_log(line), None, "{line}"));
    assert!(count.count() > 60);
    assert_eq!(found_in_log(ORDINARY), None);
}

#[test]
fn engines_say_much_that_is_no_signature() {
    for words in [
        "unable to find user nosuch: no matching entries in passwd file",
        "Cannot mkdir: /app is not a directory",
        "No such image: acme/web:1",
        "failed to set up container networking: Address already in use",
        "Ports are not available: exposing port TCP 0.0.0.0:80 -> 0.0.0.0:0: listen tcp 0.0.0.0:80: bind: permission denied",
        r#"Conflict. The container name "/x" is already in use by container "abc". You have to remove (or rename) that container to be able to reuse that name."#,
        "toomanyrequests: You have reached your pull rate limit",
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        "",
    ] {
        let found = in_engine_words(words).map(|found| found.id);
        assert_eq!(found, None, "{words}");
    }
}

#[test]
fn wordings_that_drifted_are_found_too() {
    for (text, id) in [
        (
            "rosetta error: unhandled auxiliary vector type 28",
            "rosetta-auxiliary-vector",
        ),
        (
            "qemu-x86_64: Could not open '/lib/ld-musl-x86_64.so.1': No such file or directory",
            "qemu-missing-loader",
        ),
        (
            "qemu-x86_64-static: Could not open '/lib64/ld-linux-x86-64.so.2': No such file or directory",
            "qemu-missing-loader",
        ),
        (
            "/usr/bin/env: ‘bash\\r’: No such file or directory",
            "env-names-carriage-return",
        ),
        ("bash: ./x: cannot execute binary file", "shell-refuses-binary"),
        (
            "(VMAllocationTracker.cpp:582 remove_shared_mem)",
            "rosetta-shared-memory",
        ),
        (
            "rosetta error: something that nobody has met yet",
            "rosetta-other-error",
        ),
        (
            "ImportError: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /app/x.so)",
            "glibc-too-old",
        ),
        (
            "2026-03-01T10:00:00Z app | Fatal glibc error: CPU does not support x86-64-v3",
            "glibc-needs-newer-processor",
        ),
    ] {
        assert_eq!(found_in_log(text), Some(id), "{text}");
    }
    let old = "image with reference acme/web was found but does not match the specified platform cpu architecture: wanted: arm, actual: amd64";
    assert_eq!(
        in_engine_words(old).map(|found| found.id),
        Some("local-image-is-for-another")
    );
    let mount = r#"container init caused \"rootfs_linux.go:58: mounting \\\"/home/x/a.cfg\\\" to rootfs \\\"/var/lib/docker/overlay2/x/merged\\\" caused \\\"not a directory\\\"\": unknown"#;
    assert_eq!(
        in_engine_words(mount).map(|found| found.id),
        Some("folder-mounted-over-file")
    );
}

#[test]
fn the_last_line_that_matches_wins_and_is_told() {
    let log = lines(
        "rosetta error: bss_size overflow\nqemu: uncaught target signal 11 (Segmentation fault) - core dumped\nrc=139\n",
    );
    let (signature, line) = in_log_where(&log, |_| true).expect("two lines match");
    assert_eq!(signature.id, "qemu-signal-segmentation-fault");
    assert_eq!(line, log[1]);
}

#[test]
fn what_holds_only_for_translated_programs_can_be_left_out() {
    let log = lines("rosetta error: bss_size overflow\nORA-12547: TNS:lost contact");
    let found = |wanted: fn(&Signature) -> bool| in_log_where(&log, wanted).map(|(found, _)| found.id);
    assert_eq!(found(|_| true), Some("oracle-lost-contact"));
    assert_eq!(
        found(|signature| signature.holds == Holds::Anywhere),
        Some("rosetta-bss-overflow")
    );
}

#[test]
fn only_the_end_of_a_log_and_the_beginning_of_a_line_are_looked_at() {
    let sample = "rosetta error: bss_size overflow";
    let mut log = lines(sample);
    log.resize(tail::LINES, String::new());
    assert!(in_log_where(&log, |_| true).is_some());
    log.push(String::new());
    assert!(in_log_where(&log, |_| true).is_none());
    assert_eq!(found_in_log(&format!("{}{sample}", " ".repeat(tail::LINE))), None);
}

#[test]
fn a_log_full_of_junk_takes_no_time() {
    let letters = |length| (0..length).filter_map(|at: u32| char::from_u32(32 + at * (at % 97) % 89));
    let short: Vec<String> = (0..400).map(|_| letters(1300).collect()).collect();
    let nearly = vec!["rosetta errorqemu: uncaught error while loadin".repeat(28); 400];
    let long = vec![letters(512 * 1024).collect::<String>()];
    for log in [short, nearly, long] {
        let start = Instant::now();
        assert!(in_log_where(&log, |_| true).is_none());
        // Without optimisation; with it, some milliseconds.
        assert!(start.elapsed().as_millis() < 2000, "{:?}", start.elapsed());
    }
}

#[test]
fn every_signature_is_in_the_document() {
    let section = DOCUMENT
        .split("\n## ")
        .find_map(|section| section.strip_prefix("Signatures\n"))
        .expect("the document has a heading `## Signatures`");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), TABLE.len(), "no row is without its signature");
    for row in TABLE {
        let place = match (row.place, row.holds) {
            (Place::Log, Holds::Anywhere) => "log",
            (Place::Log, Holds::WhereTranslated) => "log, translated",
            (Place::Log, Holds::WhereSignalled) => "log, signalled",
            (Place::Engine, _) if !row.has_one_meaning() => "engine, bytes decide",
            (Place::Engine, _) => "engine",
        };
        let begin = format!("| `{}` | {place} | `{}` | [", row.id, row.cause.as_str());
        let end = format!("]({}) |", row.source);
        let listed = rows
            .iter()
            .any(|line| line.starts_with(&begin) && line.ends_with(&end));
        assert!(listed, "{begin}…{end}");
    }
}
