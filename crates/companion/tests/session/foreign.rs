//! Text that strangers wrote: carried as it is, and never as anything else.

use std::collections::HashMap;

use bollard::{models::ContainerCreateBody, query_parameters::StartContainerOptions};
use companion::{Causes, Session, Way};

use crate::{
    relay::Relay,
    stage::{Stage, alpine, named, names, options, setup, soon, url},
};

const MARKUP: &str = "<img src=x onerror=alert(1)>";

#[tokio::test]
async fn a_name_that_no_engine_allows_is_text_like_any_other() {
    let stage = Stage::new().await;
    let hostile = "<b>'$(a)&b";
    let relay = Relay::swapping(stage.sample.socket(), "scratchpad", hostile);
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(setup(&url(relay.socket()), &machine, None));
    let list = soon("a list", session.containers(Causes::Wanted))
        .await
        .expect("a list");
    assert!(names(&list.containers).contains(&hostile));
    assert_eq!(list.containers.len(), stage.ids().await.len());
    let id = named(&list.containers, hostile).id.clone();
    let plan = session
        .plan_rerun(id, options(Some("native"), Way::Usual))
        .await
        .expect("a plan");
    assert_eq!(plan.container, hostile);
    let words = shlex::split(&plan.command).expect("a command that a shell can read");
    assert!(words.iter().any(|word| word == hostile), "{words:?}");
}

#[tokio::test]
async fn labels_and_commands_are_carried_and_quoted() {
    let stage = Stage::new().await;
    let body = ContainerCreateBody {
        labels: Some(HashMap::from([
            ("com.docker.compose.project".to_owned(), MARKUP.to_owned()),
            ("com.docker.compose.container-number".to_owned(), "1".to_owned()),
        ])),
        env: Some(vec!["A=';rm -rf /;'".to_owned()]),
        ..alpine(&[MARKUP, "a\nb", "\u{1b}[31m"])
    };
    let id = stage.create("hostile", body).await;
    stage
        .docker
        .start_container(&id, None::<StartContainerOptions>)
        .await
        .expect_err("no such command");
    let row = stage.row("hostile").await;
    assert_eq!(row.compose_project.as_deref(), Some(MARKUP));
    assert_eq!(row.cause.as_deref(), Some("command-not-found"));
    let diagnosis = stage.session.diagnose(id.clone()).await.expect("a diagnosis");
    assert!(
        !diagnosis.summary.contains(char::is_control),
        "{:?}",
        diagnosis.summary
    );
    assert_eq!(diagnosis.chain[0].path, MARKUP);
    let plan = stage
        .session
        .plan_rerun(id, options(Some("linux/amd64"), Way::Usual))
        .await
        .expect("a plan");
    let kinds: Vec<_> = plan.blockers.iter().map(|note| note.kind.as_str()).collect();
    assert_eq!(kinds, ["compose-not-here"], "what no Compose wrote is no project");
    let words = shlex::split(&plan.command).expect("a command that a shell can read");
    assert!(words.contains(&"A=';rm -rf /;'".to_owned()), "{words:?}");
    assert!(
        words.contains(&MARKUP.to_owned()) && words.contains(&"a\nb".to_owned()),
        "{words:?}"
    );
}
