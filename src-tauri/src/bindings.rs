//! The commands, and their types in TypeScript.

use tauri_specta::{Builder, collect_commands};

use crate::commands;

/// All commands. The page's types are written from this.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    // One type for both directions: nothing that the page receives is ever sent back.
    Builder::new().disable_serde_phases().commands(collect_commands![
        commands::subscribe,
        commands::diagnose,
        commands::diagnosis_markdown,
        commands::diagnose_image,
        commands::image_markdown,
        commands::look_at_images,
        commands::logs,
        commands::plan_rerun,
        commands::rerun,
        commands::rerun_several,
        commands::stop_several,
        commands::forget_several,
        commands::undo,
        commands::discard,
        commands::rosetta,
        commands::plan_turn,
        commands::turn,
        commands::probe,
        commands::probe_once,
        commands::checklist,
        commands::checklist_markdown,
        commands::reconnect,
        commands::use_sample,
    ])
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    /// Writes the page's types, and fails when the committed ones were others: what is committed is what was built.
    #[test]
    fn the_pages_types_are_current() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/bindings.ts");
        let before = std::fs::read_to_string(file).unwrap_or_default();
        super::builder()
            .export(Typescript::default(), file)
            .expect("the types can be written");
        let after = std::fs::read_to_string(file).expect("they were written");
        assert!(
            before == after,
            "ui/src/bindings.ts was not current; it was written anew"
        );
    }
}
