//! A program in one sentence for people.

use crate::elf::{Class, Elf, Endianness, Kind, Reading, Truncation};
use crate::mach::MachO;
use crate::program::{Detail, Program};
use crate::script::{LineEnding, Refusal, Script};
use crate::text::Text;

/// How much of a name from a file is shown: what a line holds.
const SHOWN: usize = 120;

/// The sentence for this program.
pub(crate) fn describe(program: &Program) -> String {
    match &program.detail {
        Detail::Elf(elf) => describe_elf(elf, program.size),
        Detail::Script(script) => format!("script, {}", first_line(script)),
        Detail::MachO(mach) => describe_mach(mach),
        Detail::Pe(pe) => format!("PE {}", pe.machine_name),
        Detail::Text(text) => describe_text(text),
        Detail::Nothing if program.size == 0 => "empty file".to_owned(),
        Detail::Nothing => "unknown format".to_owned(),
    }
}

/// Bytes of a file that may be printed, also within back-quotes: these and
/// control characters are escaped, and a long name is cut.
pub(crate) fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown: String = characters.by_ref().take(SHOWN).flat_map(escaped).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn escaped(letter: char) -> Vec<char> {
    match letter {
        '`' => letter.escape_unicode().collect(),
        _ => letter.escape_debug().collect(),
    }
}

fn describe_elf(elf: &Elf, size: u64) -> String {
    let width = match elf.class {
        Some(Class::Bits32) => " 32-bit",
        Some(Class::Bits64) => " 64-bit",
        None => "",
    };
    let order = match elf.endianness {
        Some(Endianness::Big) => " big-endian",
        Some(Endianness::Little) | None => "",
    };
    let system = match crate::machine::system(elf.osabi, elf.machine) {
        Some("linux") => "",
        Some("freebsd") => " for FreeBSD",
        Some(_) | None => " for another system",
    };
    let (name, linking) = (elf.machine_name, linking(elf));
    let cut = cut_short(elf.truncation, size);
    format!("ELF{width} {name}{order}{system}{linking}{cut}")
}

fn linking(elf: &Elf) -> String {
    match (&elf.interpreter, elf.kind, elf.reading) {
        (Some(loader), _, _) => format!(", needs {}", shown(loader)),
        (None, Kind::Relocatable, _) => ", object file".to_owned(),
        (None, Kind::Core, _) => ", core dump".to_owned(),
        (None, _, Reading::Part) => String::new(),
        (None, Kind::Shared, _) if elf.is_dynamic => ", library or static".to_owned(),
        (None, _, Reading::Whole) if elf.truncation.is_fatal() => String::new(),
        (None, _, Reading::Whole) => ", static".to_owned(),
    }
}

fn cut_short(truncation: Truncation, size: u64) -> String {
    match truncation {
        Truncation::NotSeen => String::new(),
        Truncation::Header => format!(", cut short within its header at byte {size}"),
        Truncation::ProgramHeaders { ends } | Truncation::Segment { ends } => {
            format!(", cut short at byte {size} of at least {ends}")
        }
        Truncation::Sections { ends } => {
            format!(", without its section headers (byte {size} of {ends})")
        }
    }
}

fn first_line(script: &Script) -> String {
    let ending = match script.line_ending {
        LineEnding::Lf => "LF",
        LineEnding::CrLf => "CR LF",
        LineEnding::None => "no line ending",
    };
    let argument = match script.argument.as_deref() {
        Some(argument) if !argument.is_empty() => format!(" {}", shown(argument)),
        Some(_) | None => String::new(),
    };
    let refusal = match script.refusal {
        Some(Refusal::NoInterpreter) => ", names no interpreter",
        Some(Refusal::TooLong) => ", too long for the kernel",
        None => "",
    };
    let interpreter = shown(&script.interpreter);
    format!("#!{interpreter}{argument}, {ending}{refusal}")
}

fn describe_text(text: &Text) -> String {
    match (&text.script, text.byte_order_mark, text.shebang_at) {
        (Some(script), _, _) => {
            format!("text, byte order mark before {}", first_line(script))
        }
        (None, true, Some(_)) => "text, byte order mark before `#!`".to_owned(),
        (None, false, Some(at)) => format!("text, {at} bytes before `#!`"),
        (None, true, None) => "text, byte order mark, no `#!`".to_owned(),
        (None, false, None) => "text, no `#!`".to_owned(),
    }
}

fn describe_mach(mach: &MachO) -> String {
    let names: Vec<&str> = mach.slices.iter().map(|slice| slice.name).collect();
    let names = names.join(", ");
    match (mach.universal, names.is_empty()) {
        (true, false) => format!("Mach-O universal ({names})"),
        (true, true) => "Mach-O universal".to_owned(),
        (false, false) => format!("Mach-O {names}"),
        (false, true) => "Mach-O".to_owned(),
    }
}
