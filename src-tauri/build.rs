//! Lets Tauri read its configuration while compiling.
fn main() {
    tauri_build::build();
}
