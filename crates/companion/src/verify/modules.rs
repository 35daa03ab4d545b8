//! Native modules for another platform, as a scan tells them, and only those that something would load.

use engine::{Census, Foreign, Group, Scan};
use platform::{Format, Platform, family};
use registry::{NodeKind, Tree};

use crate::{
    scan_words::{self, Advice},
    view::VerifiedModule,
};

/// So many are named; all are counted.
const NAMED: usize = 20;

/// How files are called that a program loads, on the systems whose packages end up in images.
const MODULES: [&str; 5] = [".node", ".so", ".dylib", ".pyd", ".bundle"];

/// What an image holds of programs.
pub(super) struct Programs {
    pub(super) all: u64,
    pub(super) foreign: u64,
    /// What the first foreign one is for.
    pub(super) first: Option<Platform>,
    pub(super) foreign_modules: u64,
    pub(super) modules: Vec<VerifiedModule>,
    /// What to do about the first module's package.
    pub(super) fix: Option<String>,
}

/// Looks at all programs of `tree`, which is for `of`.
pub(super) fn look(tree: &Tree, of: &Platform) -> Programs {
    let mut census = Census::new(of.clone());
    for (path, node) in tree.all() {
        if let NodeKind::File { size, head } = &node.kind {
            census.take(path.as_bytes(), head.as_deref().unwrap_or_default(), *size, None);
        }
    }
    told(&census.finish(), of)
}

fn told(scan: &Scan, of: &Platform) -> Programs {
    let fix = |group: &Group| match scan_words::advice(group, None, of) {
        Advice::Fix(fix) => Some(fix),
        Advice::Nothing(_) => None,
    };
    let fixes: Vec<_> = scan.groups.iter().map(fix).collect();
    let group_of = |file: &Foreign| {
        let group = file.group?;
        fixes.get(group)?.as_ref()?;
        scan.groups.get(group)
    };
    let loaded: Vec<(&Foreign, &Group)> = scan
        .foreign
        .iter()
        .filter_map(|file| Some((file, group_of(file)?)))
        .filter(|(file, group)| is_loaded(file, group))
        .collect();
    let first = loaded.first().and_then(|(file, _)| file.group);
    let modules = loaded.iter().take(NAMED).map(|(file, group)| VerifiedModule {
        path: file.path.clone(),
        platform: file.platform.to_string(),
        package: Some(group.package.name.clone()),
    });
    Programs {
        all: scan.programs.saturating_sub(scan.unnamed),
        foreign: scan.foreign.len() as u64 + scan.left_out,
        first: scan.foreign.first().map(|file| file.platform.clone()),
        foreign_modules: loaded.len() as u64,
        modules: modules.collect(),
        fix: first
            .and_then(|group| fixes.get(group)?.as_ref())
            .map(|fix| fix.title.clone()),
    }
}

/// Packages bring tools for macOS and Windows along that nothing on Linux starts; what is loaded is named like a module, or is
/// the one build of a package that has one for each platform.
fn is_loaded(file: &Foreign, group: &Group) -> bool {
    file.format == Format::Elf
        || MODULES.iter().any(|ending| file.path.ends_with(ending))
        || family(&group.package.name).is_some()
}

#[cfg(test)]
mod tests;
