//! What a scan shows: the files for another platform in a container or an image, and what to do about them.

use serde::Serialize;
use specta::Type;

use super::Problem;

/// The answer of `scan`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Scan {
    /// The container's name, or the image as it was asked for.
    pub subject: String,
    /// `container` or `image`.
    pub kind: String,
    /// The platform that all files were compared with.
    pub platform: String,
    /// One sentence.
    pub summary: String,
    /// Regular files that were looked at.
    #[specta(type = f64)]
    pub files: u64,
    /// Those of them that are programs, libraries or objects, of any system.
    #[specta(type = f64)]
    pub programs: u64,
    /// Programs for machines that are no platforms, such as graphics processors: these are not judged.
    #[specta(type = f64)]
    pub unnamed: u64,
    /// Programs for another platform.
    pub foreign: Vec<ForeignFile>,
    /// How many more there are than are listed.
    #[specta(type = f64)]
    pub left_out: u64,
    /// The packages that they belong to, those with a fix first.
    pub packages: Vec<ForeignPackage>,
    /// What lies over the container's own files, and how far it was read.
    pub mounts: Vec<ScannedMount>,
    /// Why not everything could be read; then the rest of this is what was seen so far.
    pub incomplete: Option<Problem>,
}

/// A file for another platform.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ForeignFile {
    /// Absolute in the container.
    pub path: String,
    /// What it is for; `darwin/unknown` where only the system is known.
    pub platform: String,
    /// `elf`, `mach-o` or `pe`.
    pub format: String,
    /// The name of the package that it belongs to.
    pub package: Option<String>,
    /// Its place in the list of packages.
    pub group: Option<u32>,
    /// Where the mount is on which it lies.
    pub mount: Option<String>,
}

/// A package with files for another platform.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ForeignPackage {
    /// The name that its manager knows; of what is no package, its folder.
    pub package: String,
    /// `npm`, `python`, `gem`, `toolchain` or `firmware`.
    pub kind: String,
    /// The folder in which it is installed.
    pub folder: String,
    /// Files for another platform.
    #[specta(type = f64)]
    pub files: u64,
    /// Programs that are not foreign.
    #[specta(type = f64)]
    pub native: u64,
    /// What the foreign ones are for.
    pub platforms: Vec<String>,
    /// Where the mount is on which it lies.
    pub mount: Option<String>,
    /// What to do, `None` when nothing is amiss.
    pub fix: Option<Fix>,
    /// Why nothing is amiss, where nothing is.
    pub note: Option<String>,
}

/// What to do about a package.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Fix {
    /// `rebuild-modules` or `fix-build`.
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// A command that does it, where one does.
    pub command: Option<String>,
    /// Why it helps here.
    pub why: String,
}

/// A mount, and how far it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ScannedMount {
    /// `bind`, `volume`, `tmpfs` or `other`.
    pub kind: String,
    /// The folder of the engine's machine, or the volume's name; empty for memory.
    pub source: String,
    /// Where it is in the container.
    pub destination: String,
    /// Whether all of it was read.
    pub complete: bool,
    /// Why not.
    pub why: Option<String>,
}
