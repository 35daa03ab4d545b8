//! Whole machines as trees of files, with and without an engine, and what is said of each.

mod stage;

use std::fs;

use engine::{Runtime, Store};

use super::*;
use crate::checklist_words;
use CheckState::{NotApplicable, Ok as Fine, Todo, Unknown, Warn};
use stage::{ARM64, DESKTOP, GROUP, MAC_VERSION, ROSETTA, Stage, X86_64, list, mach_o};

fn assert_says(on: &Stage, id: &str, state: CheckState, title: &str) {
    assert_eq!(
        on.says(id),
        (state, title.to_owned()),
        "{id}: {:#?}",
        on.check(id)
    );
}

#[test]
fn a_mac_that_is_set_up_is_in_place() {
    let stage = Stage::mac()
        .answering(Runtime::DockerDesktop, Store::Containerd)
        .probed("rosetta")
        .home(
            "Library/Preferences/ByHost/com.apple.controlcenter.X.plist",
            "<plist><dict><key>AirplayRecieverEnabled</key><false/></dict></plist>",
        )
        .file("opt/homebrew/bin/docker", mach_o(ARM64));
    let open: Vec<_> = stage
        .states()
        .into_iter()
        .filter(|(_, state)| *state != Fine)
        .collect();
    // Whether something else listens cannot be told from files.
    assert_eq!(open, [("ports".to_owned(), Unknown)]);
    let list = checklist(&stage.seen());
    assert_eq!((list.in_place, list.counted), (14, 15));
    assert_eq!(list.summary, "14 of 15 are in place, 1 not known");
    assert_eq!(list.unseen, None);
    let measured: Vec<_> = list.measured.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(measured, ["arm64", "Engine 29.1.0", "Rosetta", "0.17×", "no AVX"]);
}

#[test]
fn without_an_engine_what_needs_one_is_unknown_and_said_to_be() {
    let list = checklist(&Stage::mac().seen());
    let unseen = list.unseen.expect("something was not seen");
    assert_eq!(unseen.why, "No engine answers");
    assert_eq!(
        unseen.checks,
        ["translation", "image-store", "builder", "resources"]
    );
    for check in list.checks.iter().filter(|it| unseen.checks.contains(&it.id)) {
        assert_eq!(check.state, Unknown, "{check:#?}");
        assert!(
            check.detail.to_lowercase().contains("no engine answered"),
            "{check:#?}"
        );
    }
}

#[test]
fn an_empty_folder_is_a_linux_of_which_nothing_is_known() {
    let list = checklist(&Stage::empty().seen());
    let state = |id: &str| list.checks.iter().find(|it| it.id == id).map(|it| it.state);
    assert_eq!(state("system"), Some(Unknown));
    assert_eq!(state("runtime"), Some(Todo));
    assert_eq!(state("translator"), Some(Unknown));
    assert_eq!(state("virtual-machine"), Some(NotApplicable));
    assert!(
        list.checks
            .iter()
            .all(|it| !it.title.is_empty() && !it.detail.is_empty() && !it.why.is_empty())
    );
}

