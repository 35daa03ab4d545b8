//! Whole folders of this machine as a part of an image.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::Variant;

impl Variant {
    /// Adds everything in `folder`, at the same places from the image's root.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn tree(self, folder: &Path) -> Self {
        self.branch(folder, "")
    }

    fn branch(self, folder: &Path, at: &str) -> Self {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("a folder is read to its end").file_name())
            .collect();
        // The same bytes each time, whatever the order on the disk.
        names.sort();
        names.iter().fold(self, |variant, name| {
            let place = format!("{at}/{}", name.to_string_lossy());
            variant.leaf(&folder.join(name), &place)
        })
    }

    fn leaf(self, path: &Path, place: &str) -> Self {
        let found = fs::symlink_metadata(path).expect("it was just listed");
        if found.is_dir() {
            self.branch(path, place)
        } else if found.is_symlink() {
            let to = fs::read_link(path).expect("it is a link");
            self.link(place, &to.to_string_lossy())
        } else {
            let bytes = fs::read(path).expect("it can be read");
            self.file(place, found.permissions().mode() & 0o7777, bytes)
        }
    }
}
