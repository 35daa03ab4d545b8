//! The bytes that decide, so that people can see them for themselves.

use crate::describe::shown;
use crate::elf::{Class, Elf};
use crate::mach::MachO;
use crate::pe::Pe;
use crate::program::{Detail, Program};
use crate::script::{LineEnding, Refusal, Script};
use crate::text::Text;

/// How many bytes are shown: four lines of sixteen.
const SHOWN: usize = 64;

/// Some bytes of a file, those among them that decide, and what they mean.
/// `from <= to <= bytes.len()` always holds, and there are at most 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The bytes around: an ELF file's first 20, a script's first line.
    pub bytes: Vec<u8>,
    /// Where the deciding bytes begin, within `bytes`.
    pub from: usize,
    /// Where they end.
    pub to: usize,
    /// What they mean: `e_machine = 0xb7, aarch64`.
    pub meaning: String,
}

/// The proof of what a program is.
pub(crate) fn of(program: &Program) -> Option<Proof> {
    match &program.detail {
        Detail::Elf(elf) => of_elf(elf),
        Detail::Script(script) => Some(of_script(script)),
        Detail::Text(text) => Some(of_text(text)),
        Detail::MachO(mach) => of_mach(mach),
        Detail::Pe(pe) => of_pe(pe),
        Detail::Nothing => None,
    }
}

fn of_elf(elf: &Elf) -> Option<Proof> {
    if elf.header.len() < 20 {
        return None;
    }
    let foreign_system = crate::machine::system(elf.osabi, elf.machine) != Some("linux");
    let (from, to, meaning) = match elf.class {
        None => (4, 6, "EI_CLASS, EI_DATA = none that exists".to_owned()),
        Some(_) if foreign_system => (7, 8, format!("EI_OSABI = {}, not Linux", elf.osabi)),
        Some(class) => (18, 20, machine_meaning(elf, class)),
    };
    Some(proof(&elf.header, from, to, meaning))
}

fn machine_meaning(elf: &Elf, class: Class) -> String {
    let bits = match class {
        Class::Bits32 => ", 32-bit",
        Class::Bits64 => "",
    };
    format!("e_machine = {:#x}, {}{bits}", elf.machine, elf.machine_name)
}

fn of_script(script: &Script) -> Proof {
    let line = &script.first_line;
    if script.line_ending == LineEnding::CrLf {
        // What decides stands at the line's end, so a long line is shown from there.
        let start = line.len().saturating_sub(SHOWN);
        let end = line.len() - start;
        let meaning = carriage_return_meaning(script);
        return proof(&line[start..], end - 2, end - 1, meaning);
    }
    let blanks = line.iter().skip(2).take_while(|byte| is_blank(**byte));
    let from = 2 + blanks.count();
    let name = line.iter().skip(from);
    let length = name.take_while(|byte| !is_end(**byte)).count();
    let meaning = match script.refusal {
        Some(Refusal::NoInterpreter) => "`#!` names no interpreter".to_owned(),
        Some(Refusal::TooLong) => "the interpreter's name is too long".to_owned(),
        None => format!("the interpreter is `{}`", shown(&script.interpreter)),
    };
    proof(line, from, from + length, meaning)
}

fn carriage_return_meaning(script: &Script) -> String {
    let interpreter = shown(&script.interpreter);
    match &script.argument {
        Some(argument) => format!("CR before LF, so `{interpreter}` is given `{}`", shown(argument)),
        None => format!("CR before LF, so the interpreter is `{interpreter}`"),
    }
}

fn of_text(text: &Text) -> Proof {
    let (to, meaning) = match (text.shebang_at, text.byte_order_mark) {
        (Some(at), true) => (at, "a byte order mark before `#!`"),
        (Some(at), false) => (at, "`#!` is not at the start"),
        (None, _) => (2, "not `#!`"),
    };
    proof(&text.first_line, 0, to, meaning.to_owned())
}

fn of_mach(mach: &MachO) -> Option<Proof> {
    let slice = mach.slices.first()?;
    let from = if mach.universal { 8 } else { 4 };
    let meaning = format!("cputype = {:#x}, {}", slice.machine, slice.name);
    Some(proof(&mach.header, from, from + 4, meaning))
}

fn of_pe(pe: &Pe) -> Option<Proof> {
    let meaning = format!("Machine = {:#x}, {}", pe.machine?, pe.machine_name);
    Some(proof(&pe.header, 4, 6, meaning))
}

/// Cuts the bytes to what is shown, and the range to the bytes.
fn proof(bytes: &[u8], from: usize, to: usize, meaning: String) -> Proof {
    let bytes = bytes[..bytes.len().min(SHOWN)].to_vec();
    let to = to.min(bytes.len());
    Proof {
        from: from.min(to),
        to,
        bytes,
        meaning,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_end(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'\n' | 0)
}
