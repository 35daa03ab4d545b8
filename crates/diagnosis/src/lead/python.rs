//! Python's modules: for another platform they have another file name, and so Python does not find them.

use platform::Sought;

use super::name;

/// As many folders as a module is looked for in: a package is installed in one or two places.
const FOLDERS: usize = 4;

/// As far back as the traceback of an error reaches; Python cuts its own recursion there.
const TRACEBACK: usize = 200;

pub(super) fn wanted(line: &str, before: &[&str]) -> Option<Sought> {
    missing(line, before).or_else(|| not_imported(line))
}

/// `No module named 'package.module'`, where the traceback shows the package: what is not there of a package that is.
fn missing(line: &str, before: &[&str]) -> Option<Sought> {
    let (_, rest) = line.split_once("No module named '")?;
    let (full, _) = rest.split_once('\'')?;
    let (parents, module) = full.rsplit_once('.')?;
    let names: Vec<&str> = parents.split('.').collect();
    if !is_identifier(module) || !names.iter().all(|name| is_identifier(name)) {
        return None;
    }
    let mut folders = Vec::new();
    let sources = before.iter().take(TRACEBACK).filter_map(|line| source(line));
    for folder in sources.filter_map(|file| package(&file, &names)) {
        if folders.len() < FOLDERS && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    let name = module.to_owned();
    (!folders.is_empty()).then_some(Sought::PythonModule { name, folders })
}

/// `cannot import name 'module' from 'package' (/path/package/__init__.py)`, also from a package that is being imported:
/// `from partially initialized module 'package' (most likely due to a circular import) (/path/package/__init__.py)`
fn not_imported(line: &str) -> Option<Sought> {
    let (_, rest) = line.split_once("ImportError: cannot import name '")?;
    let (module, rest) = rest
        .split_once("' from '")
        .or_else(|| rest.split_once("' from partially initialized module '"))?;
    let (_, rest) = rest.rsplit_once(" (")?;
    let file = name::absolute(rest.split_once(')')?.0)?;
    let folder = file
        .strip_suffix("/__init__.py")
        .filter(|folder| !folder.is_empty())?;
    is_identifier(module).then(|| Sought::PythonModule {
        name: module.to_owned(),
        folders: vec![folder.to_owned()],
    })
}

/// The file of a traceback's line `File "/path/x.py", line 1, in …`.
fn source(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix("File \"")?;
    let (file, _) = rest.split_once("\", line ")?;
    name::absolute(file)
}

/// The folder of the package `names`, when `file` is in its outermost package.
fn package(file: &str, names: &[&str]) -> Option<String> {
    let (folder, _) = file.rsplit_once('/')?;
    let outermost = format!("/{}", names.first()?);
    let inside = format!("{outermost}/");
    let end = match folder.rfind(&inside) {
        Some(at) => at,
        None => folder.strip_suffix(&outermost)?.len(),
    };
    let above = folder.get(..end)?;
    name::absolute(&format!("{above}/{}", names.join("/")))
}

fn is_identifier(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    starts
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}
