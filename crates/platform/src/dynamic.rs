//! What a dynamic ELF file asks its loader for.

use goblin::elf::dynamic::{DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_STRTAB, Dynamic as Section};
use goblin::elf::program_header::{PT_DYNAMIC, PT_LOAD, ProgramHeader};

use crate::elf;

/// Libraries that one file names, at the most: the largest programs of distributions name about two hundred.
const LIBRARIES: usize = 512;

/// The longest name: what is longer than a path is none.
const NAME: usize = 4096;

/// What a file needs of its loader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dynamic {
    /// The libraries that it needs, in its order (`DT_NEEDED`).
    pub needed: Vec<String>,
    /// Folders to look in before anything else (`DT_RPATH`), which hold for what its libraries need as well.
    pub rpath: Vec<String>,
    /// Folders to look in for what this file needs (`DT_RUNPATH`); where they are, `rpath` does not count.
    pub runpath: Vec<String>,
}

/// Reads what an ELF file that begins with `prefix` needs. An empty answer for one that is static; `None` when that part
/// of the file lies beyond the prefix, or makes no sense.
///
/// ```
/// assert_eq!(platform::read_dynamic(b"#!/bin/sh\n"), None);
/// ```
pub fn read_dynamic(prefix: &[u8]) -> Option<Dynamic> {
    let (segments, context) = elf::segments(prefix)?;
    if !segments.iter().any(|segment| segment.p_type == PT_DYNAMIC) {
        return Some(Dynamic::default());
    }
    let section = Section::parse(prefix, &segments, context).ok()??;
    let value = |tag: u64| section.dyns.iter().find(|entry| entry.d_tag == tag);
    let table = offset(&segments, value(DT_STRTAB)?.d_val)?;
    let text = |at: u64| text(prefix, table.checked_add(at)?);
    let named = |tag: u64| section.dyns.iter().filter(move |entry| entry.d_tag == tag);
    let folders = |tag: u64| -> Option<Vec<String>> {
        let lists: Option<Vec<String>> = named(tag).take(1).map(|entry| text(entry.d_val)).collect();
        let folders = lists?.into_iter().flat_map(|list| split(&list)).collect();
        Some(folders)
    };
    Some(Dynamic {
        needed: named(DT_NEEDED)
            .take(LIBRARIES)
            .map(|entry| text(entry.d_val))
            .collect::<Option<_>>()?,
        rpath: folders(DT_RPATH)?,
        runpath: folders(DT_RUNPATH)?,
    })
}

fn split(list: &str) -> Vec<String> {
    list.split(':')
        .filter(|folder| !folder.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Where in the file stands what is loaded to `address`.
fn offset(segments: &[ProgramHeader], address: u64) -> Option<u64> {
    let within = |segment: &&ProgramHeader| {
        let end = segment.p_vaddr.checked_add(segment.p_filesz);
        segment.p_type == PT_LOAD && segment.p_vaddr <= address && end.is_some_and(|end| address < end)
    };
    let segment = segments.iter().find(within)?;
    segment.p_offset.checked_add(address - segment.p_vaddr)
}

/// The name that begins at `at`, decoded with loss; `None` when it is not whole within `bytes`.
fn text(bytes: &[u8], at: u64) -> Option<String> {
    let rest = bytes.get(usize::try_from(at).ok()?..)?;
    let end = rest.iter().take(NAME).position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test program itself: a real dynamic one, whatever this machine is.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_real_program_names_its_c_library() {
        let path = std::env::current_exe().expect("a test has a path");
        let bytes = std::fs::read(path).expect("it can be read");
        let dynamic = read_dynamic(&bytes).expect("it is whole");
        assert!(
            dynamic.needed.iter().any(|name| name.starts_with("libc.")),
            "{dynamic:?}"
        );
        // With only its beginning, its needs are not known; that is not the same as none.
        assert_eq!(read_dynamic(&bytes[..4096]), None);
    }

    #[test]
    fn what_is_no_elf_file_or_is_cut_off_needs_nothing_that_is_known() {
        for bytes in [&b""[..], b"\x7fELF", b"\x7fELF\x02\x01\x01", &[0x7f; 64]] {
            assert_eq!(read_dynamic(bytes), None);
        }
    }
}
