//! The one window.

use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Its label, by which capabilities and events name it.
const MAIN: &str = "main";

/// The event that tells the page which container to show; its payload is the id.
const SHOW: &str = "show-container";

/// Shows the window, made anew when it was closed. In the Dock only as long as it is open.
pub(crate) fn show(app: &AppHandle) {
    let window = app.get_webview_window(MAIN).or_else(|| open(app, ""));
    bring_to_front(window);
}

/// Shows the window at the container with this id.
pub(crate) fn show_container(app: &AppHandle, id: &str) {
    let there = app.get_webview_window(MAIN);
    if there.is_some() {
        app.emit_to(MAIN, SHOW, id).ok();
    }
    // A page that is only being loaded hears no events yet: it reads the id from its own address.
    let window = there.or_else(|| open(app, id));
    bring_to_front(window);
}

/// A window that cannot be brought to the front is still there.
fn bring_to_front(window: Option<WebviewWindow>) {
    if let Some(window) = window {
        window.show().ok();
        window.unminimize().ok();
        window.set_focus().ok();
    }
}

fn open(app: &AppHandle, container: &str) -> Option<WebviewWindow> {
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Regular).ok();
    let page = WebviewUrl::App(format!("index.html#{container}").into());
    let window = WebviewWindowBuilder::new(app, MAIN, page)
        .title("Archlight")
        .inner_size(1240.0, 800.0)
        .min_inner_size(720.0, 480.0)
        .build()
        .ok()?;
    #[cfg(target_os = "macos")]
    leave_the_dock_when_closed(&window);
    Some(window)
}

#[cfg(target_os = "macos")]
fn leave_the_dock_when_closed(window: &WebviewWindow) {
    let app = window.app_handle().clone();
    window.on_window_event(move |event| {
        if matches!(event, tauri::WindowEvent::Destroyed) {
            app.set_activation_policy(tauri::ActivationPolicy::Accessory).ok();
        }
    });
}
