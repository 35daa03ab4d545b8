//! Why a container ended: what was started, what shows the cause, and what to do about it.

use serde::Serialize;
use specta::Type;

/// One link of what the kernel tried to start.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Link {
    /// `command`, `script`, `interpreter`, `loader`, `program` or `module`.
    pub role: String,
    /// Who asks for it: `kernel`, `env`, `launcher`, `shell`, `loader`, or `words` when only a log names it.
    pub via: String,
    /// As it was asked for.
    pub path: String,
    /// Where that led, after `PATH` and symbolic links.
    pub resolved: Option<String>,
    /// `elf`, `script`, `mach-o`, `pe`, `text`, `empty`, `directory`, `missing` or `other`.
    pub format: String,
    /// The file's size in bytes, where it is a file.
    #[specta(type = Option<f64>)]
    pub size: Option<u64>,
    /// The platform that its bytes say.
    pub platform: Option<String>,
    /// Whether it is to blame.
    pub verdict: LinkVerdict,
    /// What is wrong with this link, `None` when it is not to blame.
    pub fault: Option<String>,
    /// One line on what it is.
    pub detail: String,
    /// Its first bytes, where they prove something.
    pub proof: Option<Proof>,
    /// The mount on which it lies, when it is not of the image.
    pub mount: Option<Mount>,
}

/// Whether a link is to blame for what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum LinkVerdict {
    /// It is as it should be, or did no harm.
    Fine,
    /// It is to blame.
    Wrong,
    /// It is not there, and what names it is to blame.
    Absent,
    /// It could not be read.
    Unknown,
}

/// What lies over a part of the image's own files.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Mount {
    /// `bind`, `volume`, `tmpfs` or `other`.
    pub kind: String,
    /// The folder of the engine's machine, or the volume's name; empty for memory.
    pub source: String,
    /// Where it is in the container.
    pub destination: String,
}

/// Bytes that prove a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Proof {
    /// The bytes in hexadecimal, two digits each, separated by spaces.
    pub hex: String,
    /// The first byte of the field that decides, counted from 0.
    pub from: u32,
    /// The byte after that field.
    pub to: u32,
    /// What that field says, for example `e_machine = 0xb7, aarch64`.
    pub meaning: String,
}

/// Something that shows the cause.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Evidence {
    /// `bytes`, `log`, `engine`, `label` or `missing`.
    pub kind: String,
    /// In words; text from outside is quoted as it is.
    pub text: String,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Remedy {
    /// One of the contract's remedies.
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// A command that does it, where one does.
    pub command: Option<String>,
    /// Why it helps here.
    pub why: String,
    /// The platform that it is about, for a re-run.
    pub platform: Option<String>,
}

/// What an image says that it is for, and what its program is for.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ClaimedActual {
    /// The image's label.
    pub claimed: Option<String>,
    /// What the bytes of the program say.
    pub actual: Option<String>,
}

/// Why a container ended, or what keeps an image from starting: the answer of `diagnose`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Diagnosis {
    /// `container` or `image`.
    pub subject: String,
    /// The container's name; of an image that never ran, the image as it was asked for.
    pub container: String,
    /// Its image as it was asked for.
    pub image: String,
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// Label and truth.
    pub platform: ClaimedActual,
    /// One of the contract's causes; `None` for an image in which nothing was found.
    pub cause: Option<String>,
    /// `certain` when bytes or the engine show it, `likely` when only words tell, `none` when it is not known.
    pub confidence: String,
    /// One sentence.
    pub summary: String,
    /// The command as it is configured: the program, then its arguments, which may hold secrets.
    pub command: Vec<String>,
    /// What the kernel tried to start, in its order.
    pub chain: Vec<Link>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// What can be done, best first.
    pub remedies: Vec<Remedy>,
    /// The names and values of the environment: never shown, and known here only so that a report can leave them out.
    #[serde(skip)]
    pub environment: Vec<(String, String)>,
}
