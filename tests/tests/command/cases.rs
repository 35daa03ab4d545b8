//! Containers with every option that an engine in namespaces of its own accepts.

use serde_json::{Value, json};

use super::options;

/// Which words an engine has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Words {
    Old,
    New,
}

/// Who makes the container.
#[derive(Clone, Debug)]
pub(crate) enum How {
    /// The client: by a verb, options, and words after the image.
    Client(&'static str, Vec<&'static str>, &'static [&'static str]),
    /// The engine, asked for it by a request of its own.
    Engine(Value),
}

/// A container.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) since: Words,
    /// 0 for the image that says nothing, 1 for the one that says all.
    pub(crate) image: u8,
    pub(crate) how: How,
    /// Networks that it is connected to afterwards, with options.
    pub(crate) joins: &'static [&'static [&'static str]],
    /// What the command leaves out.
    pub(crate) unsaid: &'static [&'static str],
}

/// The client makes it, and it is not started. Options are apart by spaces.
pub(crate) fn made(name: &'static str, options: &'static str) -> Case {
    made_of(name, &options.split_whitespace().collect::<Vec<_>>())
}

pub(crate) fn made_of(name: &'static str, options: &[&'static str]) -> Case {
    Case {
        name,
        since: Words::Old,
        image: 0,
        how: How::Client("create", options.to_vec(), &[]),
        joins: &[],
        unsaid: &[],
    }
}

/// The client makes it and starts it.
pub(crate) fn running(name: &'static str, options: &'static str) -> Case {
    Case {
        how: How::Client("run", options.split_whitespace().collect(), &[]),
        ..made(name, "")
    }
}

/// The engine makes it, which says nothing of outputs, unlike the client.
pub(crate) fn asked(name: &'static str, mut body: Value) -> Case {
    body["AttachStdout"] = json!(true);
    body["AttachStderr"] = json!(true);
    Case {
        how: How::Engine(body),
        ..made(name, "")
    }
}

impl Case {
    pub(crate) fn rich(mut self) -> Self {
        self.image = 1;
        self
    }

    pub(crate) fn lately(mut self) -> Self {
        self.since = Words::New;
        self
    }

    pub(crate) fn words(mut self, after: &'static [&'static str]) -> Self {
        if let How::Client(_, _, words) = &mut self.how {
            *words = after;
        }
        self
    }

    pub(crate) fn joins(mut self, joins: &'static [&'static [&'static str]]) -> Self {
        self.joins = joins;
        self
    }

    pub(crate) fn unsaid(mut self, unsaid: &'static [&'static str]) -> Self {
        self.unsaid = unsaid;
        self
    }
}

pub(crate) fn all() -> Vec<Case> {
    [
        identity(),
        life(),
        programs(),
        options::networks(),
        options::mounts(),
        options::limits(),
        options::security(),
        requests(),
    ]
    .concat()
}

fn identity() -> Vec<Case> {
    vec![
        made("nothing", ""),
        made("rich-nothing", "").rich(),
        running("detached", "-d"),
        running("detached-input", "-d -i -t"),
        running("detached-rich", "-d --env A=1").rich(),
        made("hostname", "--hostname box --domainname example.org"),
        made(
            "user",
            "--user 1000:1000 --workdir /tmp --group-add 20 --group-add audio",
        ),
        made("rich-user", "--user 8 --workdir /tmp --stop-signal SIGTERM").rich(),
        made_of(
            "environment",
            &[
                "-e",
                "A=",
                "-e",
                "B=it's $HOME \"x\" `y` \\",
                "-e",
                "C=a\nb\tc",
                "-e",
                "D==x",
                "-e",
                "E=--privileged",
            ],
        ),
        made("rich-environment", "-e LEVEL=debug -e PATH=/bin -e NEW=1").rich(),
        made_of(
            "labels",
            &[
                "--label",
                "empty",
                "--label",
                "odd=it's\n\"a\" $b `c` \\",
                "--label",
                "-x=-y",
                "--label",
                "a=b=c",
            ],
        ),
        made(
            "rich-labels",
            "--label version=2 --label maker=acme --label é=\u{1f600}",
        )
        .rich(),
        made("terminal", "-t"),
        made("input", "-i"),
        made("both", "-i -t"),
        made("attached-output", "-a stdout"),
        made("attached-input", "-a stdin -i"),
        made("attached-closed", "-a stdin -a stderr"),
    ]
}

