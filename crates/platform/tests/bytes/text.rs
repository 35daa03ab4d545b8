//! Texts without `#!` at their start, and files that are no text.

use platform::Format;

use super::read;

#[test]
fn a_byte_order_mark_makes_a_script_a_text() {
    let program = read(b"\xef\xbb\xbf#!/bin/sh\r\n");
    assert_eq!(program.format, Format::Text);
    let script = program.script().expect("what stands behind the mark");
    assert!(script.byte_order_mark);
    assert_eq!(script.interpreter, "/bin/sh\r");
    let text = program.text().expect("a text");
    assert_eq!((text.byte_order_mark, text.shebang_at), (true, Some(3)));
    assert_eq!(
        program.describe(),
        r"text, byte order mark before #!/bin/sh\r, CR LF"
    );
    let proof = program.proof().expect("a proof");
    assert_eq!(&proof.bytes[proof.from..proof.to], b"\xef\xbb\xbf");
}

#[test]
fn what_stands_before_a_late_shebang_is_counted() {
    for (file, mark, at) in [
        (&b"\xff\xfe#\0!\0/\0b\0"[..], true, Some(2)),
        (b"\xfe\xff\0#\0!\0/", true, Some(2)),
        (b"\xff\xfes\0h\0", true, None),
        (b"\xfe\xff\0s\0h", true, None),
        (b"\xef\xbb\xbfecho\n", true, None),
        (b"\n#!/bin/sh\n", false, Some(1)),
        (b" \t\r\n#!/bin/sh\n", false, Some(4)),
        (b"# a remark\n#!/bin/sh\n", false, None),
        (b"set -e\n", false, None),
        (b"#", false, None),
    ] {
        let program = read(file);
        let text = program.text().expect("a text");
        assert_eq!((text.byte_order_mark, text.shebang_at), (mark, at), "{file:?}");
        assert_eq!(program.format.as_str(), "text");
        assert!(program.describe().starts_with("text, "));
    }
}

#[test]
fn texts_are_told_from_other_bytes() {
    for (file, format) in [
        (&b"plain\n"[..], Format::Text),
        ("Grüße\n".as_bytes(), Format::Text),
        (b"Gr\xfc\xdfe aus der Ferne\n", Format::Text),
        (b"\x1b[1mbold\x1b[0m\n", Format::Text),
        (b"with a \0 NUL", Format::Other),
        (b"\x1f\x8b\x08\0\0\0\0\0", Format::Other),
        (b"\0asm\x01\0\0\0", Format::Other),
        (b"PK\x03\x04", Format::Other),
        (b"\xde\xad\xbe\xef", Format::Other),
        (b"", Format::Empty),
    ] {
        assert_eq!(read(file).format, format, "{file:?}");
    }
}

#[test]
fn a_character_cut_by_the_sample_is_still_text() {
    let file = format!("a{}", "ä".repeat(1000));
    assert_eq!(read(file.as_bytes()).format, Format::Text);
}

#[test]
fn a_missing_shebang_is_shown_by_the_first_two_bytes() {
    let proof = read(b"echo hello\n").proof().expect("a proof");
    assert_eq!((proof.from, proof.to, proof.meaning.as_str()), (0, 2, "not `#!`"));
    assert_eq!(proof.bytes, b"echo hello\n");
}

#[test]
fn a_file_of_which_nothing_was_read_is_not_empty() {
    let program = platform::read_program(b"", 10);
    assert_eq!((program.format, program.proof()), (Format::Other, None));
    assert_eq!(program.describe(), "unknown format");
    let program = read(b"");
    assert_eq!(
        (program.describe().as_str(), program.proof()),
        ("empty file", None)
    );
}
