//! The file system of a container, as its programs see it: through symbolic links, mounts and permissions.

use std::sync::Arc;

use futures_util::future::try_join_all;
use platform::{File, Link, Mount, MountKind, PREFIX_LIMIT, Role, Target, Via};
use tokio::sync::OnceCell;

use super::{
    budget::Budget,
    kept::Kept,
    mounts,
    user::{self, User, Wish},
};
use crate::{
    Engine, EngineError, FileKind, Inspection, Stat,
    file_system::{ContainerFiles, FileSystem},
    files::{HEADERS, Head},
};

/// The kernel gives up after forty symbolic links (`MAXSYMLINKS`).
const LINKS: usize = 40;

/// What the runtime looks through when the environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Folders of a `PATH` that are looked at; longer ones exist only to waste time.
const FOLDERS: usize = 64;

/// Of places that are looked at one for another, those that are asked for first: most of what is there is there.
const LIKELY: usize = 4;

/// Folders above a file that are looked at for whether its user may enter them.
const ABOVE: usize = 16;

/// The file system of one container. What was read is kept, and counts against one budget.
pub struct Root<'a> {
    pub(crate) files: Box<dyn FileSystem + 'a>,
    pub(crate) inspection: &'a Inspection,
    mounts: Vec<Mount>,
    user: OnceCell<User>,
    pub(crate) budget: Budget,
    heads: Kept<Arc<Head>>,
    stats: Kept<Option<Stat>>,
    volumes: Kept<Option<bool>>,
}

/// What is at the end of a path.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) stat: Stat,
}

impl Engine {
    /// The file system of container `inspection`. Nothing is read yet.
    pub fn root<'a>(&'a self, inspection: &'a Inspection) -> Root<'a> {
        Root::new(Box::new(ContainerFiles::new(self, inspection)), inspection)
    }
}

impl<'a> Root<'a> {
    /// The file system of what would be started as `inspection` says, from `files`. Nothing is read yet.
    pub fn new(files: Box<dyn FileSystem + 'a>, inspection: &'a Inspection) -> Self {
        Self {
            files,
            inspection,
            mounts: mounts::of(inspection),
            user: OnceCell::new(),
            budget: Budget::default(),
            heads: Kept::default(),
            stats: Kept::default(),
            volumes: Kept::default(),
        }
    }
}

