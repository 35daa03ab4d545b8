//! The one window.

use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Its label, by which capabilities and events name it.
const MAIN: &str = "main";

/// The event that tells the page which container to show; its payload is the id.
const SHOW: &str = "show-container";

/// Shows the window, made anew when it was closed. In the Dock only as long as it is open.
pub(crate) fn show(app: &AppHandle) {
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Regular).ok();
    // A window that cannot be brought to the front is still there.
    if let Some(window) = app.get_webview_window(MAIN).or_else(|| open(app)) {
        window.show().ok();
        window.unminimize().ok();
        window.set_focus().ok();
    }
}

/// Shows the window at the container with this id.
pub(crate) fn show_container(app: &AppHandle, id: &str) {
    show(app);
    app.emit_to(MAIN, SHOW, id).ok();
}

fn open(app: &AppHandle) -> Option<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
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