#[test]
fn what_ran_decides_over_what_the_settings_say() {
    let answering = || Stage::mac().answering(Runtime::DockerDesktop, Store::Containerd);
    let off = r#"{"UseVirtualizationFrameworkRosetta": false}"#;
    let cases = [
        (
            answering(),
            Unknown,
            "Rosetta is on by the settings of Docker Desktop",
        ),
        (
            answering().probed("rosetta"),
            Fine,
            "Rosetta translates linux/amd64 programs",
        ),
        (
            answering().probed("qemu"),
            Todo,
            "Rosetta is on by settings, and QEMU ran instead",
        ),
        (
            answering().probed("none"),
            Todo,
            "linux/amd64 programs do not run",
        ),
        (
            answering().file(GROUP, off),
            Todo,
            "Rosetta is switched off in Docker Desktop",
        ),
        (
            answering().file(GROUP, off).probed("qemu"),
            Todo,
            "QEMU translates linux/amd64 programs",
        ),
        (
            answering().file(GROUP, off).probed("rosetta"),
            Fine,
            "Rosetta translates linux/amd64 programs",
        ),
        (answering().file(GROUP, "{"), Unknown, "Rosetta: not known"),
        (
            answering().file(GROUP, r#"{"UseLibkrun": true}"#),
            Todo,
            "Rosetta cannot be used here",
        ),
    ];
    for (stage, state, title) in cases {
        assert_says(&stage, "translation", state, title);
    }
}

#[test]
fn the_line_that_a_terminal_ends_with_is_the_one_that_is_told() {
    let set = |name: &str, value: &str| format!("export {name}={value}\n");
    let host = Stage::mac()
        .home(".zprofile", set("DOCKER_HOST", "tcp://a"))
        .home(".zshrc", set("DOCKER_HOST", "tcp://b"));
    assert_says(&host, "docker-host", Warn, "DOCKER_HOST is set in ~/.zshrc");
    let check = host.check("docker-host");
    assert!(check.detail.contains("`tcp://b`"), "{check:#?}");
    let texts: Vec<_> = check.lines.iter().map(|it| it.text.as_str()).collect();
    let expected = [
        "DOCKER_HOST=tcp://b",
        "DOCKER_HOST=tcp://a (overridden by ~/.zshrc, line 1)",
    ];
    assert_eq!(texts, expected);

    let name = "DOCKER_DEFAULT_PLATFORM";
    let platform = Stage::mac().home(".zshenv", set(name, "linux/amd64"));
    let native = platform.home(".zshrc", set(name, "linux/arm64"));
    let title = "DOCKER_DEFAULT_PLATFORM is linux/arm64";
    assert_says(&native, "default-platform", Fine, title);
    let foreign_in_bash = native.home(".bashrc", set(name, "linux/amd64"));
    let title = "DOCKER_DEFAULT_PLATFORM is linux/amd64 in ~/.bashrc";
    assert_says(&foreign_in_bash, "default-platform", Warn, title);

    let unset = Stage::mac()
        .home(
            ".zprofile",
            set("DOCKER_HOST", "tcp://a") + &set(name, "linux/amd64"),
        )
        .home(".zshrc", format!("unset DOCKER_HOST {name}\n"));
    for (id, title) in [
        ("docker-host", "The default context is in use"),
        ("default-platform", "No default platform is set"),
    ] {
        assert_says(&unset, id, Fine, title);
        let lines = unset.check(id).lines;
        assert!(
            lines[0].text.ends_with("(taken back by ~/.zshrc, line 1)"),
            "{lines:?}"
        );
    }
}

#[test]
fn settings_that_were_left_alone_are_unknown_and_can_be_asked_for() {
    let stage = Stage {
        settings_left_alone: true,
        ..Stage::mac()
    };
    for id in ["translation", "virtual-machine"] {
        let check = stage.check(id);
        assert_eq!(check.state, Unknown);
        assert_eq!(check.fix.expect("it can be asked for").kind, "read-settings");
    }
}

#[test]
fn the_system_and_its_translator_are_told_from_files() {
    let missing = Stage::mac();
    fs::remove_file(missing.root.path().join(ROSETTA)).expect("it was there");
    assert_says(
        &missing,
        "translator",
        Todo,
        "Rosetta is not installed on this macOS 26.1",
    );
    let command = missing.check("translator").fix.and_then(|it| it.command);
    assert_eq!(
        command.as_deref(),
        Some("softwareupdate --install-rosetta --agree-to-license")
    );
    let newer = Stage::mac().file(MAC_VERSION, list("ProductVersion", "27.0"));
    assert_says(
        &newer,
        "translator",
        Fine,
        "macOS 27.0 translates Intel Linux programs",
    );
    let old = Stage::mac().file(MAC_VERSION, list("ProductVersion", "12.6"));
    assert_says(&old, "system", Todo, "macOS 12.6 on Apple Silicon");
    assert_says(
        &old,
        "translator",
        Todo,
        "macOS 12.6 cannot translate Linux programs",
    );
    let broken = Stage::mac().file(MAC_VERSION, "<plist>");
    assert_says(&broken, "system", Unknown, "macOS on Apple Silicon");
    assert_says(&broken, "translator", Unknown, "Rosetta for Linux");
    let intel = Stage::mac().file(&format!("{DESKTOP}/MacOS/com.docker.backend"), mach_o(X86_64));
    fs::remove_file(intel.root.path().join(ROSETTA)).expect("no Intel Mac has it");
    assert_says(&intel, "system", Fine, "macOS 26.1 on an Intel processor");
    for id in ["translator", "translation", "virtual-machine"] {
        assert_eq!(intel.says(id).0, NotApplicable, "{id}");
    }
}

#[test]
fn a_runtime_of_another_build_or_age_is_told() {
    let silicon = |stage: Stage| stage.file("opt/homebrew/bin/docker", mach_o(ARM64));
    let version = |version| {
        Stage::mac().file(
            &format!("{DESKTOP}/Info.plist"),
            list("CFBundleShortVersionString", version),
        )
    };
    let cases = [
        (version("4.16.0"), Todo, "Docker Desktop 4.16.0 is too old"),
        (version("4.28.0"), Warn, "Docker Desktop 4.28.0 is old"),
        (
            version("4.30.0"),
            Fine,
            "Docker Desktop 4.30.0 is the Apple Silicon build",
        ),
        (
            version("soon"),
            Unknown,
            "Docker Desktop is the Apple Silicon build",
        ),
        (
            silicon(Stage::empty().file(MAC_VERSION, list("ProductVersion", "26.1"))).file(
                "Applications/OrbStack.app/Contents/MacOS/OrbStack",
                mach_o(X86_64),
            ),
            Todo,
            "OrbStack is the Intel build",
        ),
        (
            silicon(Stage::empty().file(MAC_VERSION, list("ProductVersion", "26.1")))
                .file("opt/homebrew/Cellar/colima/0.8.1/bin/colima", mach_o(ARM64))
                .link("opt/homebrew/bin/colima", "../Cellar/colima/0.8.1/bin/colima"),
            Fine,
            "Colima 0.8.1 is the Apple Silicon build",
        ),
        (Stage::empty(), Todo, "No runtime was found"),
    ];
    for (stage, state, title) in cases {
        assert_says(&stage, "runtime", state, title);
    }
}

#[test]
fn a_default_platform_is_shown_with_its_line() {
    let stage = Stage::mac().home(
        ".zshrc",
        "# mine\n\nexport DOCKER_DEFAULT_PLATFORM=linux/amd64 TOKEN=s3cret\n",
    );
    assert_says(
        &stage,
        "default-platform",
        Warn,
        "DOCKER_DEFAULT_PLATFORM is linux/amd64 in ~/.zshrc",
    );
    let check = stage.check("default-platform");
    let expected = FoundLine {
        place: "~/.zshrc".to_owned(),
        line: Some(3),
        text: "DOCKER_DEFAULT_PLATFORM=linux/amd64".to_owned(),
    };
    assert_eq!(check.lines, [expected]);
    let command = check.fix.and_then(|it| it.command);
    assert_eq!(command.as_deref(), Some("${EDITOR:-vi} +3 ~/.zshrc"));
    let own = Stage::mac().home(".zshrc", "export DOCKER_DEFAULT_PLATFORM=linux/arm64");
    assert_says(
        &own,
        "default-platform",
        Fine,
        "DOCKER_DEFAULT_PLATFORM is linux/arm64",
    );
    let odd = Stage::mac().home(".zshrc", "export DOCKER_DEFAULT_PLATFORM='x`y'");
    assert_eq!(odd.says("default-platform").0, Warn);
    let told = Stage {
        variables: Variables {
            default_platform: Some("linux/amd64".to_owned()),
            ..Variables::default()
        },
        ..Stage::mac()
    };
    assert_eq!(told.says("default-platform").0, Warn);
    let unread = Stage::mac();
    fs::create_dir_all(unread.root.path().join("Users/me/.zshrc")).expect("a folder");
    assert_eq!(unread.says("default-platform").0, Unknown);
}

#[test]
fn what_leads_to_another_engine_is_told_without_credentials() {
    let stage = Stage::mac().home(".bash_profile", "export DOCKER_HOST=tcp://ada:hunter2@box:2376\n");
    assert_says(
        &stage,
        "docker-host",
        Warn,
        "DOCKER_HOST is set in ~/.bash_profile",
    );
    let said = format!("{:?}", stage.check("docker-host"));
    assert!(said.contains("…@box:2376") && !said.contains("hunter2"), "{said}");
    let fish = Stage::mac().home(".config/fish/config.fish", "docker context use colima\n");
    assert_says(
        &fish,
        "docker-host",
        Warn,
        "~/.config/fish/config.fish chooses the context colima",
    );
    let lost = Stage::mac().home(".docker/config.json", r#"{"currentContext": "colima"}"#);
    assert_says(&lost, "docker-host", Todo, "The context colima does not exist");
    let broken = Stage::mac().home(".docker/config.json", "{");
    assert_eq!(broken.says("docker-host").0, Unknown);
    let own = Stage {
        docker_host: Some("unix:///x".to_owned()),
        ..with_context(
            Stage::mac(),
            "orbstack",
            "unix:///Users/me/.orbstack/run/docker.sock",
        )
    };
    assert_says(&own, "docker-host", Warn, "DOCKER_HOST overrules the context");
}

/// A stage with a context that is kept and in use.
fn with_context(stage: Stage, name: &str, address: &str) -> Stage {
    let meta = format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{address}"}}}}}}"#);
    stage
        .home(
            &format!(".docker/contexts/meta/{}/meta.json", "0".repeat(64)),
            meta,
        )
        .home(".docker/config.json", format!(r#"{{"currentContext":"{name}"}}"#))
}

#[test]
fn the_socket_link_is_followed() {
    let socket = "var/run/docker.sock";
    let desktop = "/Users/me/.docker/run/docker.sock";
    let in_use = |stage| with_context(stage, "orbstack", "unix:///Users/me/.orbstack/run/docker.sock");
    let there = || {
        Stage::mac()
            .home(".docker/run/docker.sock", "")
            .link(socket, desktop)
    };
    assert_says(&there(), "socket", Fine, "The socket leads to Docker Desktop");
    assert_says(
        &in_use(there()),
        "socket",
        Warn,
        "The socket leads to Docker Desktop",
    );
    let command = in_use(there()).check("socket").fix.and_then(|it| it.command);
    let expected = "sudo ln -sf /Users/me/.orbstack/run/docker.sock /var/run/docker.sock";
    assert_eq!(command.as_deref(), Some(expected));
    let stopped = Stage::mac().link(socket, desktop);
    let title = "The socket leads to Docker Desktop, which is stopped";
    assert_says(&stopped, "socket", Warn, title);
    let removed = Stage::mac().link(socket, "/Users/me/.orbstack/run/docker.sock");
    assert_says(&removed, "socket", Todo, "The socket leads nowhere");
    assert_says(&Stage::mac(), "socket", Warn, "Nothing leads to an engine");
    assert_says(&in_use(Stage::mac()), "socket", Fine, "No socket link");
    let folder = Stage::mac();
    fs::create_dir_all(folder.root.path().join(socket)).expect("a folder");
    assert_says(&folder, "socket", Todo, "The socket is none");
}

#[test]
fn credential_helpers_are_looked_for_where_windows_look() {
    let store = |stage: Stage| stage.home(".docker/config.json", r#"{"credsStore": "osxkeychain"}"#);
    let title = |rest: &str| format!("docker-credential-osxkeychain {rest}");
    let at = |place: &str| store(Stage::mac()).file(place, mach_o(ARM64));
    let brewed = at("opt/homebrew/bin/docker-credential-osxkeychain");
    assert_says(&brewed, "credentials", Warn, &title("is found by terminals only"));
    let found = at("usr/bin/docker-credential-osxkeychain");
    assert_says(&found, "credentials", Fine, &title("is found by all programs"));
    assert_says(&store(Stage::mac()), "credentials", Todo, &title("was not found"));
    let bad = Stage::mac().home(".docker/config.json", r#"{"credHelpers": {"x": "../../bin/sh"}}"#);
    assert_eq!(bad.says("credentials").0, Todo);
    let inline = Stage::mac().home(
        ".docker/config.json",
        r#"{"auths": {"ghcr.io": {"auth": "c2VjcmV0"}}}"#,
    );
    assert_says(
        &inline,
        "credentials",
        Warn,
        "Credentials are kept without encryption",
    );
    assert!(!format!("{:?}", inline.check("credentials")).contains("c2VjcmV0"));
}

#[test]
fn credentials_in_the_file_are_told_beside_a_store_too() {
    let both =
        r#"{"credsStore": "osxkeychain", "auths": {"ghcr.io": {"identitytoken": "c2VjcmV0"}, "a": {}}}"#;
    let stage = || Stage::mac().home(".docker/config.json", both);
    let lost = stage().check("credentials");
    assert_eq!(lost.state, Todo);
    assert!(
        lost.detail
            .contains("credentials of 1 registry stand in the file itself"),
        "{lost:?}"
    );
    let kept = stage()
        .file("usr/bin/docker-credential-osxkeychain", "")
        .check("credentials");
    assert_eq!(
        (kept.state, kept.title.as_str()),
        (Warn, "Credentials are kept without encryption")
    );
    let fix = kept.fix.expect("it can be mended").how;
    assert!(
        fix.contains("docker login") && fix.contains("osxkeychain") && !fix.contains("Install"),
        "{fix}"
    );
}

#[test]
fn a_builder_for_both_platforms_is_found() {
    let node = |platform: &str| {
        format!(r#"{{"Name":"n","Platforms":[{{"os":"linux","architecture":"{platform}"}}]}}"#)
    };
    let builder =
        |nodes: &str| format!(r#"{{"Name":"multi","Driver":"docker-container","Nodes":[{nodes}]}}"#);
    let chosen = r#"{"Key":"desktop-linux","Name":"multi","Global":true}"#;
    let with = |nodes: &str| {
        Stage::mac()
            .home(".docker/buildx/current", chosen)
            .home(".docker/buildx/instances/multi", builder(nodes))
    };
    let both = "Builds can target amd64 and arm64";
    let two = format!("{},{}", node("amd64"), node("arm64"));
    assert_says(&with(&two), "builder", Fine, both);
    assert_says(&with(r#"{"Name":"n","Platforms":null}"#), "builder", Fine, both);
    assert_says(
        &with(&node("arm64")),
        "builder",
        Warn,
        "Builds cannot target amd64",
    );
    let broken = Stage::mac()
        .home(".docker/buildx/current", chosen)
        .home(".docker/buildx/instances/multi", "{");
    assert_eq!(broken.says("builder").0, Unknown);
    let classic = Stage::mac().answering(Runtime::DockerDesktop, Store::Classic);
    assert_says(&classic, "builder", Todo, "Builds make one platform at a time");
    assert_says(&classic, "image-store", Warn, "One architecture to a tag");
}

#[test]
fn ports_tools_and_terminals_are_told_from_files() {
    assert_says(
        &Stage::mac(),
        "ports",
        Warn,
        "Ports 5000 and 7000 belong to AirPlay",
    );
    let listed = "  sl  local\n   0: 00000000:1388 00000000:0000 0A 0\n";
    let taken = Stage::linux().file("proc/net/tcp", listed);
    assert_says(&taken, "ports", Warn, "Port 5000 is taken");
    let free = Stage::linux().file("proc/net/tcp", "  sl  local\n");
    assert_says(&free, "ports", Fine, "Ports 5000 and 7000 are free");
    let intel = Stage::mac().file("usr/local/bin/kubectl", mach_o(X86_64));
    assert_says(&intel, "tools", Warn, "kubectl is not built for arm64");
    let brews = intel.file("opt/homebrew/bin/brew", "#!/bin/bash\n");
    let command = brews.check("tools").fix.and_then(|it| it.command);
    assert_eq!(
        command.as_deref(),
        Some("/opt/homebrew/bin/brew install kubernetes-cli")
    );
    let services = "Library/Preferences/com.apple.LaunchServices/com.apple.LaunchServices.plist";
    let chosen = "<plist><dict><key>Architectures for arm64</key><dict><key>com.apple.Terminal</key>\
        <array><data>AA==</data><string>x86_64</string></array></dict></dict></plist>";
    let terminal = Stage::mac().home(services, chosen);
    assert_says(&terminal, "terminal", Warn, "Terminal: opened using Rosetta");
    assert_eq!(
        Stage::mac().home(services, "bplist00").says("terminal").0,
        Unknown
    );
}

#[test]
fn little_memory_is_told_with_the_runtimes_own_command() {
    let mut stage = Stage::mac().answering(Runtime::Colima, Store::Containerd);
    if let Ok(engine) = &mut stage.engine {
        engine.memory = Some(2 << 30);
    }
    assert_says(
        &stage,
        "resources",
        Warn,
        "The virtual machine has 2 GB of memory and 8 processors",
    );
    let command = stage.check("resources").fix.and_then(|it| it.command);
    assert_eq!(command.as_deref(), Some("colima stop && colima start --memory 8"));
}

#[test]
fn on_linux_the_kernels_handlers_are_read() {
    let handler = |flags: &str| {
        let magic = "7f454c460201010000000000000000000200b700";
        format!("enabled\ninterpreter /usr/bin/qemu-aarch64\nflags: {flags}\noffset 0\nmagic {magic}\n")
    };
    let folder = "proc/sys/fs/binfmt_misc";
    let with = |flags: &str| {
        let stage = Stage::linux().file(&format!("{folder}/status"), "enabled");
        stage.file(&format!("{folder}/qemu-aarch64"), handler(flags))
    };
    let says = |stage: &Stage| {
        let mut seen = stage.seen();
        seen.machine.architecture = Some("amd64".to_owned());
        let check = translation::translator(&seen).view();
        (check.state, check.title)
    };
    assert_eq!(says(&with("OCF")).0, Fine);
    assert_eq!(
        says(&with("OC")).1,
        "The translator for arm64 programs is not for containers"
    );
    let none = Stage::linux().file(&format!("{folder}/status"), "enabled");
    assert_eq!(
        says(&none),
        (Todo, "Nothing translates arm64 programs".to_owned())
    );
    assert_eq!(says(&Stage::linux()).0, Unknown);
}

#[test]
fn what_stands_in_json_alone_has_nothing_invisible_either() {
    let name = "e\u{1b}vil\u{202e}\u{200b}";
    let mut stage = Stage::empty()
        .file(
            "System/Library/CoreServices/SystemVersion.plist",
            stage::list("ProductVersion", "26.1"),
        )
        .home(
            &format!(".lima/{name}/lima.yaml"),
            format!("rosetta:\n  enabled: \"{name}\"\n"),
        );
    stage.engine = Err(crate::view::Problem {
        kind: "no-engine".to_owned(),
        message: format!("No engine at {name}"),
        hint: String::new(),
    });
    let seen = stage.seen();
    let settings = seen.settings.clone().expect("they are read");
    assert_eq!(settings.instance.as_deref(), Some("evil"));
    assert!(settings.why.contains(".lima/evil/lima.yaml"), "{}", settings.why);
    let unseen = checklist(&seen).unseen.expect("no engine answers");
    assert_eq!(unseen.why, "No engine at evil");
    let json = serde_json::to_string(&settings).expect("JSON");
    for mark in ["\\u001b", "\u{202e}", "\u{200b}"] {
        assert!(!json.contains(mark), "{json}");
    }
}

#[test]
fn hostile_values_break_nothing_and_stay_in_one_line() {
    let evil = format!("\u{1b}[2J\u{202e}`<b>{}", "x".repeat(10_000));
    let json = serde_json::json!({ "currentContext": evil, "credsStore": evil }).to_string();
    let builder = serde_json::json!({ "Name": evil, "Driver": evil, "Nodes": [{}, 7, null] }).to_string();
    let stage = Stage::linux()
        .home(".docker/config.json", json)
        .home(".docker/buildx/instances/x", builder)
        .home(
            ".zshrc",
            format!("export DOCKER_HOST='{evil}' DOCKER_DEFAULT_PLATFORM=\"{evil}\"\n"),
        )
        .link("var/run/docker.sock", &"y".repeat(200))
        .file("etc/os-release", format!("PRETTY_NAME={evil}"))
        .file("proc/net/tcp", &evil);
    for check in checklist(&stage.seen()).checks {
        for text in [&check.title, &check.detail] {
            assert!(
                text.chars().all(|it| !it.is_control() && it != '\u{202e}'),
                "{text:?}"
            );
            assert!(text.chars().count() < 1000, "{text}");
        }
    }
}

#[test]
fn the_sample_engine_is_not_this_machines() {
    let stage = Stage {
        engine: Err(checklist_words::only_sample()),
        ..Stage::mac()
    };
    assert_eq!(stage.says("image-store").0, Unknown);
}
