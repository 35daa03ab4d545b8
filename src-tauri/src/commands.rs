//! What the page can ask for: each command hands one request to the session.

use std::{sync::Arc, time::Duration};

use companion::{
    OneOfSeveral, Protected, RerunOptions, RerunRequest, Restarting, Session, Turn, TurnRequest,
    view::{
        Checklist, Diagnosis, LogLine, ProbeReport, Problem, RerunDone, RerunPlan, Restored, Rosetta,
        SettingChange, Update,
    },
};
use tauri::{State, ipc::Channel};

/// How long a re-run watches the new container before it says that it stays.
const WATCHED: Duration = Duration::from_secs(5);

/// Sends everything once, then every change.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscribe(session: State<'_, Session>, channel: Channel<Update>) -> Result<(), Problem> {
    let mut updates = session.subscribe().await?;
    tauri::async_runtime::spawn(async move {
        while let Some(update) = updates.recv().await {
            let Ok(()) = channel.send(update) else { break };
        }
    });
    Ok(())
}

/// Says why a container ended.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnose(session: State<'_, Session>, id: String) -> Result<Diagnosis, Problem> {
    session.diagnose(id).await
}

/// The same as Markdown, for an issue report: without secrets.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnosis_markdown(session: State<'_, Session>, id: String) -> Result<String, Problem> {
    let diagnosis = session.diagnose(id).await?;
    session.report(&diagnosis).await
}

/// Says what would keep an image from starting, without running it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnose_image(
    session: State<'_, Session>,
    reference: String,
    platform: Option<String>,
) -> Result<Diagnosis, Problem> {
    session.diagnose_image(reference, platform).await
}

/// The same as Markdown, for an issue report: without secrets.
#[tauri::command]
#[specta::specta]
pub(crate) async fn image_markdown(
    session: State<'_, Session>,
    reference: String,
    platform: Option<String>,
) -> Result<String, Problem> {
    let diagnosis = session.diagnose_image(reference, platform).await?;
    session.report(&diagnosis).await
}

/// From now on, looks at images that no container uses.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_images(session: State<'_, Session>) -> Result<(), Problem> {
    session.look_at_images().await
}

/// The last lines that a container wrote.
#[tauri::command]
#[specta::specta]
pub(crate) async fn logs(session: State<'_, Session>, id: String) -> Result<Vec<LogLine>, Problem> {
    session.logs(id).await
}

/// What a re-run would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_rerun(
    session: State<'_, Session>,
    id: String,
    options: RerunOptions,
) -> Result<RerunPlan, Problem> {
    session.plan_rerun(id, options).await
}

/// Runs a container again for another platform, and keeps the old one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rerun(
    session: State<'_, Session>,
    id: String,
    options: RerunOptions,
) -> Result<RerunDone, Problem> {
    // Progress comes to the page as updates, like everything else.
    let progress = Arc::new(|_| {});
    let wait = WATCHED;
    session
        .rerun(RerunRequest {
            container: id,
            options,
            wait,
            progress,
        })
        .await
}

/// Begins to re-run several containers, one after the other. What comes of each is sent as updates.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rerun_several(
    session: State<'_, Session>,
    reruns: Vec<OneOfSeveral>,
) -> Result<(), Problem> {
    session.rerun_several(reruns, WATCHED).await
}

/// Begins none of several re-runs that has not begun yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_several(session: State<'_, Session>) -> Result<(), Problem> {
    session.stop_several().await
}

/// Forgets what came of several re-runs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_several(session: State<'_, Session>) -> Result<(), Problem> {
    session.forget_several().await
}

/// Puts the kept container back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(session: State<'_, Session>, id: String) -> Result<Restored, Problem> {
    session.undo(id).await
}

/// Removes the kept container.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard(session: State<'_, Session>, id: String) -> Result<Restored, Problem> {
    session.discard(id).await
}

/// Reads what the settings say of Rosetta. On a Mac the system may ask for permission first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rosetta(session: State<'_, Session>) -> Result<Rosetta, Problem> {
    session.rosetta().await
}

/// What turning Rosetta on or off, or taking the last change back, would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_turn(
    session: State<'_, Session>,
    turn: Turn,
    runtime: Option<String>,
) -> Result<SettingChange, Problem> {
    session.plan_turn(turn, runtime).await
}

/// Turns Rosetta on or off, or takes the last change back, by the plan of this seal.
#[tauri::command]
#[specta::specta]
pub(crate) async fn turn(
    session: State<'_, Session>,
    turn: Turn,
    runtime: Option<String>,
    seal: String,
    restarting: Restarting,
) -> Result<SettingChange, Problem> {
    let (seal, progress) = (Some(seal), Arc::new(|_| {}));
    let request = TurnRequest {
        turn,
        runtime,
        seal,
        restarting,
        progress,
    };
    session.turn(request).await
}

/// Runs small programs of ours to find out what runs foreign ones, and how fast.
#[tauri::command]
#[specta::specta]
pub(crate) async fn probe(session: State<'_, Session>) -> Result<ProbeReport, Problem> {
    session.probe(None).await
}

/// The same in the background, once after each start of the engine.
#[tauri::command]
#[specta::specta]
pub(crate) async fn probe_once(session: State<'_, Session>) -> Result<(), Problem> {
    session.probe_once().await
}

/// Checks what decides whether containers run well here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn checklist(
    session: State<'_, Session>,
    settings: Protected,
) -> Result<Checklist, Problem> {
    session.checklist(settings).await
}

/// The same as Markdown, for a team's page: without credentials. What was read before is not read again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn checklist_markdown(session: State<'_, Session>) -> Result<String, Problem> {
    let checklist = session.checklist(Protected::Leave).await?;
    Ok(session.checklist_report(&checklist))
}

/// Looks for an engine again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconnect(session: State<'_, Session>) -> Result<(), Problem> {
    session.reconnect().await
}

/// Switches to the built-in sample engine.
#[tauri::command]
#[specta::specta]
pub(crate) async fn use_sample(session: State<'_, Session>) -> Result<(), Problem> {
    session.use_sample().await
}
