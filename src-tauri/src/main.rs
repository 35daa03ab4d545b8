//! The window and menu-bar face of Archlight.

#![cfg_attr(
    all(not(debug_assertions), target_os = "windows"),
    windows_subsystem = "windows"
)]

mod bindings;
mod commands;
mod crashes;
mod tray;
mod window;

use companion::{Session, Setup, Signals};
use tauri::{AppHandle, Manager as _, RunEvent};

fn main() {
    let bindings = bindings::builder();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(tauri_plugin_notification::init())
        .plugin(login_item())
        .invoke_handler(bindings.invoke_handler())
        .setup(|app| {
            let session = tauri::async_runtime::block_on(async { Session::start(setup()) });
            app.manage(session.clone());
            quit_when_asked(app.handle().clone());
            window::show(app.handle());
            tray::start(app.handle(), session)?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .expect("the configuration is compiled in, and a window system is there");
    app.run(|app, event| match event {
        // The menu bar stays when the window is closed; only Quit ends the program.
        RunEvent::ExitRequested { code: None, api, .. } if tray::is_there(app) => api.prevent_exit(),
        RunEvent::Exit => {
            let session = app.state::<Session>().inner().clone();
            tauri::async_runtime::block_on(async move { session.stop().await });
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
}

/// The environment and the arguments enter here.
fn setup() -> Setup {
    let sample = std::env::args().any(|argument| argument == "--sample");
    Setup {
        sample,
        ..Setup::from_environment(|name| std::env::var_os(name))
    }
}

/// A signal is heeded as Quit is: what is under way may tidy up.
fn quit_when_asked(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        let code = Signals::hear().next().await;
        app.exit(i32::from(code));
    });
}

/// Starts at login when the user chooses so; never by itself.
fn login_item<R: tauri::Runtime>() -> tauri::plugin::TauriPlugin<R> {
    tauri_plugin_autostart::Builder::new().build()
}