impl Root<'_> {
    /// Bytes that were received until now: of all files, and the most of one.
    pub fn received(&self) -> (usize, usize) {
        self.budget.spent()
    }

    /// Looks `path` up, which starts in `folder` when it is relative, and reads what is there.
    pub(crate) async fn link(
        &self,
        role: Role,
        via: Via,
        path: &str,
        folder: &str,
    ) -> Result<Link, EngineError> {
        let whole = absolute(folder, path);
        let found = self.find_to_read(&whole).await?;
        self.read(role, via, path, &whole, found).await
    }

    /// Looks the name `name` up in `PATH`, or in `path` when that is given, and reads what is there.
    pub(crate) async fn link_in_path(
        &self,
        role: Role,
        via: Via,
        name: &str,
        path: Option<&str>,
    ) -> Result<Link, EngineError> {
        let found = self.which(name, path).await?;
        self.read(role, via, name, name, found).await
    }

    async fn read(
        &self,
        role: Role,
        via: Via,
        path: &str,
        whole: &str,
        found: Option<Found>,
    ) -> Result<Link, EngineError> {
        let found = match found {
            Some(found) => Some(Found {
                path: self.without_links(&found.path).await?,
                ..found
            }),
            None => None,
        };
        let place = found.as_ref().map_or(whole, |found| found.path.as_str());
        let mount = self.mount(place).await?;
        let in_memory = mount
            .as_ref()
            .is_some_and(|mount| mount.kind == MountKind::Memory);
        let target = match &found {
            // Memory is empty at the start: what the image has at this place cannot be seen through it.
            _ if in_memory && via == Via::Kernel => Target::Missing,
            _ if in_memory => Target::Unreadable("it was in memory, which is gone".to_owned()),
            None => Target::Missing,
            Some(found) => self.target(found).await?,
        };
        Ok(Link {
            role: outcome(role, &target),
            via,
            path: path.to_owned(),
            resolved: found
                .filter(|_| target != Target::Missing)
                .map(|found| found.path),
            target,
            mount,
            asked_in: None,
        })
    }

    /// The mount on which `place` lies. Of a volume, its options are asked for.
    async fn mount(&self, place: &str) -> Result<Option<Mount>, EngineError> {
        let shared = mounts::shared_memory(self.inspection);
        if self.mounts.is_empty() {
            return Ok(shared.filter(|shared| mounts::holds(shared, place)));
        }
        let real = self.without_links(place).await?;
        let Some(mount) = mounts::over(&self.mounts, &real) else {
            return Ok(shared.filter(|shared| mounts::holds(shared, &real)));
        };
        let forbids_execution = match mount.kind {
            MountKind::Volume => {
                let ask = async || {
                    self.budget.ask()?;
                    self.files.volume_forbids_execution(&mount.source).await
                };
                self.volumes.get_or(&mount.source, ask).await?
            }
            MountKind::Bind | MountKind::Memory | MountKind::Other => mount.forbids_execution,
        };
        Ok(Some(Mount {
            forbids_execution,
            ..mount.clone()
        }))
    }

    /// `path` without symbolic links among the folders above its end.
    async fn without_links(&self, path: &str) -> Result<String, EngineError> {
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let ends: Vec<usize> = path
                .match_indices('/')
                .map(|(at, _)| at)
                .filter(|at| *at > 0)
                .take(ABOVE)
                .collect();
            // One after the other they would take longer: most are no links.
            try_join_all(ends.iter().map(|end| self.stat(&path[..*end]))).await?;
            let mut next = None;
            for end in ends {
                let target = self.stat(&path[..end]).await?.and_then(|stat| stat.link_target);
                if let Some(target) = target {
                    next = Some(absolute(parent(&path[..end]), &target) + &path[end..]);
                    break;
                }
            }
            let Some(next) = next else { break };
            path = next;
        }
        Ok(path)
    }

    /// Follows symbolic links. The engine keeps every step inside of the container's root.
    pub(crate) async fn find(&self, path: &str) -> Result<Option<Found>, EngineError> {
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let Some(stat) = self.stat(&path).await? else {
                return Ok(None);
            };
            if stat.kind != FileKind::Link {
                return Ok(Some(Found { path, stat }));
            }
            let Some(target) = stat.link_target else {
                return Ok(None);
            };
            path = absolute(parent(&path), &target);
        }
        Ok(None)
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, EngineError> {
        let ask = async || {
            self.budget.ask()?;
            self.files.stat(path).await
        };
        self.stats.get_or(path, ask).await
    }

    /// As [`Root::find`], for what is read next: where a link leads is told with the bytes, so it is not asked for apart.
    async fn find_to_read(&self, path: &str) -> Result<Option<Found>, EngineError> {
        let stat = self.stat(path).await?;
        let target = stat.and_then(|stat| stat.link_target);
        let target = target.map(|target| absolute(parent(path), &target));
        let is_new = |target: &String| {
            self.stats.get(target).is_none() && mounts::over(&self.mounts, target).is_none()
        };
        if let Some(target) = target.filter(is_new)
            && let Ok(head) = self.head(&target, PREFIX_LIMIT).await
            && let Some(stat) = head.stat()
        {
            self.stats.keep(&target, Some(stat));
        }
        self.find(path).await
    }

    /// The first of `paths` at which something is wanted; the likely ones are asked for at once, then all others.
    pub(crate) async fn first(
        &self,
        paths: &[String],
        is_wanted: impl Fn(&Found) -> bool,
    ) -> Result<Option<Found>, EngineError> {
        let (likely, others) = paths.split_at(LIKELY.min(paths.len()));
        for paths in [likely, others] {
            let found = try_join_all(paths.iter().map(|path| self.find(path))).await?;
            if let Some(found) = found.into_iter().flatten().find(&is_wanted) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn which(&self, name: &str, path: Option<&str>) -> Result<Option<Found>, EngineError> {
        let path = path.or_else(|| self.variable("PATH")).unwrap_or(DEFAULT_PATH);
        let folder = |folder: &str| {
            absolute(
                self.inspection.working_directory(),
                &format!("{}/{name}", folder.trim_end_matches('/')),
            )
        };
        let candidates: Vec<String> = path.split(':').take(FOLDERS).map(folder).collect();
        self.first(&candidates, |found| {
            found.stat.kind == FileKind::Regular && found.stat.executable
        })
        .await
    }

    /// A variable of the container's configuration.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let environment = self.inspection.environment();
        environment
            .iter()
            .find_map(|variable| variable.strip_prefix(name)?.strip_prefix('='))
    }

    async fn target(&self, found: &Found) -> Result<Target, EngineError> {
        match found.stat.kind {
            FileKind::Directory => return Ok(Target::Directory),
            FileKind::Other | FileKind::Link => return Ok(Target::Special),
            FileKind::Regular => {}
        }
        let head = match self.head(&found.path, PREFIX_LIMIT).await {
            Ok(head) => head,
            Err(error @ EngineError::Unreachable { .. }) => return Err(error),
            Err(error) => return Ok(Target::Unreadable(error.to_string())),
        };
        let barred_by = self.barred_by(&found.path).await?;
        let is_free = barred_by.is_none();
        Ok(Target::File(Box::new(File {
            program: platform::read_program(&head.bytes, head.size),
            executable: is_free && self.may(Wish::Execute, &head).await?,
            readable: is_free && self.may(Wish::Read, &head).await?,
            barred_by,
        })))
    }

    /// Whether its programs may do `wish`. Who they run as is looked up only where that decides.
    async fn may(&self, wish: Wish, head: &Head) -> Result<bool, EngineError> {
        match user::anybody_may(wish, head) {
            Some(may) => Ok(may),
            None => Ok(self.user().await?.may(wish, head)),
        }
    }

    /// The first bytes of the file at `path`, which is no link, within the budget.
    pub(crate) async fn head(&self, path: &str, limit: usize) -> Result<Arc<Head>, EngineError> {
        if let Some(head) = self.heads.get(path).filter(|head| is_enough(head, limit)) {
            return Ok(head);
        }
        self.budget.ask()?;
        let share = self.budget.share(path, limit + HEADERS)?;
        let head = self.files.head(path, limit, &share).await?;
        let head = Arc::new(head);
        self.heads.keep(path, Arc::clone(&head));
        Ok(head)
    }

    /// As much of the file at `path` as one may have.
    pub(crate) async fn whole_head(&self, path: &str) -> Result<Arc<Head>, EngineError> {
        let limit = self.budget.left(path).saturating_sub(HEADERS);
        self.head(path, limit).await
    }

    /// The text at `path`, empty when there is none.
    pub(crate) async fn text(&self, path: &str) -> Result<String, EngineError> {
        let Some(found) = self
            .find(path)
            .await?
            .filter(|found| found.stat.kind == FileKind::Regular)
        else {
            return Ok(String::new());
        };
        let head = self.head(&found.path, PREFIX_LIMIT).await?;
        Ok(String::from_utf8_lossy(&head.bytes).into_owned())
    }

    /// The texts of the files right in `folder` whose names end in `ending`, as far as [`PREFIX_LIMIT`] goes.
    pub(crate) async fn small_files(&self, folder: &str, ending: &str) -> Result<Vec<String>, EngineError> {
        let Some(found) = self
            .find(folder)
            .await?
            .filter(|found| found.stat.kind == FileKind::Directory)
        else {
            return Ok(Vec::new());
        };
        self.budget.ask()?;
        let share = self.budget.share(folder, PREFIX_LIMIT)?;
        self.files.texts(&found.path, ending, &share).await
    }

    /// Who its programs run as. For root, nothing has to be read.
    async fn user(&self) -> Result<&User, EngineError> {
        let asked = self.inspection.user();
        let look_up = async || {
            if User::new(asked, "", "").is_root() {
                return Ok(User::new(asked, "", ""));
            }
            let (passwd, group) = tokio::try_join!(self.text("/etc/passwd"), self.text("/etc/group"))?;
            Ok(User::new(asked, &passwd, &group))
        };
        self.user.get_or_try_init(look_up).await
    }

    /// The first folder above `path` that its user may not enter. Root enters all.
    async fn barred_by(&self, path: &str) -> Result<Option<String>, EngineError> {
        if User::new(self.inspection.user(), "", "").is_root() {
            return Ok(None);
        }
        let ends = path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
        let folders = ends.take(ABOVE).map(|end| self.find(&path[..end]));
        let found = try_join_all(folders).await?.into_iter().flatten();
        for found in found.filter(|found| !found.stat.open_to_all) {
            let user = self.user().await?;
            let Ok(head) = self.head(&found.path, 0).await else {
                continue;
            };
            if !user.is_root() && !user.may(Wish::Execute, &head) {
                return Ok(Some(found.path));
            }
        }
        Ok(None)
    }
}

