use super::*;

fn entry(id: &str, name: &str, state: &str, claimed: &str) -> Entry {
    let row = Container {
        id: id.to_owned(),
        name: name.to_owned(),
        image: "acme/x:1".to_owned(),
        image_id: "sha256:0".to_owned(),
        platform: None,
        state: state.to_owned(),
        status: if state == "exited" {
            "Exited (255) 1 second ago".to_owned()
        } else {
            "Up".to_owned()
        },
        created: 1,
        labels: std::collections::BTreeMap::new(),
        network_mode: String::new(),
    };
    Entry::new(row, claimed.parse().ok())
}

fn crashed(mut entry: Entry, cause: &str, actual: &str) -> Entry {
    let finding = Finding {
        cause: cause.to_owned(),
        summary: "s".to_owned(),
        actual: Some(actual.to_owned()),
    };
    entry.examined = Some(Examined {
        key: String::new(),
        exit_code: 255,
        state: "exited".to_owned(),
        bad: true,
        finding,
    });
    entry
}

fn board(entries: Vec<Entry>) -> Board {
    let containers = entries
        .into_iter()
        .map(|entry| (entry.row.id.clone(), entry))
        .collect();
    Board {
        containers,
        ..Board::default()
    }
}

fn only(board: &Board, engine: &str) -> view::Container {
    board.view_containers(&Platform::linux(engine)).remove(0)
}

#[test]
fn the_same_board_reads_the_same_on_either_architecture() {
    for (engine, foreign) in [("amd64", "linux/arm64"), ("arm64", "linux/amd64")] {
        let board = board(vec![crashed(
            entry("a", "web", "exited", foreign),
            "wrong-architecture",
            foreign,
        )]);
        let shown = only(&board, engine);
        assert_eq!(shown.translation, Translation::Impossible);
        assert_eq!(shown.rerun_platform, Some(format!("linux/{engine}")));
        assert!(shown.crashed);
    }
}

#[test]
fn a_mislabelled_image_is_offered_the_platform_of_its_program() {
    let board = board(vec![crashed(
        entry("a", "web", "exited", "linux/arm64"),
        "mislabelled-image",
        "linux/amd64",
    )]);
    let shown = only(&board, "arm64");
    assert_eq!(shown.rerun_platform.as_deref(), Some("linux/amd64"));
    assert_eq!(shown.translation, Translation::Impossible);
}

#[test]
fn a_foreign_container_is_emulated_only_when_that_was_seen() {
    let mut running = entry("a", "web", "running", "linux/arm64");
    assert_eq!(
        only(&board(vec![running.clone()]), "amd64").translation,
        Translation::Unknown
    );
    running.seen = Some(Seen {
        translator: Some(engine::Translator::Qemu),
        ..Seen::default()
    });
    assert_eq!(
        only(&board(vec![running.clone()]), "amd64").translation,
        Translation::Emulated
    );
    running.seen = Some(Seen {
        actual: Some(Platform::linux("amd64")),
        ..Seen::default()
    });
    assert_eq!(
        only(&board(vec![running]), "amd64").translation,
        Translation::Native
    );
}

#[test]
fn what_runs_and_is_in_trouble_needs_somebody_and_still_runs() {
    let mut running = entry("a", "web", "running", "linux/amd64");
    running.seen = Some(Seen {
        trouble: Some(Finding {
            cause: "foreign-module".to_owned(),
            summary: "s".to_owned(),
            actual: None,
        }),
        ..Seen::default()
    });
    let shown = only(&board(vec![running.clone()]), "amd64");
    assert_eq!(
        (shown.crashed, shown.cause.as_deref()),
        (true, Some("foreign-module"))
    );
    assert_eq!((shown.state.as_str(), shown.exit_code), ("running", None));
    // Once it has ended, what was wrong while it ran is no longer the cause.
    running.row.state = "exited".to_owned();
    assert_eq!(only(&board(vec![running]), "amd64").cause, None);
}

#[test]
fn a_kept_container_leads_to_its_successor_and_needs_nobody() {
    let new = "0123456789abcdef";
    let kept = crashed(
        entry("b", "web.kept-for-0123456789ab", "exited", "linux/arm64"),
        "wrong-architecture",
        "linux/arm64",
    );
    let board = board(vec![entry(new, "web", "running", "linux/amd64"), kept]);
    let shown = board.view_containers(&Platform::linux("amd64"));
    let by_name = |name: &str| {
        shown
            .iter()
            .find(|container| container.name == name)
            .expect("it is there")
    };
    assert_eq!(by_name("web").undo_to.as_deref(), Some("b"));
    let kept = by_name("web.kept-for-0123456789ab");
    assert_eq!((kept.kept_for.as_deref(), kept.crashed), (Some(new), false));
}

#[test]
fn only_what_changed_is_sent_again() {
    let engine = Platform::linux("amd64");
    let mut board = board(vec![
        entry("a", "web", "running", "linux/amd64"),
        entry("b", "db", "running", "linux/amd64"),
    ]);
    assert_eq!(board.changes(&engine).len(), 2);
    assert_eq!(board.changes(&engine), []);
    board.containers.remove("a");
    assert_eq!(board.changes(&engine), [Update::Removed { id: "a".into() }]);
}
