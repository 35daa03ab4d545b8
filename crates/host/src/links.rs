//! Where a path leads on the machine whose files are read: links are followed as that machine itself would.
//!
//! An absolute link begins at [`Roots::root`], and no link climbs above it, so that nothing of another machine is ever
//! read or written.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::{HostError, Roots};

/// The kernel gives up after as many links.
const MOST_LINKS: usize = 40;

/// Where a path leads, as a place that is reached from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Led {
    /// Something is there.
    There(PathBuf),
    /// Nothing is there, and no link was on the way.
    Missing(PathBuf),
    /// A link leads there, and nothing is there.
    Dangling(PathBuf),
}

impl Roots {
    /// The place, free of links, of what is at `path`.
    pub(crate) fn resolve(&self, path: &Path) -> Result<PathBuf, HostError> {
        match self.led(path)? {
            Led::There(place) => Ok(place),
            Led::Missing(_) => Err(HostError::Missing { path: path.into() }),
            Led::Dangling(_) => Err(HostError::Dangling { path: path.into() }),
        }
    }

    /// The same, also of what is not there yet: what is missing lies where it would be made.
    pub(crate) fn resolve_new(&self, path: &Path) -> Result<PathBuf, HostError> {
        match self.led(path)? {
            Led::There(place) | Led::Missing(place) => Ok(place),
            // A path to nothing is one thing, a link to nothing another: somebody wanted it to be there.
            Led::Dangling(_) => Err(HostError::Dangling { path: path.into() }),
        }
    }

    /// True where a folder is at `path`.
    pub(crate) fn is_folder(&self, path: &Path) -> bool {
        self.resolve(path).is_ok_and(|place| place.is_dir())
    }

    /// True where a regular file is at `path`.
    pub(crate) fn is_file(&self, path: &Path) -> bool {
        self.resolve(path).is_ok_and(|place| place.is_file())
    }

    /// True where anything is at `path`, were it a link to nothing.
    pub(crate) fn has(&self, path: &Path) -> bool {
        !matches!(self.resolve(path), Err(HostError::Missing { .. }))
    }

    /// True where a link itself is at `path`, the links on the way to it being followed.
    pub(crate) fn is_link(&self, path: &Path) -> Result<bool, HostError> {
        let missing = || HostError::Missing { path: path.into() };
        let (folder, name) = path.parent().zip(path.file_name()).ok_or_else(missing)?;
        let place = self.resolve(folder)?.join(name);
        let metadata = place
            .symlink_metadata()
            .map_err(|error| HostError::from_io(path, &error))?;
        Ok(metadata.is_symlink())
    }

    /// Where `path` leads, be something there or not.
    ///
    /// A home folder may be kept elsewhere than below the root: then it is a root of its own.
    pub(crate) fn led(&self, path: &Path) -> Result<Led, HostError> {
        let bases = [&self.root, &self.home];
        let below = bases.into_iter().find_map(|base| {
            let is_named = !base.as_os_str().is_empty();
            Some((base, path.strip_prefix(base).ok().filter(|_| is_named)?))
        });
        let Some((base, rest)) = below else {
            // The environment may name a folder from where the process is.
            let is_own = self.is_here() && path.is_relative();
            let outside = HostError::Outside { path: path.into() };
            return match path.exists() {
                _ if !is_own => Err(outside),
                true => Ok(Led::There(path.into())),
                false => Ok(Led::Missing(path.into())),
            };
        };
        Walk {
            roots: self,
            path,
            base,
            place: base.clone(),
            left: parts(rest, Given::ByPath).collect(),
            links: 0,
        }
        .finish()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    ByPath,
    ByLink,
}

enum Part {
    Name(OsString),
    Up,
}

fn parts(path: &Path, given: Given) -> impl DoubleEndedIterator<Item = (Part, Given)> {
    path.components().filter_map(move |component| match component {
        Component::Normal(name) => Some((Part::Name(name.to_owned()), given)),
        Component::ParentDir => Some((Part::Up, given)),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    })
}

struct Walk<'a> {
    roots: &'a Roots,
    path: &'a Path,
    /// What cannot be climbed above.
    base: &'a Path,
    /// How far it came.
    place: PathBuf,
    left: VecDeque<(Part, Given)>,
    links: usize,
}

