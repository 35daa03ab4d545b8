//! The set-up checklist over a Mac's files, with the sample engine, with one that hangs, and with none.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
};

use companion::{
    Protected, Session, Setup,
    view::{CheckState, Checklist},
};
use sample::{Sample, Scenario};
use serde_json::Value;
use tempfile::TempDir;

use crate::stage::{soon, url};

const GROUP: &str = "Library/Group Containers/group.com.docker/settings-store.json";

/// A Mac on which some things are to be done.
pub(crate) struct Mac {
    root: TempDir,
}

impl Mac {
    pub(crate) fn new() -> Self {
        let mac = Self {
            root: tempfile::tempdir().expect("a folder"),
        };
        let desktop = "Applications/Docker.app/Contents";
        let version = |key: &str, version: &str| {
            format!("<plist version=\"1.0\"><dict><key>{key}</key><string>{version}</string></dict></plist>")
        };
        mac.file(
            "System/Library/CoreServices/SystemVersion.plist",
            version("ProductVersion", "26.6"),
        );
        mac.file("Library/Apple/usr/libexec/oah/RosettaLinux/rosetta", "");
        mac.file(
            &format!("{desktop}/Info.plist"),
            version("CFBundleShortVersionString", "4.91.0"),
        );
        mac.file(
            &format!("{desktop}/MacOS/com.docker.backend"),
            mach_o(0x0100_000c),
        );
        mac.file("usr/local/bin/kubectl", mach_o(0x0100_0007));
        mac.file("opt/homebrew/bin/brew", "#!/bin/bash\n");
        mac.file(
            "opt/homebrew/bin/docker-credential-osxkeychain",
            mach_o(0x0100_000c),
        );
        mac.home(
            GROUP,
            r#"{"UseVirtualizationFrameworkRosetta": false, "UseLibkrun": false}"#,
        );
        mac.home(
            ".zshrc",
            "# Work\nexport EDITOR=vi\nexport DOCKER_DEFAULT_PLATFORM=linux/amd64\n",
        );
        mac.home(
            ".docker/config.json",
            r#"{"currentContext": "desktop-linux", "credsStore": "osxkeychain"}"#,
        );
        mac.home(
            ".docker/contexts/meta/fe9c6bd7/meta.json",
            r#"{"Name": "desktop-linux", "Endpoints": {"docker": {"Host": "unix:///Users/ada/.docker/run/docker.sock"}}}"#,
        );
        mac.home(".docker/run/docker.sock", "");
        let link = mac.root.path().join("var/run/docker.sock");
        fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
        symlink("/Users/ada/.docker/run/docker.sock", link).expect("a link");
        mac
    }

    fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    fn home(&self, path: &str, content: impl AsRef<[u8]>) {
        self.file(&format!("Users/ada/{path}"), content);
    }

    /// A session that reads this Mac, with the engine at this address.
    pub(crate) fn session(&self, host: &str) -> Session {
        Session::start(Setup {
            root: self.root.path().to_owned(),
            home: self.root.path().join("Users/ada"),
            host: Some(host.to_owned()),
            ..Setup::default()
        })
    }

    /// What a session says of it, as it is read on that Mac.
    pub(crate) async fn shown(&self, sample: &Sample) -> Value {
        let session = self.session(&url(sample.socket()));
        let list = session.checklist(Protected::Read).await.expect("a checklist");
        let text = serde_json::to_string(&list).expect("JSON");
        let root = self.root.path().display().to_string();
        serde_json::from_str(&text.replace(&root, "")).expect("JSON")
    }
}