fn life() -> Vec<Case> {
    vec![
        made("stopping", "--stop-signal SIGQUIT --stop-timeout 0"),
        made("slow-stopping", "--stop-timeout 120"),
        made("restart", "--restart on-failure:5"),
        made("restart-failure", "--restart on-failure"),
        made("restart-always", "--restart unless-stopped"),
        made("removed", "--rm"),
        made("init", "--init"),
        made("no-init", "--init=false"),
        made_of(
            "health",
            &[
                "--health-cmd",
                "test -e /x || exit 1",
                "--health-interval",
                "1m30s",
                "--health-timeout",
                "1500ms",
                "--health-retries",
                "2",
                "--health-start-period",
                "3s",
            ],
        ),
        made("health-start", "--health-cmd true --health-start-interval 1s").lately(),
        made("no-health", "--no-healthcheck").rich(),
        made("rich-health", "--health-interval 5s").rich(),
        made_of(
            "log",
            &[
                "--log-driver",
                "json-file",
                "--log-opt",
                "max-size=1m",
                "--log-opt",
                "tag=it's {{.Name}}",
            ],
        ),
        made("log-local", "--log-driver local"),
        made("log-none", "--log-driver none"),
        made_of("annotation", &["--annotation", "a=b c", "--annotation", "d="]).lately(),
    ]
}

fn programs() -> Vec<Case> {
    vec![
        made("command", "").words(&["echo", "", "a b", "it's", "--x", "$y", "a\nb", "=z"]),
        made("command-option", "").words(&["--version"]),
        made("rich-command", "").rich().words(&["sleep", "5"]),
        made("entrypoint", "--entrypoint /bin/sleep").words(&["1000"]),
        made("entrypoint-alone", "--entrypoint /bin/true"),
        made("rich-entrypoint", "--entrypoint /bin/sleep")
            .rich()
            .words(&["9"]),
        made("rich-entrypoint-alone", "--entrypoint /bin/env").rich(),
        made("rich-same-entrypoint", "--entrypoint /bin/env")
            .rich()
            .words(&["sleep", "1000"]),
        made_of("rich-no-entrypoint", &["--entrypoint", ""])
            .rich()
            .words(&["sleep", "9"]),
    ]
}

/// What the client has no words for.
fn requests() -> Vec<Case> {
    vec![
        asked(
            "health-words",
            json!({"Healthcheck": {"Test": ["CMD", "/bin/true", "it's"]}}),
        )
        .unsaid(&["Config.Healthcheck.Test"]),
        asked(
            "divided",
            json!({"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["sleep 9"]}),
        )
        .unsaid(&["Config.Entrypoint"]),
        asked("bare-variable", json!({"Env": ["BARE", "A=1"]})).unsaid(&["Config.Env[BARE]"]),
        asked("odd-label", json!({"Labels": {"a b": "c", "d=e": "f"}}))
            .unsaid(&["Config.Labels[a b]", "Config.Labels[d=e]"]),
        asked(
            "own-paths",
            json!({"HostConfig": {"MaskedPaths": ["/proc/acpi"], "ReadonlyPaths": ["/proc/bus"]}}),
        )
        .unsaid(&["HostConfig.MaskedPaths", "HostConfig.ReadonlyPaths"]),
        asked(
            "console",
            json!({"Tty": true, "HostConfig": {"ConsoleSize": [20, 90]}}),
        )
        .unsaid(&["HostConfig.ConsoleSize"]),
        asked(
            "twice",
            json!({"HostConfig": {"Privileged": true, "SecurityOpt": ["label=disable"]}}),
        ),
        asked(
            "control",
            json!({"Cmd": ["\u{1b}[31m\r\u{7f}", "\u{85}\u{2028}\u{feff}", "$$x ${y} $(z)"], "Env": ["A=\u{1}\r\n", "B=${HOME}"],
                "Labels": {"$x": "\u{1b}", "on": "no"}}),
        ),
        asked("no-network", json!({"NetworkDisabled": true})).unsaid(&["Config.NetworkDisabled"]),
        asked("half-attached", json!({"OpenStdin": true}))
            .unsaid(&["Config.AttachStdin", "Config.StdinOnce"]),
    ]
}
