//! Facts for the set-up checklist, from whole machines: as they are, damaged, and hostile.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use host::checks::{
    AirPlay, At, Facts, Folders, Found, Owner, Side, SocketLink, Standing, Subject, Terminals, User, facts,
};
use host::{HostError, Roots, Runtime, machine};
use tempfile::TempDir;

use crate::mac::foreign_process;

const ARM64: u32 = 0x0100_000c;
const X86_64: u32 = 0x0100_0007;
const HOME: &str = "Users/me";

struct Tree(TempDir);

impl Tree {
    fn linux() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn mac() -> Self {
        let list = "<plist><dict><key>ProductVersion</key><string>26.1</string></dict></plist>";
        Self::linux().file("System/Library/CoreServices/SystemVersion.plist", list)
    }

    fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.place(path);
        fs::write(path, content).unwrap();
        self
    }

    fn link(self, path: &str, to: &str) -> Self {
        symlink(to, self.place(path)).unwrap();
        self
    }

    fn home(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.file(&format!("{HOME}/{path}"), content)
    }

    fn place(&self, path: &str) -> std::path::PathBuf {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn facts(&self) -> Facts {
        self.facts_of(&self.0.path().join(HOME))
    }

    fn facts_of(&self, home: &Path) -> Facts {
        let roots = Roots {
            root: self.0.path().into(),
            home: home.into(),
        };
        facts(&roots, &machine(&roots, &foreign_process()), &Folders::default())
    }

    /// `place:line what=value`, with a `?` where it does not always happen.
    fn lines(&self) -> Vec<String> {
        let lines = self.facts().shell.lines.into_iter();
        lines
            .map(|it| {
                let doubt = if it.always { "" } else { "?" };
                let line = it.line.unwrap_or_default();
                format!("{}:{line}{doubt} {}", it.place, it.said())
            })
            .collect()
    }
}

fn program(processors: &[u32]) -> Vec<u8> {
    if let [one] = processors {
        let words = [0xfeed_facf, *one, 0, 2, 0, 0, 0, 0];
        return words.into_iter().flat_map(u32::to_le_bytes).collect();
    }
    let count = u32::try_from(processors.len()).unwrap();
    let entries = processors.iter().flat_map(|it| [*it, 0, 0x4000, 0x1000, 14]);
    let words = [0xcafe_babe, count].into_iter().chain(entries);
    words.flat_map(u32::to_be_bytes).collect()
}

/// Files with what they say, and what is told of them.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn every_file_that_may_set_something_is_read() {
    let export = "export DOCKER_HOST=unix:///x\n";
    let agent = "<plist><dict><key>ProgramArguments</key><array><string>launchctl</string>\
        <string>setenv</string><string>DOCKER_HOST</string><string>unix:///x</string></array></dict></plist>";
    let cases = [
        ("etc/profile", export, "/etc/profile:1"),
        ("etc/zshrc", export, "/etc/zshrc:1"),
        ("etc/profile.d/docker.sh", export, "/etc/profile.d/docker.sh:1"),
        (
            "etc/environment",
            "DOCKER_HOST=\"unix:///x\"\n",
            "/etc/environment:1",
        ),
        ("Users/me/.zshenv", export, "~/.zshenv:1"),
        ("Users/me/.zprofile", export, "~/.zprofile:1"),
        ("Users/me/.bash_profile", export, "~/.bash_profile:1"),
        ("Users/me/.bashrc", export, "~/.bashrc:1"),
        ("Users/me/.profile", export, "~/.profile:1"),
        (
            "Users/me/.config/fish/conf.d/a.fish",
            "\nset -gx DOCKER_HOST unix:///x\n",
            "~/.config/fish/conf.d/a.fish:2",
        ),
        (
            "Users/me/.config/fish/fish_variables",
            "SETUVAR --export DOCKER_HOST:unix\\x3a///x\n",
            "~/.config/fish/fish_variables:1",
        ),
        (
            "Users/me/.config/environment.d/docker.conf",
            "DOCKER_HOST=unix:///x\n",
            "~/.config/environment.d/docker.conf:1",
        ),
        (
            "Users/me/Library/LaunchAgents/env.plist",
            agent,
            "~/Library/LaunchAgents/env.plist:0",
        ),
        (
            "Users/me/.MacOSX/environment.plist",
            "<plist><dict><key>DOCKER_HOST</key><string>unix:///x</string></dict></plist>",
            "~/.MacOSX/environment.plist:0",
        ),
    ];
    for (file, content, place) in cases {
        let lines = Tree::mac().file(file, content).lines();
        assert_eq!(lines, [format!("{place} DOCKER_HOST=unix:///x")], "{file}");
    }
}

