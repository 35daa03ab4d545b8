//! Rosetta turned on and off by the command line: killed at any moment, on full disks, and through runtimes' own commands.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use lab::{Archlight, Unavailable};
use serde_json::{Value, json};

const STORE: &str = "Library/Group Containers/group.com.docker/settings-store.json";
const KILLS: u32 = 60;

/// A command line whose home and root are those of a Mac with Docker Desktop that does not run.
struct Mac {
    archlight: Archlight,
}

impl Mac {
    fn new(settings: &str) -> Self {
        let mac = Self {
            archlight: Archlight::at(""),
        };
        lay_out(mac.root(), settings);
        mac
    }

    fn root(&self) -> &Path {
        self.archlight.home()
    }

    fn store(&self) -> PathBuf {
        self.root().join(STORE)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.store()).expect("the settings file is there")
    }

    fn words<'a>(&'a self, words: &[&'a str]) -> Vec<&'a str> {
        let root = self.root().to_str().expect("a temporary folder's name is plain");
        [&["--root", root, "rosetta"], words].concat()
    }

    fn ask(&self, words: &[&str]) -> (i32, Value) {
        let answer = self.archlight.ask(&self.words(words));
        (answer.code, answer.json)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.archlight.command(&self.words(words));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// What lies in the folder of the settings beside them.
    fn beside(&self) -> Vec<String> {
        let folder = fs::read_dir(self.store().parent().expect("it has one")).expect("a folder");
        let names = folder.map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        });
        names.filter(|name| name != "settings-store.json").collect()
    }
}

/// Puts a Mac's files into `root`, which is its user's home too.
fn lay_out(root: &Path, settings: &str) {
    let list = |key: &str, version: &str| {
        format!(
            "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>{key}</key><string>{version}</string></dict></plist>"
        )
    };
    let files = [
        (
            "System/Library/CoreServices/SystemVersion.plist",
            list("ProductVersion", "27.0"),
        ),
        (
            "Applications/Docker.app/Contents/Info.plist",
            list("CFBundleShortVersionString", "4.91.0"),
        ),
        (STORE, settings.to_owned()),
    ];
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }
}

/// Settings of some pages, in which Rosetta is off or on.
fn settings(is_on: bool) -> String {
    let keys = (0..300).map(|number| format!("  \"Key{number}\": \"value {number}\",\n"));
    format!(
        "{{\n{}  \"UseVirtualizationFrameworkRosetta\": {is_on}\n}}\n",
        keys.collect::<String>()
    )
}

#[test]
fn the_answer_is_one_document_of_the_contract_and_nothing_is_done_without_a_yes() {
    let mac = Mac::new(&settings(false));
    let (code, plan) = mac.ask(&["on", "--dry-run"]);
    assert_eq!(code, 0, "{plan}");
    let file = mac.store().display().to_string();
    let expected = json!({
        "runtime": "docker-desktop", "way": "file", "file": file, "from": false, "to": true,
        "key": "UseVirtualizationFrameworkRosetta", "commands": [], "warnings": [], "refusals": [],
        "applied": false, "backup": format!("{file}.archlight-backup"), "state_after": null,
    });
    for (field, value) in expected.as_object().expect("it is one") {
        assert_eq!(plan[field], *value, "{field}");
    }
    assert_eq!(plan["restart"]["how"], "next-start");
    let (code, refused) = mac.ask(&["on"]);
    assert_eq!((code, &refused["error"]["kind"]), (4, &"not-confirmed".into()));
    assert_eq!((mac.text(), mac.beside()), (settings(false), Vec::new()));
    let (code, done) = mac.ask(&["on", "--yes"]);
    assert_eq!(
        (code, &done["applied"], &done["state_after"]),
        (0, &true.into(), &"on".into())
    );
    assert_eq!(
        (mac.text(), mac.ask(&[]).1["state"].clone()),
        (settings(true), "on".into())
    );
    let (code, undone) = mac.ask(&["undo", "--yes"]);
    assert_eq!((code, &undone["state_after"]), (0, &"off".into()));
    assert_eq!((mac.text(), mac.beside()), (settings(false), Vec::new()));
    assert_eq!(mac.ask(&["undo", "--yes"]).0, 1, "there is nothing left");
}

