//! Whose a file is: the package that a path belongs to, told by its folders alone.

mod python;
mod words;

pub use python::{Distribution, MAX_RECORD};
pub use words::family;

/// Who put a file where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PackageKind {
    /// npm and those that use its folders (pnpm, yarn).
    Npm,
    /// pip and those that use its folders.
    Python,
    /// `RubyGems` and Bundler.
    Gem,
    /// A compiler for another machine, or libraries that are kept for one.
    Toolchain,
    /// Programs of devices, which the kernel hands to them.
    Firmware,
}

impl PackageKind {
    /// The kind's name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Python => "python",
            Self::Gem => "gem",
            Self::Toolchain => "toolchain",
            Self::Firmware => "firmware",
        }
    }
}

/// A package in one folder. The same package in two folders is two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Package {
    /// Who put it there.
    pub kind: PackageKind,
    /// The folder that holds packages: the path to and with `node_modules`, `site-packages` or `gems`.
    pub folder: String,
    /// Its name. For Python it is that of the entry in `folder`, which the distribution may be called otherwise by.
    pub name: String,
}

impl Package {
    /// The package that the file at `path` belongs to; of nested ones the innermost.
    ///
    /// ```
    /// use platform::{Package, PackageKind};
    /// let package = Package::of("/app/node_modules/@img/sharp-linux-x64/lib/sharp.node").expect("one");
    /// assert_eq!((package.kind, package.name.as_str()), (PackageKind::Npm, "@img/sharp-linux-x64"));
    /// assert_eq!(package.folder, "/app/node_modules");
    /// ```
    pub fn of(path: &str) -> Option<Self> {
        let managed = [npm(path), python::package(path), gem(path)];
        let innermost = managed
            .into_iter()
            .flatten()
            .max_by_key(|package| package.folder.len());
        innermost.or_else(|| firmware(path)).or_else(|| toolchain(path))
    }
}

fn npm(path: &str) -> Option<Package> {
    let (folder, inside) = below(path, &["node_modules"])?;
    let (first, rest) = inside.split_once('/')?;
    let name = if first.starts_with('@') {
        let (second, _) = rest.split_once('/')?;
        format!("{first}/{second}")
    } else {
        first.to_owned()
    };
    // Names of packages never begin with a dot: `.bin`, `.cache` and `.pnpm` are the package manager's own.
    (!name.is_empty() && !name.starts_with('.')).then(|| Package {
        kind: PackageKind::Npm,
        folder: folder.to_owned(),
        name,
    })
}

/// `gems/NAME-VERSION/…`, and the compiled parts in `extensions/MACHINE/RUBY/NAME-VERSION/…` beside it.
fn gem(path: &str) -> Option<Package> {
    let (folder, inside) = below(path, &["gems", "extensions"])?;
    let mut parts = inside.split('/');
    let entry = if folder.ends_with("/extensions") {
        parts.nth(2)?
    } else {
        parts.next()?
    };
    parts.next()?;
    let mut dashes = entry.match_indices('-').map(|(at, _)| at);
    let at = dashes.rfind(|at| entry[at + 1..].starts_with(|first: char| first.is_ascii_digit()))?;
    let gems = folder
        .strip_suffix("/extensions")
        .map(|above| format!("{above}/gems"));
    Some(Package {
        kind: PackageKind::Gem,
        folder: gems.unwrap_or_else(|| folder.to_owned()),
        name: entry[..at].to_owned(),
    })
    .filter(|package| !package.name.is_empty())
}

fn firmware(path: &str) -> Option<Package> {
    let (folder, _) = below(path, &["firmware"])?;
    Some(Package {
        kind: PackageKind::Firmware,
        folder: folder.to_owned(),
        name: folder.to_owned(),
    })
}

/// The first folder that is named after a machine, as compilers and Debian name them: `aarch64-linux-gnu`.
fn toolchain(path: &str) -> Option<Package> {
    let folders = path.match_indices('/').map(|(at, _)| at);
    let mut before = 0;
    for at in folders {
        if words::is_machine(&path[before..at]) {
            return Some(Package {
                kind: PackageKind::Toolchain,
                folder: path[..at].to_owned(),
                name: path[..at].to_owned(),
            });
        }
        before = at + 1;
    }
    None
}