/// `place:line` of those lines that count.
fn counting(tree: &Tree) -> Vec<String> {
    let lines = tree.facts().shell.lines.into_iter();
    lines
        .filter(|it| matches!(it.standing, Standing::Counts(_)))
        .map(|it| format!("{}:{}", it.place, it.line.unwrap_or_default()))
        .collect()
}

#[test]
fn the_last_line_that_a_shell_reads_counts() {
    let set = |value: &str| format!("export DOCKER_HOST={value}\n");
    let fish = "set -gx DOCKER_HOST c\n";
    let maybe = "if x; then\nexport DOCKER_HOST=b\nfi\n";
    let universal = "SETUVAR --export DOCKER_HOST:a\n";
    let cases: [Case; 13] = [
        (
            &[(".zprofile", &set("a")), (".zshrc", &set("b"))],
            &["~/.zshrc:1"],
        ),
        (&[(".zshenv", &set("a")), (".zshrc", &set("b"))], &["~/.zshrc:1"]),
        (&[(".zlogin", &set("a")), (".zshrc", &set("b"))], &["~/.zlogin:1"]),
        (&[(".zprofile", &set("a")), (".zshrc", "unset DOCKER_HOST")], &[]),
        (
            &[(".zshrc", &set("a")), (".zprofile", "unset DOCKER_HOST")],
            &["~/.zshrc:1"],
        ),
        (
            &[(".zprofile", &set("a")), (".zshrc", maybe)],
            &["~/.zprofile:1", "~/.zshrc:2"],
        ),
        (
            &[(".zprofile", &set("a")), (".bashrc", "unset DOCKER_HOST")],
            &["~/.zprofile:1"],
        ),
        (&[(".zshrc", &(set("a") + &set("b")))], &["~/.zshrc:2"]),
        (
            &[(".bash_profile", &set("a")), (".bash_login", &set("b"))],
            &["~/.bash_profile:1"],
        ),
        (
            &[(".bash_profile", &set("a")), (".profile", &set("b"))],
            &["~/.bash_profile:1", "~/.profile:1"],
        ),
        (
            &[
                (".config/fish/conf.d/a.fish", fish),
                (".config/fish/config.fish", "set -e DOCKER_HOST"),
            ],
            &[],
        ),
        (
            &[
                (".config/fish/fish_variables", universal),
                (".config/fish/config.fish", fish),
            ],
            &["~/.config/fish/config.fish:1"],
        ),
        // Programs of the session start with it all the same.
        (
            &[
                (".config/environment.d/a.conf", "DOCKER_HOST=a\n"),
                (".zshrc", &set("b")),
            ],
            &["~/.config/environment.d/a.conf:1", "~/.zshrc:1"],
        ),
    ];
    for (files, expected) in cases {
        let tree = files
            .iter()
            .fold(Tree::mac(), |tree, (file, text)| tree.home(file, text));
        assert_eq!(counting(&tree), expected, "{files:?}");
    }
    let all = Tree::mac()
        .file("etc/zshrc", set("a"))
        .home(".zprofile", set("b"));
    assert_eq!(counting(&all), ["/etc/zshrc:1"]);
}

