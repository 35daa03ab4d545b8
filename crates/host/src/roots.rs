//! Where this machine's files are read from.

use std::path::{Component, Path, PathBuf};

/// Where this machine's files are read from. Nothing else is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots {
    /// The file system's root, `/` unless another machine's files are read.
    pub root: PathBuf,
    /// The user's home folder, as it is reached from here (not below `root`).
    pub home: PathBuf,
}

impl Roots {
    /// The roots of the machine that runs this, for a user with this home folder.
    pub fn here(home: impl Into<PathBuf>) -> Self {
        let (root, home) = (PathBuf::from("/"), home.into());
        Self { root, home }
    }

    /// True when the files are those of the machine that runs this.
    pub fn is_here(&self) -> bool {
        self.root == Path::new("/")
    }

    /// Where the machine's absolute `path` lies; `None` when it climbs with `..`.
    pub(crate) fn under(&self, path: impl AsRef<Path>) -> Option<PathBuf> {
        let mut place = self.root.clone();
        for component in path.as_ref().components() {
            match component {
                Component::Normal(name) => place.push(name),
                Component::RootDir | Component::CurDir => {}
                Component::ParentDir | Component::Prefix(_) => return None,
            }
        }
        Some(place)
    }

    /// Where a path written in this program lies; like [`Self::under`] for trusted paths.
    pub(crate) fn known(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_from_a_file_stays_below_the_root() {
        let roots = Roots {
            root: "/mac".into(),
            home: "/mac/Users/me".into(),
        };
        let app = roots.under("/Applications/./Docker.app");
        assert_eq!(app, Some("/mac/Applications/Docker.app".into()));
        assert_eq!(roots.under("/Applications/../../etc"), None);
    }

    #[test]
    fn only_the_plain_root_is_this_machine() {
        assert!(Roots::here("/home/me").is_here());
        let other = Roots {
            root: "/mac".into(),
            home: "/home/me".into(),
        };
        assert!(!other.is_here());
    }
}
