//! One builder for the facts of a container.

use diagnosis::{Ending, Facts, Hints, Known, State};
use platform::{Asides, File, Link, Platform, Role, Target, Via, read_program};

/// An engine, the architecture that is foreign to it, and the exit code of its runtime when an exec fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    pub(crate) home: &'static str,
    pub(crate) away: &'static str,
    pub(crate) refusal: i64,
}

/// Both directions, each with runc of before 1.2 (1) and after (255).
pub(crate) fn worlds() -> Vec<World> {
    let directions = [("amd64", "arm64"), ("arm64", "amd64")];
    let world = |(home, away)| [1, 255].map(|refusal| World { home, away, refusal });
    directions.into_iter().flat_map(world).collect()
}

pub(crate) struct Container {
    pub(crate) facts: Facts,
    refusal: i64,
}

impl World {
    /// A container of a native image that ended without an error.
    pub(crate) fn container(&self, chain: impl IntoIterator<Item = Link>) -> Container {
        let home = Platform::linux(self.home);
        let facts = Facts {
            container: "worker-1".to_owned(),
            image: "acme/worker:1".to_owned(),
            engine: home.clone(),
            claimed: Known::Known(home),
            program: String::new(),
            ending: Ending {
                state: State::Ended,
                ..Ending::default()
            },
            chain: Known::Known(chain.into_iter().collect()),
            unfollowed: Vec::new(),
            asides: Asides::default(),
            witness: None,
            health: None,
            log: Known::Known(Vec::new()),
            stop_requested: Known::Known(false),
            user: String::new(),
            missing_source: None,
            // What is arm64 here stands for a Mac.
            hints: Hints {
                may_have_rosetta: self.home == "arm64",
                ..Hints::default()
            },
        };
        Container {
            facts,
            refusal: self.refusal,
        }
    }
}

impl Container {
    pub(crate) fn labelled(mut self, platform: &str) -> Self {
        self.facts.claimed = Known::Known(platform.parse().expect("rows name platforms"));
        self
    }

    pub(crate) fn of(mut self, program: &str) -> Self {
        program.clone_into(&mut self.facts.program);
        self
    }

    pub(crate) fn without_label(mut self) -> Self {
        self.facts.claimed = Known::Unknown("the engine does not say it".to_owned());
        self
    }

    pub(crate) fn engine(mut self, platform: &str) -> Self {
        self.facts.engine = platform.parse().expect("rows name platforms");
        self
    }

    /// Its shells' texts name this code.
    pub(crate) fn exits(mut self, code: i64) -> Self {
        self.facts.asides.exits.push(code);
        self
    }

    pub(crate) fn exited(mut self, code: i64) -> Self {
        self.facts.ending.exit_code = code;
        self
    }

    pub(crate) fn log(mut self, text: &str) -> Self {
        self.facts.log = Known::Known(text.lines().map(str::to_owned).collect());
        self
    }

    /// The runtime wrote `line` last, and ended as its version does.
    pub(crate) fn refused(self, line: &str) -> Self {
        let code = self.refusal;
        self.log(line).exited(code)
    }

    pub(crate) fn log_unreadable(mut self) -> Self {
        self.facts.log = Known::Unknown("its logging driver keeps nothing".to_owned());
        self
    }

    pub(crate) fn chain_unreadable(mut self) -> Self {
        self.facts.chain = Known::Unknown("the engine did not answer in time".to_owned());
        self
    }

    /// The start failed: the container stays created.
    pub(crate) fn failed(self, code: i64, error: &str) -> Self {
        self.error(error).exited(code).state(State::Created)
    }

    pub(crate) fn error(mut self, error: &str) -> Self {
        error.clone_into(&mut self.facts.ending.error);
        self
    }

    pub(crate) fn state(mut self, state: State) -> Self {
        self.facts.ending.state = state;
        self
    }

    pub(crate) fn out_of_memory(mut self) -> Self {
        self.facts.ending.out_of_memory = true;
        self
    }

    pub(crate) fn stop_requested(mut self, asked: Known<bool>) -> Self {
        self.facts.stop_requested = asked;
        self
    }
}

/// What the engine says when it does not remember its events.
pub(crate) fn forgotten() -> Known<bool> {
    Known::Unknown("the engine no longer remembers".to_owned())
}

pub(crate) fn link(role: Role, path: &str, target: Target) -> Link {
    let resolved = (target != Target::Missing).then(|| path.to_owned());
    Link {
        role,
        via: Via::Kernel,
        path: path.to_owned(),
        resolved,
        target,
        mount: None,
        asked_in: None,
    }
}

pub(crate) fn file(role: Role, path: &str, bytes: &[u8]) -> Link {
    let program = read_program(bytes, bytes.len() as u64);
    let file = File {
        program,
        executable: true,
        readable: true,
        barred_by: None,
    };
    link(role, path, Target::File(Box::new(file)))
}