#[test]
fn what_is_refused_says_so_with_its_plan() {
    let mac = Mac::new("{\"UseLibkrun\": true}");
    for words in [&["on", "--yes"][..], &["on", "--dry-run"], &["on"]] {
        let (code, answer) = mac.ask(words);
        assert_eq!(
            (code, &answer["error"]["kind"]),
            (4, &"not-safe".into()),
            "{answer}"
        );
        assert_eq!(answer["refusals"][0]["kind"], "other-machine-manager");
        assert!(!answer["steps"].as_array().expect("a list").is_empty());
    }
    assert_eq!(mac.text(), "{\"UseLibkrun\": true}");
    assert_eq!(mac.ask(&["on", "--runtime", "vmware"]).0, 2);
}

#[test]
fn after_a_kill_at_any_moment_the_file_is_the_old_one_or_the_new_one() {
    let mac = Mac::new(&settings(false));
    let started = Instant::now();
    assert!(
        mac.command(&["on", "--yes"])
            .status()
            .expect("it was built")
            .success()
    );
    let whole = started.elapsed();
    let mut killed = 0;
    for number in 0..KILLS {
        let word = if mac.text() == settings(true) { "off" } else { "on" };
        let mut child = mac.command(&[word, "--yes"]).spawn().expect("it was built");
        // No wait for something: the moments are spread over the whole run.
        thread::sleep(whole * number / KILLS);
        child.kill().expect("it is ours");
        let status = child.wait().expect("it is ours");
        killed += u32::from(status.signal().is_some());
        let text = mac.text();
        assert!(
            text == settings(true) || text == settings(false),
            "kill {number}: {text}"
        );
    }
    assert!(killed > 0, "no kill came in time");
    let (code, answer) = mac.ask(&["on", "--yes"]);
    assert_eq!((code, mac.text()), (0, settings(true)), "{answer}");
    let unfinished = mac.beside().into_iter().filter(|name| name.ends_with("-new"));
    assert_eq!(unfinished.count(), 0);
}

#[test]
fn two_at_once_leave_one_whole_file() {
    let mac = Mac::new(&settings(false));
    let start = |word| mac.command(&[word, "--yes"]).spawn().expect("it was built");
    let mut children: Vec<_> = ["on", "on", "on", "on"].map(start).into();
    let codes = children
        .iter_mut()
        .map(|child| child.wait().expect("it is ours").code());
    // One that comes too late finds it as wanted, or changed, or somebody at it.
    assert!(codes.filter(|code| *code == Some(0)).count() > 0);
    assert_eq!(mac.text(), settings(true));
}

/// Lays a Mac out on a disk of its own, leaves `$3` free in the way of `$2`, and prints the exit code; the file is
/// compared with both texts in folder `$4`, and what is unfinished is counted.
const FULL: &str = r#"
set -eu
program=$1 way=$2 free=$3 from=$4
home=$from/disk
mkdir -p "$home" && mount -t tmpfs -o size=4m tmpfs "$home"
cp -R "$from/mac/." "$home/"
case $way in
  size) mount -o "remount,size=$(($(df -k --output=used "$home" | tail -n 1) + 4 * free))k" "$home" ;;
  inodes) mount -o "remount,nr_inodes=$(($(df --output=iused "$home" | tail -n 1) + free))" "$home" ;;
esac
file="$home/Library/Group Containers/group.com.docker/settings-store.json"
code=0; "$program" --root "$home" --home "$home" --json rosetta on --yes > "$from/answer.json" || code=$?
state=broken
if cmp -s "$file" "$from/old"; then state=old; elif cmp -s "$file" "$from/new"; then state=new; fi
echo "$code $state $(find "$home" -name '*-new' | wc -l)"
"#;

#[test]
fn on_a_full_disk_the_file_is_the_old_one_and_the_answer_says_why() {
    let mac = Mac::new(&settings(false));
    let program = mac.archlight.command(&[]);
    let can = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "tmpfs",
            "/tmp",
        ])
        .output();
    if !can.is_ok_and(|output| output.status.success()) {
        let reason = Unavailable::because("mounts in new namespaces cannot be had");
        return lab::skip("settings on full disks", &reason);
    }
    let mut seen = Vec::new();
    let ways = [("size", 0..24), ("inodes", 0..10)];
    for (way, free) in ways
        .into_iter()
        .flat_map(|(way, free)| free.map(move |free| (way, free)))
    {
        let folder = tempfile::tempdir().expect("the temporary folder can be written");
        lay_out(&folder.path().join("mac"), &settings(false));
        fs::write(folder.path().join("old"), settings(false)).expect("it can be written");
        fs::write(folder.path().join("new"), settings(true)).expect("it can be written");
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", FULL, "sh"])
            .arg(program.get_program())
            .args([way, &free.to_string()])
            .arg(folder.path())
            .output()
            .expect("it was there a moment ago");
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let answer = fs::read_to_string(folder.path().join("answer.json")).unwrap_or_default();
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let kind = answer["error"]["kind"].as_str().unwrap_or_default();
        let is_right = match said.as_str() {
            "0 new 0" => answer["applied"] == true,
            "1 old 0" => ["disk-full", "journal-failed"].contains(&kind),
            _ => false,
        };
        assert!(is_right, "{way} {free}: {said}: {answer}: {output:?}");
        seen.push(if said.starts_with('0') {
            "done".to_owned()
        } else {
            kind.to_owned()
        });
    }
    for outcome in ["done", "disk-full", "journal-failed"] {
        assert!(seen.iter().any(|seen| seen == outcome), "{outcome} in {seen:?}");
    }
}

