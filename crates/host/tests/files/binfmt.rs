//! What a Linux kernel has registered.

use std::fs;

use host::{Handler, HostError, Roots, binfmt};
use tempfile::TempDir;

const AARCH64: &str = "enabled\ninterpreter /usr/bin/qemu-aarch64\nflags: OCF\noffset 0\n\
    magic 7f454c460201010000000000000000000200b700\n\
    mask ffffffffffffff00fffffffffffffffffeffffff\n";
const ROSETTA: &str = "enabled\ninterpreter /run/rosetta/rosetta\nflags: OCF\noffset 0\n\
    magic 7f454c4602010100000000000000000002003e00\n\
    mask fffffffffffefe00fffffffffffffffffeffffff\n";

struct Kernel {
    root: TempDir,
}

impl Kernel {
    /// A kernel whose list is mounted and empty.
    fn new() -> Self {
        let kernel = Self {
            root: tempfile::tempdir().unwrap(),
        };
        fs::create_dir_all(kernel.root.path().join("proc/sys/fs/binfmt_misc")).unwrap();
        kernel.entry("register", "").entry("status", "enabled\n")
    }

    fn entry(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let folder = self.root.path().join("proc/sys/fs/binfmt_misc");
        fs::write(folder.join(name), text).unwrap();
        self
    }

    fn handlers(&self) -> Result<Vec<Handler>, HostError> {
        let root = self.root.path().to_path_buf();
        let home = root.join("home/me");
        binfmt(&Roots { root, home })
    }

    fn platform(self, name: &str, text: &str) -> Option<String> {
        let handlers = self.entry(name, text).handlers().unwrap();
        let platform = handlers[0].platform.clone()?;
        Some(platform.to_string())
    }
}

#[test]
fn a_handler_is_read_as_the_kernel_writes_it() {
    let handlers = Kernel::new().entry("qemu-aarch64", AARCH64).handlers().unwrap();
    assert_eq!(handlers.len(), 1);
    let handler = &handlers[0];
    assert_eq!(handler.name, "qemu-aarch64");
    assert_eq!(handler.interpreter, "/usr/bin/qemu-aarch64");
    assert_eq!((handler.flags.as_str(), handler.enabled), ("OCF", true));
    assert_eq!(handler.platform.as_ref().unwrap().to_string(), "linux/arm64");
}

#[test]
fn the_magic_tells_the_platform_whatever_the_name() {
    assert_eq!(Kernel::new().platform("a", AARCH64).unwrap(), "linux/arm64");
    assert_eq!(Kernel::new().platform("b", ROSETTA).unwrap(), "linux/amd64");
    let s390x = "enabled\ninterpreter /q\nflags: \noffset 0\n\
        magic 7f454c4602020100000000000000000000020016\n";
    assert_eq!(
        Kernel::new().platform("qemu-aarch64", s390x).unwrap(),
        "linux/s390x"
    );
}

#[test]
fn the_name_tells_the_platform_where_no_magic_does() {
    let bare = "enabled\ninterpreter /q\nflags: F\n";
    for (name, platform) in [
        ("qemu-aarch64", "linux/arm64"),
        ("qemu-x86_64", "linux/amd64"),
        ("qemu-riscv64", "linux/riscv64"),
        ("rosetta", "linux/amd64"),
    ] {
        assert_eq!(Kernel::new().platform(name, bare).unwrap(), platform);
    }
}

#[test]
fn a_handler_for_something_else_has_no_platform() {
    let python = "enabled\ninterpreter /usr/bin/python3\nflags: \noffset 0\nmagic a70d0d0a\n";
    assert_eq!(Kernel::new().platform("python3.12", python), None);
    let java = "enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n";
    assert_eq!(Kernel::new().platform("jar", java), None);
    let shifted = AARCH64.replace("offset 0", "offset 4");
    assert_eq!(Kernel::new().platform("shifted", &shifted), None);
}

#[test]
fn a_magic_that_is_no_hexadecimal_is_no_platform() {
    for magic in [
        "",
        "7f454c46",
        "7f454c46020101000000000000000000020\u{e9}\u{e9}\u{e9}",
        "zz",
    ] {
        let text = format!("enabled\ninterpreter /q\nflags: \noffset 0\nmagic {magic}\n");
        assert_eq!(Kernel::new().platform("x", &text), None, "{magic}");
    }
}

#[test]
fn one_handler_or_all_of_them_can_be_switched_off() {
    let disabled = AARCH64.replace("enabled", "disabled");
    let one = Kernel::new()
        .entry("qemu-aarch64", disabled)
        .entry("rosetta", ROSETTA);
    let enabled: Vec<_> = one.handlers().unwrap().iter().map(|it| it.enabled).collect();
    assert_eq!(enabled, [false, true]);
    let all = one.entry("status", "disabled\n").handlers().unwrap();
    assert!(all.iter().all(|handler| !handler.enabled));
}

#[test]
fn a_kernel_without_handlers_is_an_empty_list() {
    assert_eq!(Kernel::new().handlers(), Ok(Vec::new()));
}

#[test]
fn a_missing_or_unmounted_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots {
        root: folder.path().into(),
        home: folder.path().into(),
    };
    assert!(matches!(binfmt(&roots), Err(HostError::Missing { .. })));
    fs::create_dir_all(folder.path().join("proc/sys/fs/binfmt_misc")).unwrap();
    assert!(matches!(binfmt(&roots), Err(HostError::Missing { .. })));
}

#[test]
fn a_file_that_is_no_entry_is_an_error() {
    for text in ["", "hello", "enabled\n", "maybe\ninterpreter /q\n"] {
        let kernel = Kernel::new().entry("x", text);
        assert!(
            matches!(kernel.handlers(), Err(HostError::NotAnEntry { .. })),
            "{text}"
        );
    }
    let large = Kernel::new().entry("x", vec![b'x'; 4097]);
    assert!(matches!(
        large.handlers(),
        Err(HostError::TooLarge { limit: 4096, .. })
    ));
}

#[test]
fn more_entries_than_a_kernel_has_are_an_error() {
    let kernel = (0..256).fold(Kernel::new(), |kernel, n| kernel.entry(&format!("e{n}"), AARCH64));
    assert!(matches!(
        kernel.handlers(),
        Err(HostError::TooLarge { limit: 256, .. })
    ));
}
