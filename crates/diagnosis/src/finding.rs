//! What a diagnosis says.

use platform::{Link, Platform};

use crate::faults::Fault;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// The word that faces use.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// Why a container ended: a closed list.
    Cause {
        /// The image is for another architecture, its program agrees, and nothing here translates it.
        WrongArchitecture = "wrong-architecture",
        /// The label says one platform; the program and the rest of the chain are for another.
        MislabelledImage = "mislabelled-image",
        /// The image is what it says, but one program in the chain is for another architecture.
        ForeignBinary = "foreign-binary",
        /// The program is for macOS or Windows.
        NotLinuxBinary = "not-linux-binary",
        /// The script's first line ends in CR LF.
        CrlfLineEndings = "crlf-line-endings",
        /// Bytes stand before `#!`.
        ByteOrderMark = "byte-order-mark",
        /// A text without `#!` was executed.
        MissingShebang = "missing-shebang",
        /// What `#!` names is not in the image.
        MissingInterpreter = "missing-interpreter",
        /// The program's loader is not in the image.
        MissingLoader = "missing-loader",
        /// A shared library is not in the image.
        MissingLibrary = "missing-library",
        /// A module for another architecture was loaded.
        ForeignModule = "foreign-module",
        /// The file has no bytes.
        EmptyProgram = "empty-program",
        /// The file ends before what its headers say.
        TruncatedProgram = "truncated-program",
        /// Nobody may execute it.
        NotExecutable = "not-executable",
        /// It is a folder.
        IsADirectory = "is-a-directory",
        /// It is not there.
        CommandNotFound = "command-not-found",
        /// It lies where execution is forbidden.
        NoexecMount = "noexec-mount",
        /// The processor, or what stands for it, lacks an instruction.
        IllegalInstruction = "illegal-instruction",
        /// The translator itself failed.
        TranslatorFailure = "translator-failure",
        /// The engine has no such platform.
        PlatformUnavailable = "platform-unavailable",
        /// The kernel ended it for want of memory.
        OutOfMemory = "out-of-memory",
        /// A port was taken.
        PortInUse = "port-in-use",
        /// A folder to be mounted is not there.
        MountSourceMissing = "mount-source-missing",
        /// Somebody asked for it.
        Stopped = "stopped",
        /// The program ran and chose its exit code.
        ApplicationExit = "application-exit",
        /// Not enough could be read.
        Unknown = "unknown",
    }
}

words! {
    /// What can be done: a closed list.
    RemedyKind {
        /// Run it again for another platform.
        RerunPlatform = "rerun-platform",
        /// Use the build for this engine's own platform.
        UseNativeBuild = "use-native-build",
        /// Use a newer tag.
        UseNewerTag = "use-newer-tag",
        /// Turn a translator on.
        TurnOnTranslation = "turn-on-translation",
        /// Turn it off.
        TurnOffTranslation = "turn-off-translation",
        /// Install one.
        InstallTranslator = "install-translator",
        /// Save the script with LF.
        FixLineEndings = "fix-line-endings",
        /// Write a right first line.
        FixShebang = "fix-shebang",
        /// Put the interpreter into the image.
        InstallInterpreter = "install-interpreter",
        /// Put the library into the image.
        InstallLibrary = "install-library",
        /// Build native modules in the image.
        RebuildModules = "rebuild-modules",
        /// Let it be executed.
        FixPermissions = "fix-permissions",
        /// Name another program.
        FixCommand = "fix-command",
        /// Build the image otherwise.
        FixBuild = "fix-build",
        /// Allow more memory.
        RaiseMemory = "raise-memory",
        /// Free the port.
        FreePort = "free-port",
        /// Update the runtime.
        UpdateRuntime = "update-runtime",
        /// Tell whoever builds it.
        ReportUpstream = "report-upstream",
    }
}

words! {
    /// How sure a diagnosis is.
    Confidence {
        /// Bytes or the engine's own state show it.
        Certain = "certain",
        /// Only words tell, which a program could have written as well.
        Likely = "likely",
        /// The cause is not known.
        Nothing = "none",
    }
}

words! {
    /// Where a piece of evidence comes from.
    EvidenceKind {
        /// From a file's bytes.
        Bytes = "bytes",
        /// From the container's log.
        Log = "log",
        /// From the engine.
        Engine = "engine",
        /// From the image's label.
        Label = "label",
        /// What could not be read.
        Missing = "missing",
    }
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it comes from.
    pub kind: EvidenceKind,
    /// In words; text from outside stands in back-quotes as it is.
    pub text: String,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What.
    pub kind: RemedyKind,
    /// In a few words.
    pub title: String,
    /// A command that does it.
    pub command: Option<String>,
    /// Why it helps here.
    pub why: String,
    /// The platform that it is about.
    pub platform: Option<Platform>,
}

/// A link, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedLink {
    /// It.
    pub link: Link,
    /// What is wrong, in words.
    pub fault: Option<String>,
    /// What it is, in words.
    pub detail: String,
    pub(crate) kind: Option<Fault>,
}

/// Why a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The cause.
    pub cause: Cause,
    /// How sure that is.
    pub confidence: Confidence,
    /// In one sentence.
    pub summary: String,
    /// The platform of the program that was to run, read from its bytes.
    pub actual: Option<Platform>,
    /// What the kernel was to start.
    pub chain: Vec<JudgedLink>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// What can be done, best first.
    pub remedies: Vec<Remedy>,
}