#[test]
fn a_line_that_does_not_count_names_the_one_that_keeps_it_from_that() {
    let standing = |file: &str, text: &str| {
        let tree = Tree::mac()
            .home(".zprofile", "export DOCKER_HOST=a")
            .home(file, text);
        let mut lines = tree.facts().shell.lines.into_iter();
        lines.find(|it| it.place == "~/.zprofile").unwrap().standing
    };
    let at = |line| At {
        place: "~/.zshrc".to_owned(),
        line: Some(line),
    };
    let replaced = standing(".zshrc", "\nexport DOCKER_HOST=b");
    assert_eq!(replaced, Standing::Replaced(at(2)));
    assert_eq!(
        standing(".zshrc", "unset DOCKER_HOST"),
        Standing::TakenBack(at(1))
    );
    assert_eq!(
        standing(".bashrc", "unset DOCKER_HOST"),
        Standing::Counts(vec![User::Zsh])
    );
}

#[test]
fn a_file_that_cannot_be_read_is_no_file_that_sets_nothing() {
    let tree = Tree::mac()
        .home(".zshrc/x", "")
        .home(".bashrc", vec![b'#'; 1024 * 1024 + 1]);
    let unread = tree.facts().shell.unread;
    assert!(
        unread.iter().any(|it| matches!(it, HostError::NotAFile { .. })),
        "{unread:?}"
    );
    assert!(
        unread.iter().any(|it| matches!(it, HostError::TooLarge { .. })),
        "{unread:?}"
    );
}

#[test]
fn hostile_lines_are_bounded_tame_and_without_credentials() {
    let many = "export DOCKER_HOST=tcp://ada:hunter2@box\n".repeat(5000);
    let lines = Tree::mac().home(".zshrc", many).facts().shell.lines;
    assert_eq!(lines.len(), 100);
    assert!(lines.iter().all(|it| it.value == "tcp://…@box"));
    let odd = [
        "export DOCKER_HOST=$(security find-generic-password -w s3cret)",
        "export DOCKER_HOST=`cat s3cret`",
        "export DOCKER_HOST=tcp://s3cret@box?token=s3cret",
    ];
    for line in odd {
        let lines = Tree::mac().home(".zshrc", line).lines();
        assert!(lines.len() == 1 && !lines[0].contains("s3cret"), "{lines:?}");
    }
    let evil = format!(
        "export DOCKER_CONTEXT=\"\u{1b}]0;x\u{7}\u{202e}<b>|{}\"",
        "y".repeat(10_000)
    );
    let line = Tree::mac().home(".zshrc", evil).facts().shell.lines.remove(0);
    assert_eq!(line.subject, Subject::Context);
    assert!(
        line.value.chars().count() < 250 && line.value.starts_with("\\u{1b}"),
        "{}",
        line.value
    );
}

#[test]
fn bytes_of_any_kind_are_read_as_far_as_they_go() {
    let mut bytes: Vec<u8> = (0..=255).cycle().take(4096).collect();
    for place in 0..64 {
        bytes.rotate_left(place * 7 + 1);
        let mut tree = Tree::mac();
        for file in [
            ".zshrc",
            ".config/fish/config.fish",
            ".config/fish/fish_variables",
            ".docker/config.json",
            ".docker/buildx/current",
            ".docker/buildx/instances/x",
            ".colima/default/colima.yaml",
            ".orbstack/vmconfig.json",
            "Library/LaunchAgents/x.plist",
            "Library/Preferences/ByHost/com.apple.controlcenter.x.plist",
        ] {
            tree = tree.home(file, &bytes);
        }
        let facts = tree.file("opt/homebrew/bin/docker", &bytes).facts();
        assert!(facts.docker.is_err(), "{facts:?}");
    }
}

