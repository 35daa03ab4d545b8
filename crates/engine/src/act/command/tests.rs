use std::collections::BTreeMap;

use platform::Platform;
use serde_json::{Value, json};

use super::{super::wanted::Usual, *};
use crate::identity::ApiVersion;

/// The words of the command for a create request.
fn command_of(create: &Value, usual: &Usual) -> Command {
    let (platform, connect) = (Platform::linux("arm64"), BTreeMap::new());
    docker_run(&Made {
        name: "web",
        platform: &platform,
        create,
        connect: &connect,
        usual,
        api: ApiVersion(1, 51),
        then: Then::Start,
    })
}

fn words(mut create: Value) -> Vec<String> {
    create["Image"] = json!("acme/api:1");
    let command = command_of(&create, &Usual::default());
    assert_eq!(command.unsaid, [""; 0], "{}", command.text);
    shlex::split(&command.text).expect("a shell can read it")
}

fn usual(config: Value) -> Usual {
    let engine = json!({"CgroupVersion": "2", "DefaultRuntime": "runc", "LoggingDriver": "json-file"});
    Usual {
        image: Some(config),
        engine: Some(engine),
    }
}

#[test]
fn a_shell_reads_hostile_words_back_as_they_were() {
    let hostile = [
        "it's $(rm -rf /) `x` \"y\"\n\t\r\u{1b}[31m",
        "--privileged",
        "-",
        "",
        "=ls",
        "~",
        "a\\'b'",
        "!!",
        "\u{85}é\u{1f600}",
    ];
    for text in hostile {
        let said = words(json!({"Labels": {"note": text}, "Env": [format!("A={text}")], "Cmd": [text, "x"]}));
        assert!(said.contains(&format!("note={text}")), "{said:?}");
        assert!(said.contains(&format!("A={text}")), "{said:?}");
        assert_eq!(&said[said.len() - 3..], ["acme/api:1", text, "x"]);
    }
}