impl Walk<'_> {
    fn finish(mut self) -> Result<Led, HostError> {
        while let Some((part, given)) = self.left.pop_front() {
            let Part::Name(name) = part else {
                self.climb()?;
                continue;
            };
            self.place.push(name);
            match self.place.symlink_metadata() {
                Ok(metadata) if metadata.is_symlink() => self.follow()?,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    return self.missing(given);
                }
                Err(error) => return Err(HostError::from_io(self.path, &error)),
            }
        }
        Ok(Led::There(self.place))
    }

    /// Above the root there is the root itself.
    fn climb(&mut self) -> Result<(), HostError> {
        if self.place != self.base {
            self.place.pop();
        } else if self.base != self.roots.root {
            return Err(HostError::Outside {
                path: self.path.into(),
            });
        }
        Ok(())
    }

    fn follow(&mut self) -> Result<(), HostError> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(HostError::Dangling {
                path: self.path.into(),
            });
        }
        let target = fs::read_link(&self.place).map_err(|error| HostError::from_io(self.path, &error))?;
        let mut rest = target.as_path();
        self.place.pop();
        if target.is_absolute() {
            self.base = &self.roots.root;
            if let Some(below) = self.in_other_home(&target) {
                self.base = &self.roots.home;
                rest = below;
            }
            self.place = self.base.into();
        }
        parts(rest, Given::ByLink)
            .rev()
            .for_each(|part| self.left.push_front(part));
        Ok(())
    }

    /// What is left of `target` below the user's home, where that is kept elsewhere than below the root.
    fn in_other_home<'t>(&self, target: &'t Path) -> Option<&'t Path> {
        let Roots { root, home } = self.roots;
        let user = home.file_name().filter(|_| !home.starts_with(root))?;
        let homes = ["/Users", "/home"].map(|homes| Path::new(homes).join(user));
        homes.iter().find_map(|home| target.strip_prefix(home).ok())
    }

    fn missing(mut self, given: Given) -> Result<Led, HostError> {
        let is_by_link = given == Given::ByLink || self.left.iter().any(|(_, given)| *given == Given::ByLink);
        for (part, _) in self.left {
            match part {
                Part::Name(name) => self.place.push(name),
                Part::Up if is_by_link => {
                    return Err(HostError::Dangling {
                        path: self.path.into(),
                    });
                }
                Part::Up => {
                    return Err(HostError::Missing {
                        path: self.path.into(),
                    });
                }
            }
        }
        Ok(if is_by_link {
            Led::Dangling(self.place)
        } else {
            Led::Missing(self.place)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Mac(tempfile::TempDir, Roots);

    fn mac() -> Mac {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("mac");
        let home = root.join("Users/me");
        fs::create_dir_all(home.join("dot")).expect("a folder");
        fs::write(home.join("dot/s.json"), "{}").expect("a file");
        fs::write(folder.path().join("outside"), "secret").expect("a file");
        Mac(folder, Roots { root, home })
    }

    impl Mac {
        fn led(&self, to: impl AsRef<Path>) -> Result<PathBuf, HostError> {
            let link = self.1.home.join("link");
            fs::remove_file(&link).ok();
            symlink(to, &link).expect("a link");
            self.1.resolve(&link)
        }
    }

    #[test]
    fn links_lead_where_the_machine_itself_would_go() {
        let mac = mac();
        let real = mac.1.home.join("dot/s.json");
        for to in [
            "/Users/me/dot/s.json",
            "dot/s.json",
            "../me/./dot/../dot/s.json",
            "/../Users/me/dot/s.json",
        ] {
            assert_eq!(mac.led(to), Ok(real.clone()), "{to}");
        }
        mac.led("/Users/me/dot").expect("a folder");
        assert_eq!(mac.1.resolve(&mac.1.home.join("link/s.json")), Ok(real));
    }

    #[test]
    fn no_link_leads_out_of_the_root() {
        let mac = mac();
        let outside = mac.0.path().join("outside");
        for to in [
            outside.as_path(),
            Path::new("../../../outside"),
            Path::new("/../outside"),
        ] {
            let led = mac.led(to);
            assert!(matches!(led, Err(HostError::Dangling { .. })), "{led:?}");
        }
        assert!(matches!(mac.1.resolve(&outside), Err(HostError::Outside { .. })));
    }

    #[test]
    fn loops_end_and_a_link_to_nothing_is_not_nothing() {
        let mac = mac();
        assert!(matches!(mac.led("link"), Err(HostError::Dangling { .. })));
        assert!(matches!(mac.led("gone"), Err(HostError::Dangling { .. })));
        assert!(matches!(mac.led("gone/further"), Err(HostError::Dangling { .. })));
        let none = mac.1.home.join("none");
        assert!(matches!(mac.1.resolve(&none), Err(HostError::Missing { .. })));
        mac.led("/Users/me/dot").expect("a folder");
        let new = mac.1.home.join("link/new/file");
        assert!(matches!(mac.1.resolve(&new), Err(HostError::Missing { .. })));
        assert_eq!(mac.1.resolve_new(&new), Ok(mac.1.home.join("dot/new/file")));
    }

    #[test]
    fn a_home_that_is_kept_elsewhere_is_a_root_of_its_own() {
        let mac = mac();
        let roots = Roots {
            root: mac.0.path().join("other"),
            home: mac.1.home.clone(),
        };
        let link = roots.home.join("link");
        symlink("/Users/me/dot/s.json", &link).expect("a link");
        assert_eq!(roots.resolve(&link), Ok(roots.home.join("dot/s.json")));
        let up = roots.home.join("up");
        symlink("../../../outside", &up).expect("a link");
        assert!(matches!(roots.resolve(&up), Err(HostError::Outside { .. })));
    }
}