/// The header of a program for macOS.
fn mach_o(processor: u32) -> Vec<u8> {
    let words = [0xfeed_facf, processor, 0, 2, 0, 0, 0, 0];
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn state(list: &Checklist, id: &str) -> CheckState {
    let mut all = list.checks.iter();
    all.find(|it| it.id == id).expect("there is such a check").state
}

fn fix(list: &Checklist, id: &str) -> Option<String> {
    let mut all = list.checks.iter();
    let check = all.find(|it| it.id == id).expect("there is such a check");
    Some(check.fix.as_ref()?.kind.clone())
}

async fn sample_engine() -> Sample {
    sample::start_with(Scenario::recorded())
        .await
        .expect("a sample engine")
}

#[tokio::test]
async fn an_engine_that_answers_leaves_nothing_unseen() {
    let (mac, engine) = (Mac::new(), sample_engine().await);
    let session = mac.session(&url(engine.socket()));
    let list = session.checklist(Protected::Read).await.expect("a checklist");
    assert_eq!(list.unseen, None);
    assert_eq!(state(&list, "image-store"), CheckState::Ok);
    assert_eq!(state(&list, "resources"), CheckState::Ok);
    assert_eq!(state(&list, "translation"), CheckState::Todo);
    let again = session.checklist(Protected::Read).await.expect("a checklist");
    assert_eq!(list, again);
}

#[tokio::test]
async fn without_an_engine_the_rest_is_answered() {
    let list = Mac::new()
        .session("unix:///nowhere/docker.sock")
        .checklist(Protected::Read)
        .await;
    let list = list.expect("a checklist");
    let unseen = list.unseen.clone().expect("something was not seen");
    assert!(unseen.why.contains("/nowhere/docker.sock"), "{unseen:?}");
    assert!(unseen.checks.contains(&"image-store".to_owned()), "{unseen:?}");
    assert_eq!(state(&list, "image-store"), CheckState::Unknown);
    assert_eq!(state(&list, "default-platform"), CheckState::Warn);
    assert_eq!(state(&list, "translation"), CheckState::Todo);
}

#[tokio::test]
async fn an_engine_that_hangs_is_not_waited_for() {
    let mac = Mac::new();
    let socket = mac.root.path().join("hangs.sock");
    let _listens = UnixListener::bind(&socket).expect("a socket");
    let session = mac.session(&url(&socket));
    let list = soon("a checklist", session.checklist(Protected::Read))
        .await
        .expect("a checklist");
    let unseen = list.unseen.expect("something was not seen");
    assert!(unseen.why.contains("did not answer within"), "{unseen:?}");
}

#[tokio::test]
async fn protected_settings_are_read_only_when_asked_for_and_then_remembered() {
    let (mac, engine) = (Mac::new(), sample_engine().await);
    let session = mac.session(&url(engine.socket()));
    let list = session.checklist(Protected::Leave).await.expect("a checklist");
    assert_eq!(state(&list, "translation"), CheckState::Unknown);
    assert_eq!(fix(&list, "translation").as_deref(), Some("read-settings"));
    session.checklist(Protected::Read).await.expect("a checklist");
    let list = session.checklist(Protected::Leave).await.expect("a checklist");
    assert_eq!(state(&list, "translation"), CheckState::Todo);
    // What was changed since is read no sooner than it is asked for.
    mac.home(GROUP, "{}");
    let list = session.checklist(Protected::Leave).await.expect("a checklist");
    assert_eq!(state(&list, "translation"), CheckState::Todo);
}

#[tokio::test]
async fn the_sample_engine_is_not_taken_for_this_machines() {
    let mac = Mac::new();
    let session = Session::start(Setup {
        root: mac.root.path().to_owned(),
        home: mac.root.path().join("Users/ada"),
        sample: true,
        ..Setup::default()
    });
    let list = session.checklist(Protected::Read).await.expect("a checklist");
    assert_eq!(
        list.unseen.expect("nothing was seen").why,
        "The sample engine says nothing of this machine"
    );
}

#[tokio::test]
async fn the_report_holds_every_check_and_no_home_folder() {
    let (mac, engine) = (Mac::new(), sample_engine().await);
    let session = mac.session(&url(engine.socket()));
    let list = session.checklist(Protected::Read).await.expect("a checklist");
    let report = session.checklist_report(&list);
    let rows = report.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, list.checks.len() + 2, "{report}");
    assert!(
        !report.contains(&*mac.root.path().join("Users/ada").to_string_lossy()),
        "{report}"
    );
}

#[tokio::test]
async fn a_probe_of_the_same_engine_decides_over_its_settings() {
    let (mac, engine) = (Mac::new(), sample_engine().await);
    let session = mac.session(&url(engine.socket()));
    let probed = session.probe(None).await.expect("a probe");
    let foreign = probed.foreign.first().expect("something is foreign");
    assert_eq!(
        (foreign.platform.as_str(), foreign.translator.as_str()),
        ("linux/amd64", "rosetta")
    );
    let list = session.checklist(Protected::Read).await.expect("a checklist");
    assert_eq!(state(&list, "translation"), CheckState::Ok);
    let measured: Vec<_> = list.measured.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(measured, ["arm64", "Engine 28.5.2", "Rosetta", "0.78×", "no AVX"]);
}
