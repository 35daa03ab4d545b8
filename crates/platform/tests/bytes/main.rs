//! Programs by their bytes: real ones, made ones and hostile ones.

mod build;
mod elf;
mod hostile;
mod mach_and_pe;
mod real;
mod script;
mod text;

use platform::{Program, read_program};

/// Reads a file that is passed whole.
fn read(bytes: &[u8]) -> Program {
    read_program(bytes, bytes.len() as u64)
}

/// The name of the platform that the bytes say.
fn platform_of(program: &Program) -> Option<String> {
    program.platform.as_ref().map(ToString::to_string)
}
