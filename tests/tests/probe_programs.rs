//! The programs of a probe are what their sources say.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use lab::Unavailable;

#[test]
fn the_programs_are_what_their_sources_say() {
    let mut sources = 0;
    for (architecture, triplet) in [("amd64", "x86_64-linux-gnu"), ("arm64", "aarch64-linux-gnu")] {
        let assembler = format!("{triplet}-as");
        if Command::new(&assembler).arg("--version").output().is_err() {
            let why = Unavailable::because(&format!("`{assembler}` is missing"));
            return lab::skip("rebuilding the programs of the probe", &why);
        }
        for kind in ["", "-dynamic", "-loader"] {
            let name = format!("{architecture}{kind}");
            let built = assembled(&name, triplet);
            let kept = fs::read(programs().join(&name)).expect("it is kept");
            assert!(
                built == kept,
                "{name}: put the new one into crates/engine/src/act/probe/programs"
            );
            sources += 1;
        }
    }
    let all = fs::read_dir(programs()).expect("a folder").count();
    assert_eq!(all, sources * 2, "each has a source, and nothing else lies there");
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/engine/src/act/probe/programs")
}

/// The program that its source says, as the distribution's tools make it.
fn assembled(name: &str, triplet: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let (object, program) = (folder.path().join("object"), folder.path().join("program"));
    let source = programs().join(format!("{name}.S"));
    let run = |tool: &str, arguments: &[&std::ffi::OsStr]| {
        let status = Command::new(format!("{triplet}-{tool}")).args(arguments).status();
        assert!(status.expect("it is there").success(), "{tool} {name}");
    };
    run("as", &["-o".as_ref(), object.as_ref(), source.as_ref()]);
    let flags = ["-O", "binary", "-j", ".text"].map(AsRef::as_ref);
    run(
        "objcopy",
        &[&flags[..], &[object.as_ref(), program.as_ref()]].concat(),
    );
    fs::read(program).expect("it was made")
}
