use super::*;

fn to(platform: &str) -> To {
    if platform.is_empty() {
        return To::Nothing;
    }
    To::Platform(platform.parse().expect("a platform"))
}

fn change(text: &str, service: &str, platform: &str) -> Edited {
    edited(text, &Changes::from([(service.to_owned(), to(platform))])).expect("it is YAML")
}

#[track_caller]
fn becomes(text: &str, platform: &str, expected: &str) {
    let done = change(text, "web", platform);
    assert_eq!(done.refused, [], "{text}");
    assert_eq!(done.text, expected, "{text}");
    let again = change(&done.text, "web", platform);
    assert_eq!(again.text, expected, "the same again changes nothing");
}

#[track_caller]
fn refused(text: &str, platform: &str) -> Refusal {
    let done = change(text, "web", platform);
    assert_eq!(done.text, text);
    done.refused.into_iter().next().expect("a refusal")
}

#[test]
fn a_line_is_put_behind_the_images() {
    for (before, after) in [
        (
            "services:\n  web:\n    image: a # why\n    ports: [1]\n",
            "services:\n  web:\n    image: a # why\n    platform: linux/amd64\n    ports: [1]\n",
        ),
        (
            "services:\n  web:\n    ports: [1]\n    image: \"a\"",
            "services:\n  web:\n    ports: [1]\n    image: \"a\"\n    platform: linux/amd64",
        ),
        (
            "\u{feff}services:\r\n    web:\r\n        image: é\r\n",
            "\u{feff}services:\r\n    web:\r\n        image: é\r\n        platform: linux/amd64\r\n",
        ),
        (
            "services:\r\n  web:\r\n    image: a",
            "services:\r\n  web:\r\n    image: a\r\n    platform: linux/amd64",
        ),
        (
            "services:\n  web:\n\n    # first\n    environment:\n      A: b\n    # second\n",
            "services:\n  web:\n\n    # first\n    platform: linux/amd64\n    environment:\n      A: b\n    # second\n",
        ),
        (
            "services:\n  web:\n    build:\n      context: .\n  db: {}\n",
            "services:\n  web:\n    platform: linux/amd64\n    build:\n      context: .\n  db: {}\n",
        ),
        (
            "x-a: &a\n  image: a\nservices:\n  web:\n    <<: *a\n    tty: true\n",
            "x-a: &a\n  image: a\nservices:\n  web:\n    <<: *a\n    platform: linux/amd64\n    tty: true\n",
        ),
        (
            "services:\n  web: &w\n    image: >-\n      a\n  db:\n    image: b\n",
            "services:\n  web: &w\n    platform: linux/amd64\n    image: >-\n      a\n  db:\n    image: b\n",
        ),
        (
            "\"services\":\n  \"web\":\n    \"image\": \"a\"\n",
            "\"services\":\n  \"web\":\n    \"image\": \"a\"\n    \"platform\": \"linux/amd64\"\n",
        ),
    ] {
        becomes(before, "linux/amd64", after);
        becomes(after, "", before);
    }
}

#[test]
fn services_that_say_nothing_get_a_first_line() {
    for (before, after) in [
        (
            "services:\n  web:\n",
            "services:\n  web:\n    platform: linux/amd64\n",
        ),
        (
            "services:\n  web:  # later\n  db:\n",
            "services:\n  web:  # later\n    platform: linux/amd64\n  db:\n",
        ),
        (
            "services:\n  web: &w\n",
            "services:\n  web: &w\n    platform: linux/amd64\n",
        ),
        (
            "services:\n  web: ~\n",
            "services:\n  web: {platform: linux/amd64}\n",
        ),
        (
            "services:\n  web: {}\n",
            "services:\n  web: {platform: linux/amd64}\n",
        ),
        (
            "services:\n  web:",
            "services:\n  web:\n    platform: linux/amd64",
        ),
        (
            "services:\n   db:\n      image: a\n   web:\n",
            "services:\n   db:\n      image: a\n   web:\n      platform: linux/amd64\n",
        ),
    ] {
        becomes(before, "linux/amd64", after);
    }
}

#[test]
fn a_value_is_changed_in_its_quotes() {
    for (before, after) in [
        ("platform: linux/amd64 # m1", "platform: linux/arm64 # m1"),
        ("platform: 'linux/amd64'", "platform: 'linux/arm64'"),
        ("platform:   \"linux/amd64\"", "platform:   \"linux/arm64\""),
        ("platform:", "platform: linux/arm64"),
        ("platform: ~", "platform: linux/arm64"),
        ("platform: ${PLATFORM:-linux/amd64}", "platform: linux/arm64"),
        ("platform: !reset null", "platform: linux/arm64"),
        ("\"platform\" : \"x\"", "\"platform\" : \"linux/arm64\""),
        ("platform: linux/arm64/v8", "platform: linux/arm64/v8"),
    ] {
        let text = |line: &str| format!("services:\n  web:\n    {line}\n    image: a\n");
        becomes(&text(before), "linux/arm64", &text(after));
    }
}

