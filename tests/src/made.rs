//! Programs that no package has: made byte by byte, or linked by the machine's own C compiler.

use std::{fs, path::Path, process::Command};

use crate::NATIVE;

/// What a program of [`tiny`] does first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An instruction that no processor has.
    Illegal,
    /// A read of the address 0.
    Segfault,
}

/// Where a file of another system's format is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is to be executed.
    Program,
    /// A program is to load it.
    Module,
}

/// A static Linux program for `amd64` or `arm64` of little more than a header.
///
/// # Panics
/// For another architecture.
pub fn tiny(architecture: &str, deed: Deed) -> Vec<u8> {
    let (machine, code): (u16, &[u8]) = match (architecture, deed) {
        ("amd64", Deed::Illegal) => (62, &[0x0f, 0x0b]),
        ("amd64", Deed::Segfault) => (62, &[0x31, 0xc0, 0x8b, 0x00]),
        ("arm64", Deed::Illegal) => (183, &[0, 0, 0, 0]),
        ("arm64", Deed::Segfault) => (183, &[0x00, 0x00, 0x80, 0xd2, 0x00, 0x00, 0x40, 0xf9]),
        _ => panic!("there is no tiny program for {architecture}"),
    };
    let (base, headers) = (0x40_0000_u64, 120_u64);
    let size = headers + code.len() as u64;
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0".to_vec();
    elf.extend(machine.to_le_bytes());
    elf.extend(1_u32.to_le_bytes());
    elf.extend([base + headers, 64, 0].map(u64::to_le_bytes).concat());
    elf.extend(0_u32.to_le_bytes());
    elf.extend([64_u16, 56, 1, 64, 0, 0].map(u16::to_le_bytes).concat());
    elf.extend([1_u32, 5].map(u32::to_le_bytes).concat());
    elf.extend([0, base, base, size, size, 0x1000].map(u64::to_le_bytes).concat());
    elf.extend(code);
    elf
}

/// A file of macOS for Apple Silicon: a header and no commands.
pub fn mach_o(used_as: Use) -> Vec<u8> {
    let kind = match used_as {
        Use::Program => 2,
        Use::Module => 8,
    };
    let mut file = [0xfeed_facf_u32, 0x0100_000c, 0, kind, 0, 0, 0x85, 0]
        .map(u32::to_le_bytes)
        .concat();
    file.resize(4096, 0);
    file
}

/// A program of Windows for 64-bit ARM: both headers and no sections.
pub fn portable_executable() -> Vec<u8> {
    let mut file = vec![0; 4096];
    file[..2].copy_from_slice(b"MZ");
    file[0x3c] = 0x80;
    file[0x80..0x84].copy_from_slice(b"PE\0\0");
    file[0x84..0x86].copy_from_slice(&0xaa64_u16.to_le_bytes());
    // The size of the optional header, its flags, and its own magic number.
    file[0x94..0x96].copy_from_slice(&240_u16.to_le_bytes());
    file[0x96..0x98].copy_from_slice(&0x22_u16.to_le_bytes());
    file[0x98..0x9a].copy_from_slice(&0x20b_u16.to_le_bytes());
    file
}

/// How a native file is linked: what its loader reads of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Linked<'a> {
    /// The loader of a program; none for a shared library.
    pub loader: Option<&'a str>,
    /// The libraries that it needs. They are made up while linking: nothing of them is in the file but the names.
    pub needed: &'a [&'a str],
    /// Where it looks for them first, as in `$ORIGIN/lib`.
    pub run_path: Option<&'a str>,
}

/// A native program that ends with 0 once it is loaded, or a native shared library with nothing in it.
///
/// # Panics
/// When there is no compiler, or it refuses.
pub fn linked(how: Linked) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let folder = folder.path();
    for library in how.needed {
        let name = format!("-Wl,-soname,{library}");
        compile(folder, "", &["-shared", &name, "-o", library]);
    }
    let kind = match how.loader {
        Some(loader) => vec!["-pie".to_owned(), format!("-Wl,--dynamic-linker={loader}")],
        None => vec!["-shared".to_owned()],
    };
    let run_path = how.run_path.map(|path| format!("-Wl,-rpath,{path}"));
    let options: Vec<&str> = kind.iter().chain(&run_path).map(String::as_str).collect();
    let options = [&options[..], &["-Wl,--no-as-needed"], how.needed, &["-o", "out"]].concat();
    compile(folder, exit_at_once(how.loader), &options);
    read_out(folder)
}

/// A program for glibc's `loader` that needs version `MADE_2` of `libmade.so.1`, and that library with only `MADE_1`.
///
/// # Panics
/// When there is no compiler, or it refuses.
pub fn needs_newer_library(loader: &str) -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let folder = folder.path();
    let library = |source: &str, versions: &str| {
        fs::write(folder.join("versions"), versions).expect("it can be written");
        let options = [
            "-shared",
            "-Wl,-soname,libmade.so.1",
            "-Wl,--version-script=versions",
        ];
        compile(folder, source, &[&options[..], &["-o", "libmade.so.1"]].concat());
        fs::read(folder.join("libmade.so.1")).expect("it was made")
    };
    let old = library("int first(void) { return 0; }", "MADE_1 { first; };");
    library(
        "int first(void) { return 0; } int second(void) { return 0; }",
        "MADE_1 { first; }; MADE_2 { second; };",
    );
    let dynamic_linker = format!("-Wl,--dynamic-linker={loader}");
    let source = "int second(void); void _start(void) { second(); for (;;) {} }";
    compile(
        folder,
        source,
        &["-pie", &dynamic_linker, "libmade.so.1", "-o", "out"],
    );
    (read_out(folder), old)
}

fn exit_at_once(loader: Option<&str>) -> &'static str {
    match (loader, NATIVE) {
        (None, _) => "",
        (Some(_), "arm64") => r#"__asm__(".globl _start\n_start: mov x8, #93\nmov x0, #0\nsvc #0");"#,
        (Some(_), _) => r#"__asm__(".globl _start\n_start: mov $60, %eax\nxor %edi, %edi\nsyscall");"#,
    }
}

fn compile(folder: &Path, source: &str, options: &[&str]) {
    fs::write(folder.join("source.c"), source).expect("the temporary folder can be written");
    let output = Command::new("cc")
        .current_dir(folder)
        .args(["-nostdlib", "-fPIC", "-fno-stack-protector", "source.c"])
        .args(options)
        .output()
        .expect("a C compiler is there: Rust links with it");
    assert!(output.status.success(), "cc {options:?}: {output:?}");
}

fn read_out(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("out")).expect("the compiler made it")
}