fn is_enough(head: &Head, limit: usize) -> bool {
    head.bytes.len() >= limit || head.bytes.len() as u64 >= head.size
}

/// A link that was asked for as a command is called by what it turned out to be.
fn outcome(asked: Role, target: &Target) -> Role {
    let (Role::Command, Target::File(file)) = (asked, target) else {
        return asked;
    };
    match file.program.format {
        platform::Format::Script => Role::Script,
        platform::Format::Elf | platform::Format::MachO | platform::Format::Pe => Role::Program,
        platform::Format::Text | platform::Format::Empty | platform::Format::Other => Role::Command,
    }
}

pub(crate) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// `path` as it begins at the root, without parts that lead nowhere. What leads upward may pass a symbolic link first, so
/// it is left to the engine.
pub(crate) fn absolute(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    };
    let parts = whole.split('/').filter(|part| !part.is_empty() && *part != ".");
    let ends_in_slash = if whole.len() > 1 && whole.ends_with('/') {
        "/"
    } else {
        ""
    };
    parts.fold(String::new(), |path, part| path + "/" + part) + ends_in_slash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_start_in_the_folder_that_is_given() {
        assert_eq!(absolute("/app", "./server"), "/app/server");
        assert_eq!(absolute("/", "bin/sh"), "/bin/sh");
        assert_eq!(absolute("/app/", "/bin/sh"), "/bin/sh");
        assert_eq!(absolute("/app", ".//x/../y"), "/app/x/../y");
        assert_eq!(absolute("/", "app/"), "/app/");
        assert_eq!(absolute(parent("/bin/sh"), "busybox"), "/bin/busybox");
        assert_eq!(absolute(parent("/init"), "busybox"), "/busybox");
    }
}