#[test]
fn a_line_is_taken_away_whole() {
    for (before, after) in [
        (
            "services:\n  web:\n    image: a\n    # keep\n    platform: linux/amd64  # go\n\n    tty: true\n",
            "services:\n  web:\n    image: a\n    # keep\n\n    tty: true\n",
        ),
        (
            "services:\r\n  web:\r\n    image: a\r\n    platform: linux/amd64",
            "services:\r\n  web:\r\n    image: a",
        ),
        (
            "services:\n  web:\n    platform: linux/amd64\n",
            "services:\n  web: {}\n",
        ),
        (
            "services:\n  web: &w # x\n    platform: linux/amd64",
            "services:\n  web: &w {} # x",
        ),
    ] {
        becomes(before, "", after);
    }
}

#[test]
fn braces_get_and_lose_an_entry() {
    for (before, after) in [
        (
            "{image: a, tty: true}",
            "{image: a, platform: linux/amd64, tty: true}",
        ),
        ("{ image: 'a' }", "{ image: 'a', platform: linux/amd64 }"),
        (
            "{\"image\":\"a\"}",
            "{\"image\":\"a\", \"platform\": \"linux/amd64\"}",
        ),
        (
            "{tty: true, image: a, }",
            "{tty: true, image: a, platform: linux/amd64, }",
        ),
        (
            "{\n    image: a,\n    tty: true\n  }",
            "{\n    image: a,\n    platform: linux/amd64,\n    tty: true\n  }",
        ),
        ("{ports: [1, 2]}", "{ports: [1, 2], platform: linux/amd64}"),
    ] {
        let text = |service: &str| format!("services:\n  web: {service}\n  db: {{image: b}}\n");
        becomes(&text(before), "linux/amd64", &text(after));
        becomes(&text(after), "", &text(before));
    }
    let apart = "services: {\n  web: {\n      platform: x, \n\n    image: a } }\n";
    becomes(apart, "", &apart.replace("      platform: x, \n", ""));
    let json = |more: &str| {
        format!("{{\n\t\"services\": {{\n    \"web\": {{\n      \"image\": \"a\"{more}\n    }}\n  }}\n}}\n")
    };
    let (before, after) = (json(""), json(",\n      \"platform\": \"linux/amd64\""));
    becomes(
        &before.replace('\t', "  "),
        "linux/amd64",
        &after.replace('\t', "  "),
    );
    becomes("services: {web: {platform: x}}", "", "services: {web: {}}");
    becomes("services: {web: {platform: x, }}", "", "services: {web: { }}");
    becomes(
        "services: {web: {platform: x, image: a}}",
        "",
        "services: {web: {image: a}}",
    );
}

#[test]
fn anchors_and_merges_are_overridden_where_they_are_used() {
    let text =
        "x-a: &a\n  image: a\n  platform: linux/amd64\nservices:\n  web:\n    <<: *a\n  db:\n    <<: *a\n";
    let after = text.replacen("    <<: *a\n", "    <<: *a\n    platform: linux/arm64\n", 1);
    becomes(text, "linux/arm64", &after);
    becomes(text, "linux/amd64", text);
    assert!(matches!(refused(text, ""), Refusal::Spreads { other, .. } if other == "db"));
    let all = ["web", "db"].map(|name| (name.to_owned(), To::Nothing));
    let done = edited(text, &Changes::from(all)).expect("it is YAML");
    assert_eq!(done.refused, []);
    assert_eq!(
        done.text,
        text.replace("  platform: linux/amd64\n", ""),
        "all of them wish it"
    );
    let only = "x-a: &a\n  platform: linux/amd64\nservices:\n  web:\n    <<: *a\n";
    assert!(matches!(refused(only, ""), Refusal::Inherited { .. }));
    let extends = "services:\n  base: {platform: a, image: b}\n  web: {extends: base}\n";
    assert!(matches!(refused(extends, ""), Refusal::Inherited { .. }));
    let value = "x-p: &p linux/amd64\nservices:\n  web:\n    image: a\n    platform: *p\n";
    becomes(value, "linux/arm64", &value.replace("*p", "linux/arm64"));
    becomes(value, "", &value.replace("    platform: *p\n", ""));
}