/// A `colima` that writes down what it is asked, and whose profile is turned on by that.
const COLIMA: &str = r#"#!/bin/sh
echo "$*" >> "$HOME/asked"
echo "starting colima" >&2
[ -e "$HOME/broken" ] && { echo "it is broken" >&2; exit 1; }
case "$*" in
  *--vz-rosetta=false*) sed -i 's/rosetta: true/rosetta: false/' "$HOME/.colima/default/colima.yaml" ;;
  *--vz-rosetta*) sed -i 's/rosetta: false/rosetta: true/' "$HOME/.colima/default/colima.yaml" ;;
esac
"#;

#[test]
fn a_runtime_of_its_own_commands_is_changed_by_them_and_taken_back_by_them() {
    let mac = Mac::new("{}");
    let bin = mac.root().join("bin");
    let script = format!(
        "mkdir -p '{0}' && cat > '{0}/colima' && chmod 755 '{0}/colima'",
        bin.display()
    );
    let mut shell = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    std::io::Write::write_all(
        &mut shell.stdin.take().expect("it was asked for"),
        COLIMA.as_bytes(),
    )
    .expect("it reads");
    assert!(shell.wait().expect("it is ours").success());
    let profile = mac.root().join(".colima/default/colima.yaml");
    fs::create_dir_all(profile.parent().expect("it has one")).expect("it can be written");
    fs::write(&profile, "vmType: vz\nrosetta: false\n").expect("it can be written");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let ask = |words: &[&str]| {
        let words = mac.words(&[words, &["--runtime", "colima", "--json"]].concat());
        let output = mac
            .archlight
            .command(&words)
            .env("PATH", &path)
            .output()
            .expect("it was built");
        let json: Value = serde_json::from_slice(&output.stdout).expect("one document");
        (output.status.code(), json)
    };
    let asked = || fs::read_to_string(mac.root().join("asked")).unwrap_or_default();
    let (code, plan) = ask(&["on", "--dry-run"]);
    assert_eq!(
        (code, &plan["commands"]),
        (Some(0), &json!(["colima start --vm-type vz --vz-rosetta"]))
    );
    assert_eq!(asked(), "");
    let (code, done) = ask(&["on", "--yes"]);
    assert_eq!((code, &done["state_after"]), (Some(0), &"on".into()), "{done}");
    assert_eq!(asked(), "start --vm-type vz --vz-rosetta\n");
    fs::write(mac.root().join("broken"), "").expect("it can be written");
    let (code, failed) = ask(&["undo", "--yes"]);
    assert_eq!(
        (code, &failed["error"]["kind"]),
        (Some(1), &"command-failed".into())
    );
    assert!(
        failed["error"]["message"]
            .as_str()
            .is_some_and(|it| it.contains("it is broken")),
        "{failed}"
    );
    fs::remove_file(mac.root().join("broken")).expect("it is there");
    let (code, undone) = ask(&["undo", "--yes"]);
    assert_eq!(
        (code, &undone["state_after"]),
        (Some(0), &"off".into()),
        "a failed undo can be tried again"
    );
    assert!(asked().ends_with("start --vz-rosetta=false\n"));
    assert_eq!(ask(&["undo", "--yes"]).1["error"]["kind"], "nothing-kept");
}

#[test]
fn a_program_that_is_not_there_is_said_before_anything_is_done() {
    let mac = Mac::new("{}");
    let profile = mac.root().join(".colima/default/colima.yaml");
    fs::create_dir_all(profile.parent().expect("it has one")).expect("it can be written");
    fs::write(&profile, "vmType: vz\nrosetta: false\n").expect("it can be written");
    let (code, answer) = mac.ask(&["on", "--yes", "--runtime", "colima"]);
    assert_eq!(
        (code, &answer["error"]["kind"]),
        (1, &"no-program".into()),
        "{answer}"
    );
    assert_eq!(mac.ask(&["undo", "--yes"]).1["error"]["kind"], "nothing-kept");
}