#[test]
fn what_was_asked_for_is_in_the_command() {
    let create = json!({"Image": "acme/api:1", "Env": ["A=1"], "Entrypoint": ["/e"], "Cmd": ["-x", "serve"],
        "HostConfig": {"NetworkMode": "shop", "Binds": ["data:/data:ro"], "RestartPolicy": {"Name": "on-failure",
            "MaximumRetryCount": 3}, "NanoCpus": 1_500_000_000, "Memory": 7, "MemorySwap": 14,
            "PortBindings": {"53/udp": [{"HostIp": "127.0.0.1", "HostPort": "5353"}], "80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
        "NetworkingConfig": {"EndpointsConfig": {"shop": {"Aliases": ["cache"]}}}});
    let expected = "docker run --detach --name web --platform linux/arm64 --restart on-failure:3 --network shop \
        --network-alias cache --publish 127.0.0.1:5353:53/udp --publish 8080:80 --volume data:/data:ro --memory 7 \
        --cpus 1.5 --env A=1 --entrypoint /e acme/api:1 -x serve";
    assert_eq!(command_of(&create, &Usual::default()).text, expected);
}

#[test]
fn what_the_image_says_is_left_out() {
    let config = json!({"Env": ["PATH=/bin", "B=1"], "Cmd": ["serve"], "Entrypoint": ["/e", "-q"], "User": "app",
        "Labels": {"v": "1", "w": "1"}, "ExposedPorts": {"80/tcp": {}}, "WorkingDir": "/srv",
        "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1_000_000_000}, "Volumes": {"/d": {}}});
    let mut create = config.clone();
    create["Image"] = json!("x");
    create["Env"] = json!(["B=2", "PATH=/bin"]);
    create["Labels"]["w"] = json!("2");
    create["Healthcheck"]["Interval"] = json!(1_500_000_000);
    let command = command_of(&create, &usual(config));
    let expected = "docker run --detach --name web --platform linux/arm64 --health-interval 1500ms --env B=2 --label w=2 x";
    assert_eq!((command.text.as_str(), command.unsaid.len()), (expected, 0));
}

#[test]
fn entry_points_are_divided_as_the_command_line_wants_them() {
    let ending = |create: Value, config: Value| {
        let mut create = create;
        create["Image"] = json!("x");
        let command = command_of(&create, &usual(config));
        let end = command
            .text
            .split_once("linux/arm64 ")
            .map(|(_, end)| end.to_owned());
        (end.unwrap_or_default(), command.unsaid)
    };
    let image = json!({"Entrypoint": ["/e"], "Cmd": ["c"]});
    for (create, expected) in [
        (json!({"Entrypoint": ["/e"], "Cmd": ["c"]}), "x"),
        (json!({"Entrypoint": null, "Cmd": null}), "x"),
        (json!({"Cmd": ["d"]}), "x d"),
        (json!({"Entrypoint": null, "Cmd": ["d"]}), "--entrypoint '' x d"),
        (json!({"Entrypoint": ["/e"], "Cmd": ["d"]}), "x d"),
        (json!({"Entrypoint": ["/e"], "Cmd": null}), "--entrypoint /e x"),
        (json!({"Entrypoint": [], "Cmd": ["d"]}), "--entrypoint '' x d"),
        (json!({"Entrypoint": [""], "Cmd": ["d"]}), "--entrypoint '' x d"),
        (json!({"Entrypoint": ["/f"], "Cmd": ["c"]}), "--entrypoint /f x c"),
    ] {
        assert_eq!(ending(create, image.clone()), (expected.to_owned(), Vec::new()));
    }
    let divided = ending(json!({"Entrypoint": ["/f", "-v"], "Cmd": ["c"]}), image);
    assert_eq!(
        divided,
        (
            "--entrypoint /f x -v c".to_owned(),
            vec!["Config.Entrypoint".to_owned()]
        )
    );
}

#[test]
fn further_networks_are_joined_before_the_start() {
    let create = json!({"Image": "x", "HostConfig": {"NetworkMode": "front"}});
    let connect = BTreeMap::from([(
        "Back".to_owned(),
        json!({"Aliases": ["a,b", "-c"], "IPAMConfig": {"IPv4Address": "10.0.0.9"}}),
    )]);
    let platform = Platform::linux("arm64");
    let made = Made {
        name: "web",
        platform: &platform,
        create: &create,
        connect: &connect,
        usual: &Usual::default(),
        api: ApiVersion(1, 41),
        then: Then::Start,
    };
    let command = docker_run(&made);
    let expected = "docker create --name web --platform linux/arm64 --network front x && docker network connect \
        --alias '\"a,b\"' --alias -c --ip 10.0.0.9 Back web && docker start web";
    assert_eq!(command.text, expected);
    assert_eq!(command.unsaid, ["Config.AttachStdout", "Config.AttachStderr"]);
}

#[test]
fn a_profile_of_system_calls_is_given_as_a_file() {
    let create = json!({"Image": "x", "HostConfig": {"SecurityOpt": ["seccomp={\"a\":\"it's\"}"], "MaskedPaths": [], "ReadonlyPaths": []}});
    let text = command_of(&create, &Usual::default()).text;
    let expected = "printf %s '{\"a\":\"it'\\''s\"}' | docker run --detach --name web --platform linux/arm64 \
        --security-opt seccomp=/dev/stdin --security-opt systempaths=unconfined x";
    assert_eq!(text, expected);
}

#[test]
fn what_the_command_line_has_no_words_for_is_told() {
    let create = json!({"Image": "x", "NetworkDisabled": true, "Env": ["BARE", "=x"], "Labels": {"a=b": "", "c d": ""},
        "Healthcheck": {"Test": ["CMD", "true"]}, "StdinOnce": true,
        "HostConfig": {"MaskedPaths": ["/proc/acpi"], "FromTheFuture": {"x": 1}, "Sysctls": {"user.max": "1"}, "Nothing": [0, 0]}});
    let unsaid = command_of(&create, &Usual::default()).unsaid;
    let expected = [
        "Config.AttachStdout",
        "Config.AttachStderr",
        "Config.StdinOnce",
        "Config.Healthcheck.Test",
        "HostConfig.Sysctls[user.max]",
        "HostConfig.MaskedPaths",
        "HostConfig.ReadonlyPaths",
        "Config.Env[BARE]",
        "Config.Env[]",
        "Config.Labels[a=b]",
        "Config.Labels[c d]",
        "Config.NetworkDisabled",
        "HostConfig.FromTheFuture",
    ];
    assert_eq!(unsaid, expected);
}

#[test]
fn megabytes_are_left_out_and_told() {
    let labels: serde_json::Map<String, Value> = (0..5000)
        .map(|n| (format!("label-{n}"), json!("x".repeat(1000))))
        .collect();
    let create = json!({"Image": "x", "Labels": labels, "Cmd": ["y".repeat(3_000_000)], "Env": [format!("A={}", "z".repeat(3_000_000))]});
    let command = command_of(&create, &Usual::default());
    assert!(command.text.len() < 128 * 1024 && command.text.ends_with(" x"));
    assert_eq!(command.unsaid.len(), 101);
    assert!(command.unsaid.contains(&"Config.Env[A]".to_owned()) && command.unsaid[100] == "…");
    assert!(command.unsaid.iter().map(String::len).sum::<usize>() < 100 * 1024);
}