#[test]
fn what_is_not_the_services_own_is_refused() {
    let whole = "x-a: &a\n  image: a\nservices:\n  web: *a\n";
    let refusal = refused(whole, "linux/amd64");
    assert_eq!(
        refusal,
        Refusal::Alias {
            service: "web".to_owned(),
            line: 4
        }
    );
    let merged = "x-a: &a\n  web:\n    image: a\nservices:\n  <<: *a\n  db:\n    image: b\n";
    assert!(matches!(
        refused(merged, "linux/amd64"),
        Refusal::Alias { line: 5, .. }
    ));
    let gone = refused("services:\n  db:\n    image: a\n", "linux/amd64");
    assert!(matches!(gone, Refusal::NoService { .. }));
    let anchored = "services:\n  web:\n    image: a\n    platform: &p linux/amd64\n  db:\n    image: b\n    platform: *p\n";
    assert!(matches!(refused(anchored, "linux/arm64"), Refusal::Spreads { other, .. } if other == "db"));
    assert!(matches!(
        refused(anchored, ""),
        Refusal::Entangled { line: 2, .. }
    ));
    let folded = "services:\n  web:\n    platform: >-\n      linux/amd64\n    image: a\n";
    assert!(matches!(
        refused(folded, "linux/arm64"),
        Refusal::Entangled { .. }
    ));
    assert!(matches!(refused(folded, ""), Refusal::Entangled { .. }));
    let comment = "services:\n  web: {\n    platform: linux/amd64, # mine\n    image: a\n  }\n";
    assert!(matches!(refused(comment, ""), Refusal::Entangled { .. }));
}

#[test]
fn another_service_is_never_changed_unasked_and_with_its_own_wish_it_is() {
    let text = "services:\n  base:\n    image: a\n    platform: linux/amd64\n  web:\n    extends: base\n  z:\n    extends: {service: web}\n";
    let one = change(text, "base", "");
    assert!(
        matches!(&one.refused[..], [Refusal::Spreads { other, .. }] if other == "web"),
        "{one:?}"
    );
    let all = ["base", "web", "z"].map(|name| (name.to_owned(), To::Nothing));
    let done = edited(text, &Changes::from(all)).expect("it is YAML");
    assert_eq!(done.refused, []);
    assert_eq!(done.text, text.replace("    platform: linux/amd64\n", ""));
    assert_eq!(done.done, ["base", "web", "z"]);
    let own = change(text, "web", "linux/arm64");
    assert!(
        matches!(&own.refused[..], [Refusal::Spreads { other, .. }] if other == "z"),
        "{own:?}"
    );
    let anchored = "services:\n  web: &w\n    image: a\n  db:\n    <<: *w\n    command: x\n";
    assert!(matches!(
        refused(anchored, "linux/amd64"),
        Refusal::Spreads { .. }
    ));
}

#[test]
fn hundreds_of_services_are_changed_together() {
    let rows: Vec<_> = (0..600).map(|at| format!("  s{at}:\n    image: a\n")).collect();
    let text = format!("services:\n{}", rows.concat());
    let all: Changes = (0..600).map(|at| (format!("s{at}"), to("linux/amd64"))).collect();
    let done = edited(&text, &all).expect("it is YAML");
    assert_eq!((done.done.len(), done.refused.len()), (600, 0));
    assert_eq!(
        done.text,
        text.replace("image: a\n", "image: a\n    platform: linux/amd64\n")
    );
    let whole = text
        .replace(":\n    image: a", ": *a")
        .replace("services:", "x-a: &a {image: a}\nservices:");
    let none = edited(&whole, &all).expect("it is YAML");
    assert!(none.text == whole && none.refused.len() == 600);
    assert!(matches!(none.refused.last(), Some(Refusal::TooMany { .. })));
}

#[test]
fn of_several_documents_the_one_that_says_it_is_changed() {
    let text =
        "services:\n  web:\n    image: a\n    platform: linux/amd64\n---\nservices:\n  web:\n    tty: true\n";
    becomes(text, "linux/arm64", &text.replace("amd64", "arm64"));
    becomes(text, "", &text.replace("    platform: linux/amd64\n", ""));
}

#[test]
fn a_text_that_is_no_yaml_is_told_with_its_line() {
    let bad = "services:\n  web:\n    image: a\n   tty: true\n";
    let fault = edited(bad, &Changes::new()).expect_err("it is none");
    assert_eq!(fault.line, 4, "{fault:?}");
    let twice = "services:\n  web:\n    image: a\n    image: b\n";
    assert_eq!(edited(twice, &Changes::new()).expect_err("twice").line, 4);
}

#[test]
fn closing_brackets_far_to_the_left_are_read_as_compose_reads_them() {
    let text = "services:\n  web: {\n    image: a,\n    ports: [\n      1\n  ]\n  }\nx-a: [\n  1,\n]\n";
    let after = text.replace("image: a,", "image: a,\n    platform: linux/amd64,");
    becomes(text, "linux/amd64", &after);
}
