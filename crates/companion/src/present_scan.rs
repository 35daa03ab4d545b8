//! A scan as faces show it.

use engine::{Extent, Scan, Walked};
use platform::{MountKind, PackageKind};

use crate::{
    scan_words::{self, Advice},
    view::{self, ForeignFile, ForeignPackage, ScannedMount},
};

/// `scan` of `subject`, which is a `kind`.
pub(crate) fn scan(subject: &str, kind: &str, scan: Scan) -> view::Scan {
    let count = scan.foreign.len() as u64 + scan.left_out;
    let summary = scan_words::summary(&scan.platform, scan.programs, scan.unnamed, count);
    let (packages, places) = packages(&scan);
    let destination = |index: Option<usize>| Some(scan.mounts.get(index?)?.mount.destination.clone());
    let names: Vec<Option<String>> = scan.groups.iter().map(name).collect();
    let foreign = scan.foreign.into_iter().map(|file| ForeignFile {
        platform: file.platform.to_string(),
        format: file.format.as_str().to_owned(),
        package: file.group.and_then(|group| names.get(group)?.clone()),
        group: file.group.and_then(|group| places.get(group).copied()),
        mount: destination(file.mount),
        path: file.path,
    });
    view::Scan {
        subject: subject.to_owned(),
        kind: kind.to_owned(),
        platform: scan.platform.to_string(),
        summary,
        files: scan.files,
        programs: scan.programs,
        unnamed: scan.unnamed,
        foreign: foreign.collect(),
        left_out: scan.left_out,
        packages,
        mounts: scan.mounts.iter().map(mount).collect(),
        incomplete: scan.broken.as_ref().map(view::Problem::from),
    }
}

/// The packages, those with a fix first; and for each group its place among them.
fn packages(scan: &Scan) -> (Vec<ForeignPackage>, Vec<u32>) {
    let mut packages: Vec<(usize, ForeignPackage)> = (0..scan.groups.len())
        .filter_map(|index| Some((index, package(scan, index)?)))
        .collect();
    packages.sort_by_key(|(_, package)| package.fix.is_none());
    let mut places = vec![0; packages.len()];
    for ((index, _), place) in packages.iter().zip(0..) {
        if let Some(slot) = places.get_mut(*index) {
            *slot = place;
        }
    }
    (packages.into_iter().map(|(_, package)| package).collect(), places)
}

fn package(scan: &Scan, index: usize) -> Option<ForeignPackage> {
    let group = scan.groups.get(index)?;
    let on = group
        .mount
        .and_then(|mount| scan.mounts.get(mount))
        .map(|walked| &walked.mount);
    let (fix, note) = match scan_words::advice(group, on, &scan.platform) {
        Advice::Fix(fix) => (Some(fix), None),
        Advice::Nothing(why) => (None, Some(why)),
    };
    Some(ForeignPackage {
        package: group.package.name.clone(),
        kind: group.package.kind.as_str().to_owned(),
        folder: group.package.folder.clone(),
        files: group.files,
        native: group.native,
        platforms: group.platforms.iter().map(ToString::to_string).collect(),
        mount: on.map(|mount| mount.destination.clone()),
        fix,
        note,
    })
}

/// What is only a folder has no name.
fn name(group: &engine::Group) -> Option<String> {
    match group.package.kind {
        PackageKind::Npm | PackageKind::Python | PackageKind::Gem => Some(group.package.name.clone()),
        PackageKind::Toolchain | PackageKind::Firmware => None,
    }
}

fn mount(walked: &Walked) -> ScannedMount {
    let kind = match walked.mount.kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Memory => "tmpfs",
        MountKind::Other => "other",
    };
    ScannedMount {
        kind: kind.to_owned(),
        source: walked.mount.source.clone(),
        destination: walked.mount.destination.clone(),
        complete: matches!(walked.extent, Extent::Whole),
        why: scan_words::unread(&walked.extent),
    }
}