/// The path to and with the last folder that has one of `names`, and what is below it.
fn below<'a>(path: &'a str, names: &[&str]) -> Option<(&'a str, &'a str)> {
    let ends = path.match_indices('/').map(|(at, _)| at).rev();
    ends.filter_map(|at| Some((path.get(..at)?, path.get(at + 1..)?)))
        .find(|(folder, _)| names.contains(&folder.rsplit('/').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<(&'static str, String, String)> {
        Package::of(path).map(|package| (package.kind.as_str(), package.folder, package.name))
    }

    #[test]
    fn a_path_says_whose_it_is() {
        let cases = [
            (
                "/app/node_modules/bcrypt/lib/binding/bcrypt.node",
                "npm",
                "/app/node_modules",
                "bcrypt",
            ),
            (
                "/app/node_modules/@x/y/build/a.node",
                "npm",
                "/app/node_modules",
                "@x/y",
            ),
            (
                "/app/node_modules/a/node_modules/@b/c/d.node",
                "npm",
                "/app/node_modules/a/node_modules",
                "@b/c",
            ),
            (
                "/app/node_modules/.pnpm/esbuild@0.21/node_modules/esbuild/bin/esbuild",
                "npm",
                "/app/node_modules/.pnpm/esbuild@0.21/node_modules",
                "esbuild",
            ),
            (
                "/usr/lib/python3/dist-packages/numpy/core/_x.so",
                "python",
                "/usr/lib/python3/dist-packages",
                "numpy",
            ),
            (
                "/v/site-packages/numpy.libs/libx.so",
                "python",
                "/v/site-packages",
                "numpy.libs",
            ),
            (
                "/v/site-packages/_cffi_backend.cpython-312-x86_64-linux-gnu.so",
                "python",
                "/v/site-packages",
                "_cffi_backend.cpython-312-x86_64-linux-gnu.so",
            ),
            (
                "/v/site-packages/lab/node_modules/sass/dart",
                "npm",
                "/v/site-packages/lab/node_modules",
                "sass",
            ),
            (
                "/usr/local/bundle/gems/nokogiri-1.16.2-aarch64-linux/lib/x.so",
                "gem",
                "/usr/local/bundle/gems",
                "nokogiri",
            ),
            (
                "/usr/local/bundle/gems/net-http2-0.18.4/ext/x.so",
                "gem",
                "/usr/local/bundle/gems",
                "net-http2",
            ),
            (
                "/usr/local/bundle/extensions/aarch64-linux/3.3.0/bcrypt-3.1.20/bcrypt_ext.so",
                "gem",
                "/usr/local/bundle/gems",
                "bcrypt",
            ),
            (
                "/usr/aarch64-linux-gnu/lib/libc.so.6",
                "toolchain",
                "/usr/aarch64-linux-gnu",
                "/usr/aarch64-linux-gnu",
            ),
            (
                "/usr/lib/gcc/arm-none-eabi/12/libgcc.a",
                "toolchain",
                "/usr/lib/gcc/arm-none-eabi",
                "/usr/lib/gcc/arm-none-eabi",
            ),
            (
                "/usr/lib/rustlib/x86_64-unknown-linux-musl/lib/crt1.o",
                "toolchain",
                "/usr/lib/rustlib/x86_64-unknown-linux-musl",
                "/usr/lib/rustlib/x86_64-unknown-linux-musl",
            ),
            (
                "/lib/firmware/ath11k/fw.elf",
                "firmware",
                "/lib/firmware",
                "/lib/firmware",
            ),
        ];
        for (path, kind, folder, name) in cases {
            assert_eq!(
                of(path),
                Some((kind, folder.to_owned(), name.to_owned())),
                "{path}"
            );
        }
    }

    #[test]
    fn files_of_nobody_have_no_package() {
        for path in [
            "/usr/bin/node",
            "/app/node_modules/loose.node",
            "/app/node_modules/.bin/esbuild",
            "/app/node_modules/@x/loose.node",
            "/opt/gems/noversion/x.so",
            "/opt/gems/-1.0/x.so",
            "/opt/my_node_modules/a/b.node",
            "/firmware",
            "/app/linux/x",
            "",
            "/",
            "///",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }
}
