use std::collections::BTreeMap;

use platform::Platform;
use serde_json::{Value, json};

use super::{
    super::wanted::{Then, Usual},
    *,
};
use crate::identity::ApiVersion;

fn service(create: &Value) -> Service {
    let (platform, connect) = (Platform::linux("arm64"), BTreeMap::new());
    compose_service(&Made {
        name: "web",
        platform: &platform,
        create,
        connect: &connect,
        usual: &Usual::default(),
        api: ApiVersion(1, 51),
        then: Then::Start,
    })
}

#[test]
fn what_was_asked_for_is_in_the_service() {
    let create = json!({"Image": "acme/api:1", "Env": ["A=$HOME"], "Entrypoint": ["/e", "-q"], "Cmd": ["no"],
        "Labels": {"a=$b": "1", "com.docker.compose.project": "x"}, "AttachStdout": true,
        "HostConfig": {"NetworkMode": "shop", "Binds": ["data:/data:ro"], "NanoCpus": 1_500_000_000, "AutoRemove": true,
            "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}]},
        "NetworkingConfig": {"EndpointsConfig": {"shop": {"Aliases": ["cache"]}}}});
    let expected = r#"services:
  web:
    image: "acme/api:1"
    container_name: "web"
    platform: "linux/arm64"
    entrypoint:
      - "/e"
      - "-q"
    command:
      - "no"
    networks:
      shop:
        aliases:
          - "cache"
    volumes:
      - "data:/data:ro"
    cpus: "1.5"
    ulimits:
      nofile:
        soft: 1
        hard: 2
    environment:
      - "A=$$HOME"
    labels:
      "a=$b": "1"
networks:
  shop:
    external: true
    name: "shop"
volumes:
  data:
    external: true
    name: "data"
"#;
    let service = service(&create);
    assert_eq!(service.text, expected);
    assert_eq!(service.unsaid, ["HostConfig.AutoRemove"]);
}

#[test]
fn megabytes_are_left_out_and_told() {
    let create = json!({"Image": "x", "Labels": {"a": "x".repeat(5_000_000), "b": "c"}});
    let service = service(&create);
    assert!(service.text.len() < 1000 && service.text.contains("b: \"c\""));
    assert_eq!(service.unsaid, ["Config.Labels[a]"]);
}
