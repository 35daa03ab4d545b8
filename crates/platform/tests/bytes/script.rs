//! First lines of scripts, as the kernel splits them.

use platform::{Format, LineEnding, Refusal, Script};

use super::read;

fn script(bytes: &[u8]) -> Script {
    read(bytes).script().cloned().expect("a first line")
}

/// A file; its interpreter, its argument and how its first line ends.
type Row = (&'static str, &'static str, Option<&'static str>, LineEnding);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("#!/bin/sh\n", "/bin/sh", None, LineEnding::Lf),
    ("#!/bin/sh\necho\r\n", "/bin/sh", None, LineEnding::Lf),
    ("#! /bin/sh\n", "/bin/sh", None, LineEnding::Lf),
    ("#! \t /bin/sh \t \n", "/bin/sh", None, LineEnding::Lf),
    ("#!/bin/sh -e\n", "/bin/sh", Some("-e"), LineEnding::Lf),
    ("#!/bin/sh\t-e\t-u \n", "/bin/sh", Some("-e\t-u"), LineEnding::Lf),
    ("#!/usr/bin/env node\n", "/usr/bin/env", Some("node"), LineEnding::Lf),
    ("#!/usr/bin/env -S node --x  y\n", "/usr/bin/env", Some("-S node --x  y"), LineEnding::Lf),
    ("#!sh\n", "sh", None, LineEnding::Lf),
    ("#!/bin/sh\r\n", "/bin/sh\r", None, LineEnding::CrLf),
    ("#!/bin/sh \r\n", "/bin/sh", Some("\r"), LineEnding::CrLf),
    ("#!/usr/bin/env node\r\n", "/usr/bin/env", Some("node\r"), LineEnding::CrLf),
    ("#!/bin/sh\rexit\r", "/bin/sh\rexit\r", None, LineEnding::None),
    ("#!/bin/sh", "/bin/sh", None, LineEnding::None),
    ("#!/bin/sh -e", "/bin/sh", Some("-e"), LineEnding::None),
    // Without a line feed the kernel does not trim, and hands on an empty argument.
    ("#!/bin/sh -e ", "/bin/sh", Some("-e "), LineEnding::None),
    ("#!/bin/sh ", "/bin/sh", Some(""), LineEnding::None),
    ("#!/bin/sh\0hidden\n", "/bin/sh", None, LineEnding::Lf),
    ("#!", "", None, LineEnding::None),
];

#[test]
fn first_lines_are_split_as_the_kernel_splits_them() {
    for (file, interpreter, argument, line_ending) in ROWS {
        let script = script(file.as_bytes());
        assert_eq!(&script.interpreter, interpreter, "{file:?}");
        assert_eq!(&script.argument.as_deref(), argument, "{file:?}");
        assert_eq!(&script.line_ending, line_ending, "{file:?}");
        assert_eq!(
            (script.refusal, script.byte_order_mark),
            (None, false),
            "{file:?}"
        );
        assert_eq!(read(file.as_bytes()).format, Format::Script);
    }
}

#[test]
fn a_line_without_an_interpreter_is_refused() {
    let blanks = format!("#!{}", " ".repeat(300));
    for file in ["#!\n", "#! \t\n", "#!  \n/bin/sh\n", blanks.as_str()] {
        assert_eq!(
            script(file.as_bytes()).refusal,
            Some(Refusal::NoInterpreter),
            "{file:?}"
        );
    }
}

#[test]
fn a_name_that_the_kernel_would_cut_is_refused() {
    let file = format!("#!/{}\n", "a".repeat(300));
    let long = script(file.as_bytes());
    assert_eq!(long.refusal, Some(Refusal::TooLong));
    assert_eq!(long.first_line.len(), 256);
    let described = read(file.as_bytes()).describe();
    assert!(
        described.ends_with("…, no line ending, too long for the kernel"),
        "{described}"
    );
}

#[test]
fn the_longest_line_that_fits_ends_at_the_256th_byte() {
    let fits = format!("#!/{}\n", "a".repeat(252));
    assert_eq!(fits.len(), 256);
    assert_eq!(script(fits.as_bytes()).interpreter.len(), 253);
    let exceeds = format!("#!/{}\n", "a".repeat(253));
    assert_eq!(script(exceeds.as_bytes()).refusal, Some(Refusal::TooLong));
}

#[test]
fn a_long_argument_is_cut_and_still_runs() {
    let file = format!("#!/bin/sh {}\n", "a".repeat(300));
    let cut = script(file.as_bytes());
    assert_eq!((cut.interpreter.as_str(), cut.refusal), ("/bin/sh", None));
    assert_eq!(cut.argument.map(|argument| argument.len()), Some(255 - 10));
    assert_eq!(cut.line_ending, LineEnding::None);
}

#[test]
fn the_proof_of_windows_line_endings_is_the_carriage_return() {
    let proof = read(b"#!/bin/sh\r\nexit\r\n").proof().expect("a proof");
    assert_eq!((proof.from, proof.to), (9, 10));
    assert_eq!(proof.meaning, r"CR before LF, so the interpreter is `/bin/sh\r`");
    let proof = read(b"#!/usr/bin/env node\r\n").proof().expect("a proof");
    assert_eq!(
        proof.meaning,
        r"CR before LF, so `/usr/bin/env` is given `node\r`"
    );
}

#[test]
fn the_carriage_return_of_a_long_line_is_shown_too() {
    let file = format!("#!/bin/sh {}\r\n", "a".repeat(200));
    let proof = read(file.as_bytes()).proof().expect("a proof");
    assert_eq!(proof.bytes.len(), 64);
    assert_eq!(&proof.bytes[proof.from..], b"\r\n");
}

#[test]
fn the_proof_of_a_sound_script_is_its_interpreter() {
    let proof = read(b"#! /bin/sh -e\n").proof().expect("a proof");
    assert_eq!(&proof.bytes[proof.from..proof.to], b"/bin/sh");
    assert_eq!(proof.meaning, "the interpreter is `/bin/sh`");
}

#[test]
fn a_script_is_described_by_its_first_line() {
    for (file, description) in [
        ("#!/bin/sh\n", "script, #!/bin/sh, LF"),
        (
            "#!/usr/bin/env  -S a b\r\n",
            r"script, #!/usr/bin/env -S a b\r, CR LF",
        ),
        ("#!/bin/sh", "script, #!/bin/sh, no line ending"),
        ("#!\n", "script, #!, LF, names no interpreter"),
        ("#!/bin/\u{1b}[2J\n", r"script, #!/bin/\u{1b}[2J, LF"),
    ] {
        assert_eq!(read(file.as_bytes()).describe(), description);
    }
}