/// `link` without the permission to be executed.
pub(crate) fn not_executable(link: Link) -> Link {
    changed(link, |file| file.executable = false)
}

/// `link` without the permission to be read.
pub(crate) fn not_readable(link: Link) -> Link {
    changed(link, |file| file.readable = false)
}

fn changed(mut link: Link, change: impl FnOnce(&mut File)) -> Link {
    let Target::File(file) = &mut link.target else {
        panic!("only files have permissions");
    };
    change(file);
    link
}

pub(crate) fn missing(role: Role, path: &str) -> Link {
    link(role, path, Target::Missing)
}

/// What `env` is to find, and is not there.
pub(crate) fn missing_for_env(name: &str) -> Link {
    Link {
        via: Via::Env,
        ..missing(Role::Interpreter, name)
    }
}

/// The same, as a shell starts it.
pub(crate) fn by_shell(link: Link) -> Link {
    Link {
        via: Via::Shell,
        ..link
    }
}

/// A module that the log names.
pub(crate) fn named_module(path: &str, architecture: &str) -> Link {
    Link {
        via: Via::Words,
        ..file(Role::Module, path, &elf(architecture, None))
    }
}

/// A static program.
pub(crate) fn program(path: &str, architecture: &str) -> Link {
    file(Role::Program, path, &elf(architecture, None))
}

/// A program that names a loader.
pub(crate) fn dynamic(path: &str, architecture: &str) -> Link {
    file(Role::Program, path, &elf(architecture, Some(LOADER)))
}

pub(crate) fn interpreter(path: &str, architecture: &str) -> Link {
    file(Role::Interpreter, path, &elf(architecture, None))
}

pub(crate) fn loader(architecture: &str) -> Link {
    file(Role::Loader, LOADER, &elf(architecture, None))
}

pub(crate) fn missing_loader() -> Link {
    missing(Role::Loader, LOADER)
}

pub(crate) fn script(text: &str) -> Link {
    file(Role::Script, SCRIPT, text.as_bytes())
}

pub(crate) fn not_a_script(bytes: &[u8]) -> Link {
    file(Role::Command, SCRIPT, bytes)
}

pub(crate) const SCRIPT: &str = "/app/start.sh";
pub(crate) const LOADER: &str = "/lib/ld-linux.so";

/// The smallest ELF file for `architecture`, with a `PT_INTERP` when there is a loader.
pub(crate) fn elf(architecture: &str, loader: Option<&str>) -> Vec<u8> {
    let (machine, bits, flags): (u16, u8, u32) = match architecture {
        "amd64" => (62, 64, 0),
        "arm64" => (183, 64, 0),
        "riscv64" => (243, 64, 0),
        "386" => (3, 32, 0),
        "arm/v7" => (40, 32, 0x0500_0400),
        "arm/v5" => (40, 32, 0x0500_0200),
        "x32" => (62, 32, 0),
        other => panic!("no such architecture here: {other}"),
    };
    if bits == 32 {
        elf_32(machine, flags)
    } else {
        elf_64(machine, loader)
    }
}

fn elf_32(machine: u16, flags: u32) -> Vec<u8> {
    let mut bytes = header(machine, 1);
    bytes.extend([0; 12]);
    bytes.extend(flags.to_le_bytes());
    bytes.extend(52_u16.to_le_bytes());
    bytes.resize(52, 0);
    bytes
}

fn elf_64(machine: u16, loader: Option<&str>) -> Vec<u8> {
    let mut bytes = header(machine, 2);
    let count = u16::from(loader.is_some());
    let offset = u64::from(count) * 64;
    for number in [0, offset, 0] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(0_u32.to_le_bytes());
    for number in [64, 56, count, 0, 0, 0] {
        bytes.extend(number.to_le_bytes());
    }
    if let Some(loader) = loader {
        let length = loader.len() as u64 + 1;
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend(4_u32.to_le_bytes());
        for number in [120, 0, 0, length, length, 1] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(loader.as_bytes());
        bytes.push(0);
    }
    bytes
}

/// Up to and with `e_version`.
fn header(machine: u16, class: u8) -> Vec<u8> {
    let mut bytes = vec![0x7f, b'E', b'L', b'F', class, 1, 1];
    bytes.resize(16, 0);
    bytes.extend(2_u16.to_le_bytes());
    bytes.extend(machine.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes
}

/// A Mach-O file of Apple's processors.
pub(crate) const MACH_O: [u8; 32] = {
    let mut bytes = [0; 32];
    let head = [0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1, 0, 0, 0, 0, 2];
    let mut at = 0;
    while at < head.len() {
        bytes[at] = head[at];
        at += 1;
    }
    bytes
};

/// A PE file for x86-64.
pub(crate) fn pe() -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(60, 0);
    bytes.extend(64_u32.to_le_bytes());
    bytes.extend(b"PE\0\0");
    bytes.extend(0x8664_u16.to_le_bytes());
    bytes.resize(512, 0);
    bytes
}
