//! Packages of Python: a distribution, and the folders and files that it brought.

use super::{Package, PackageKind, below};

/// How much of a distribution's list of files (`RECORD`) is worth reading: it is sorted, so that its first kilobytes
/// name what lies beside it.
pub const MAX_RECORD: usize = 4096;

/// An installed distribution, told by a file of the folder that describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// The folder in which it is installed.
    pub folder: String,
    /// Its name, as pip knows it.
    pub name: String,
}

impl Distribution {
    /// The distribution that the file at `path` describes: one in `NAME-VERSION.dist-info` or `NAME-VERSION.egg-info`.
    ///
    /// ```
    /// let path = "/v/site-packages/pillow-10.4.0.dist-info/RECORD";
    /// assert_eq!(platform::Distribution::described_by(path).expect("one").name, "pillow");
    /// ```
    pub fn described_by(path: &str) -> Option<Self> {
        let (folder, inside) = site(path)?;
        let entry = inside.split('/').next()?;
        let described = entry
            .strip_suffix(".dist-info")
            .or_else(|| entry.strip_suffix(".egg-info"))?;
        let name = described.split_once('-').map_or(described, |(name, _)| name);
        (!name.is_empty()).then(|| Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The entries of its folder that `record`, the first bytes of its list of files, names as its own.
    pub fn entries(record: &[u8]) -> Vec<String> {
        let record = record.get(..MAX_RECORD).unwrap_or(record);
        let mut entries: Vec<String> = Vec::new();
        for line in record.split(|byte| *byte == b'\n') {
            let path = line.split(|byte| matches!(byte, b',' | b'/')).next();
            let entry = String::from_utf8_lossy(path.unwrap_or_default());
            let outside = entry.is_empty() || entry == ".." || entry == "__pycache__";
            if !outside && entries.last().is_none_or(|last| *last != entry) {
                entries.push(entry.into_owned());
            }
        }
        // The last line may have been cut off in the middle of a name.
        if !record.ends_with(b"\n") && record.len() >= MAX_RECORD {
            entries.pop();
        }
        entries
    }

    /// What a distribution is called when only `entry` of its folder is known: `numpy` for `numpy.libs`.
    pub fn guessed(entry: &str) -> &str {
        entry
            .split('.')
            .next()
            .filter(|name| !name.is_empty())
            .unwrap_or(entry)
    }
}

pub(super) fn package(path: &str) -> Option<Package> {
    let (folder, inside) = site(path)?;
    let entry = inside.split('/').next().filter(|entry| !entry.is_empty())?;
    Some(Package {
        kind: PackageKind::Python,
        folder: folder.to_owned(),
        name: entry.to_owned(),
    })
}

fn site(path: &str) -> Option<(&str, &str)> {
    below(path, &["site-packages", "dist-packages"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_tells_the_name_that_pip_knows() {
        let cases = [
            ("/v/site-packages/numpy-1.26.4.dist-info/METADATA", Some("numpy")),
            (
                "/v/site-packages/psycopg2_binary-2.9.dist-info/RECORD",
                Some("psycopg2_binary"),
            ),
            (
                "/v/dist-packages/PyYAML-6.0.egg-info/top_level.txt",
                Some("PyYAML"),
            ),
            ("/v/dist-packages/six-1.16.0.egg-info", Some("six")),
            ("/v/dist-packages/mine.egg-info/PKG-INFO", Some("mine")),
            ("/v/site-packages/.dist-info/METADATA", None),
            ("/v/site-packages/numpy/x.dist-info", None),
            ("/v/numpy-1.26.4.dist-info/METADATA", None),
        ];
        for (path, name) in cases {
            let found = Distribution::described_by(path).map(|found| found.name);
            assert_eq!(found.as_deref(), name, "{path}");
        }
    }

    #[test]
    fn a_record_tells_what_belongs_to_a_distribution_of_another_name() {
        let record = b"../../../bin/x,sha256=a,1\nPIL/__init__.py,sha256=b,2\nPIL/_imaging.so,,\n\
            __pycache__/x.pyc,,\npillow-10.4.0.dist-info/RECORD,,\npillow.libs/libjpeg.so,,\n";
        assert_eq!(
            Distribution::entries(record),
            ["PIL", "pillow-10.4.0.dist-info", "pillow.libs"]
        );
    }

    #[test]
    fn a_record_that_is_cut_off_names_no_half_entry() {
        let mut record = b"whole/a.py,,\n".to_vec();
        record.resize(MAX_RECORD * 2, b'x');
        assert_eq!(Distribution::entries(&record), ["whole"]);
        assert_eq!(Distribution::entries(&[0xff; 20]).len(), 1);
        assert_eq!(Distribution::entries(b""), [""; 0]);
    }

    #[test]
    fn without_a_description_the_entry_gives_the_name() {
        let cases = [
            ("numpy.libs", "numpy"),
            ("_cffi_backend.cpython-312-x86_64-linux-gnu.so", "_cffi_backend"),
            ("numpy", "numpy"),
            (".hidden", ".hidden"),
        ];
        for (entry, name) in cases {
            assert_eq!(Distribution::guessed(entry), name, "{entry}");
        }
    }
}