#[test]
fn sockets_are_told_also_of_a_home_that_is_kept_elsewhere() {
    let socket = "var/run/docker.sock";
    let owners = [
        ("/Users/me/.orbstack/run/docker.sock", Runtime::OrbStack),
        ("/Users/me/.colima/default/docker.sock", Runtime::Colima),
        ("/Users/me/.rd/docker.sock", Runtime::RancherDesktop),
        ("/Users/me/.docker/run/docker.sock", Runtime::DockerDesktop),
        (
            "/Users/me/.local/share/containers/podman/machine/podman.sock",
            Runtime::Podman,
        ),
        ("/somewhere/else.sock", Runtime::Unknown),
    ];
    for (to, runtime) in owners {
        let found = Tree::mac().link(socket, to).facts().socket;
        assert!(
            matches!(&found, SocketLink::Dangling(Owner { runtime: it, .. }) if *it == runtime),
            "{found:?}"
        );
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let home = elsewhere.path().join("me");
    fs::create_dir_all(home.join(".docker/run")).unwrap();
    fs::write(home.join(".docker/run/docker.sock"), "").unwrap();
    let found = Tree::mac()
        .link(socket, "/Users/me/.docker/run/docker.sock")
        .facts_of(&home)
        .socket;
    assert!(
        matches!(&found, SocketLink::Leads(owner) if owner.place == "~/.docker/run/docker.sock"),
        "{found:?}"
    );
    let plain = Tree::mac().file(socket, "").facts().socket;
    assert_eq!(plain, SocketLink::NotASocket);
    let circle = Tree::mac().link(socket, "docker.sock").facts().socket;
    assert_eq!(circle, SocketLink::Unknown);
}

#[test]
fn programs_are_told_by_their_own_headers_once_each() {
    let facts = Tree::mac()
        .file("opt/homebrew/Cellar/docker/28.5.2/bin/docker", program(&[ARM64]))
        .link("opt/homebrew/bin/docker", "../Cellar/docker/28.5.2/bin/docker")
        .link("usr/local/bin/docker", "/opt/homebrew/bin/docker")
        .file("usr/local/bin/kubectl", program(&[X86_64]))
        .file("usr/local/bin/helm", program(&[X86_64, ARM64]))
        .file("usr/local/bin/kind", "#!/bin/sh\n")
        .file("usr/local/Homebrew/bin/brew", "#!/bin/bash\n")
        .facts();
    let found: Vec<_> = facts
        .programs
        .iter()
        .map(|it| (it.place.as_str(), it.architectures.join("+"), it.side))
        .collect();
    let expected = [
        ("/usr/local/Homebrew/bin/brew", "amd64", Side::Brew),
        ("/opt/homebrew/bin/docker", "arm64", Side::Homebrew),
        ("/usr/local/bin/kubectl", "amd64", Side::Other),
        ("/usr/local/bin/helm", "amd64+arm64", Side::Other),
        ("/usr/local/bin/kind", "", Side::Other),
    ];
    assert_eq!(
        found,
        expected.map(|(place, built, side)| (place, built.to_owned(), side))
    );
}

#[test]
fn runtimes_are_found_with_their_versions() {
    let list = "<plist><dict><key>CFBundleShortVersionString</key><string>1.24.0</string></dict></plist>";
    let facts = Tree::mac()
        .file("Applications/Rancher Desktop.app/Contents/Info.plist", list)
        .file(
            "Applications/Rancher Desktop.app/Contents/MacOS/Rancher Desktop",
            program(&[X86_64, ARM64]),
        )
        .home(
            "Applications/OrbStack.app/Contents/MacOS/OrbStack",
            program(&[ARM64]),
        )
        .file("opt/homebrew/Cellar/lima/2.0.1/bin/limactl", program(&[ARM64]))
        .link("opt/homebrew/bin/limactl", "../Cellar/lima/2.0.1/bin/limactl")
        .facts();
    let found: Vec<_> = facts
        .runtimes
        .iter()
        .map(|it| {
            let version = it.version.as_ref().map(ToString::to_string);
            (
                it.runtime.as_str(),
                it.place.as_str(),
                version.unwrap_or_default(),
            )
        })
        .collect();
    let expected = [
        ("orbstack", "~/Applications/OrbStack.app", ""),
        ("rancher-desktop", "/Applications/Rancher Desktop.app", "1.24.0"),
        ("lima", "/opt/homebrew/bin/limactl", "2.0.1"),
    ];
    assert_eq!(
        found,
        expected.map(|(runtime, place, version)| (runtime, place, version.to_owned()))
    );
}

#[test]
fn what_machines_are_given_is_read_from_runtimes_own_settings() {
    const GIB: u64 = 1 << 30;
    let facts = Tree::mac()
        .home(".orbstack/vmconfig.json", r#"{"cpu":4,"memory_mib":6144}"#)
        .home(
            "Library/Preferences/rancher-desktop/settings.json",
            r#"{"virtualMachine":{"memoryInGB":6,"numberCPUs":2}}"#,
        )
        .home(
            ".colima/default/colima.yaml",
            "cpu: 2 # two\ndisk: 100\nkubernetes:\n  memory: 99\nmemory: 8\n",
        )
        .facts();
    let found: Vec<_> = facts
        .allotments
        .iter()
        .map(|it| (it.runtime, it.processors, it.memory, it.disk))
        .collect();
    let expected = [
        (Runtime::OrbStack, Some(4), Some(6 * GIB), None),
        (Runtime::RancherDesktop, Some(2), Some(6 * GIB), None),
        (Runtime::Colima, Some(2), Some(8 * GIB), Some(100 * GIB)),
    ];
    assert_eq!(found, expected);
    let huge = Tree::mac().home(
        ".colima/default/colima.yaml",
        format!("memory: {}\ncpu: -1\n", u64::MAX),
    );
    assert_eq!(
        (
            huge.facts().allotments[0].memory,
            huge.facts().allotments[0].processors
        ),
        (None, None)
    );
}

#[test]
fn airplay_and_terminals_are_unknown_where_lists_are_damaged() {
    let choice = "Library/Preferences/ByHost/com.apple.controlcenter.A.plist";
    let other = "Library/Preferences/ByHost/com.apple.controlcenter.B.plist";
    let list = |value| format!("<plist><dict><key>AirplayRecieverEnabled</key><{value}/></dict></plist>");
    let cases = [
        (Tree::mac(), AirPlay::OnByDefault),
        (Tree::mac().home(choice, list("true")), AirPlay::On),
        (Tree::mac().home(choice, list("false")), AirPlay::Off),
        (
            Tree::mac().home(choice, list("true")).home(other, list("false")),
            AirPlay::Unknown,
        ),
        (Tree::mac().home(choice, "bplist00"), AirPlay::Unknown),
        (Tree::linux(), AirPlay::None),
    ];
    for (tree, expected) in cases {
        assert_eq!(tree.facts().airplay, expected);
    }
    let services = "Library/Preferences/com.apple.LaunchServices/com.apple.LaunchServices.plist";
    let damaged = Tree::mac().home(services, "<plist>").facts().terminals;
    assert!(matches!(damaged, Terminals::Unknown(_)), "{damaged:?}");
}

#[test]
fn a_helper_is_looked_for_by_a_plain_name_only() {
    let config = |helper: &str| format!(r#"{{"credsStore": "{helper}"}}"#);
    let found = |tree: Tree| tree.facts().helpers.remove(0).found;
    let bad = found(Tree::mac().home(".docker/config.json", config("../../../bin/sh")));
    assert_eq!(bad, Found::BadName);
    let linux = Tree::linux()
        .home(".docker/config.json", config("pass"))
        .file("usr/local/bin/docker-credential-pass", "#!/bin/sh\n");
    assert_eq!(
        found(linux),
        Found::Everywhere("/usr/local/bin/docker-credential-pass".into())
    );
}
