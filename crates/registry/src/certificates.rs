//! What vouches for one registry, in the folders that Docker has for it.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use reqwest::{Certificate, Identity};

/// The most files of one folder that are looked at: a registry has one authority, perhaps two.
const FILES: usize = 64;

/// The most bytes of one file: a certificate is 2 KiB, a bundle of all public authorities is 250 KiB.
const FILE_BYTES: u64 = 1024 * 1024;

/// The certificates for one registry.
#[derive(Default)]
pub(crate) struct Certificates {
    /// Who is trusted beside whom the system trusts.
    pub(crate) authorities: Vec<Certificate>,
    /// Who we are.
    pub(crate) identity: Option<Identity>,
}

/// Reads the certificates for a registry. Files that cannot be read count as absent: the connection then fails, and
/// says why.
pub(crate) fn read(folders: &[PathBuf], registry: &str) -> Certificates {
    let mut found = Certificates::default();
    for file in folders.iter().flat_map(|folder| files(&folder.join(registry))) {
        match file.extension().and_then(OsStr::to_str) {
            Some("crt") => found.authorities.extend(authorities(&file).unwrap_or_default()),
            Some("cert") => found.identity = found.identity.or_else(|| identity(&file)),
            Some(_) | None => {}
        }
    }
    found
}

fn authorities(file: &Path) -> Option<Vec<Certificate>> {
    Certificate::from_pem_bundle(&bytes(file)?).ok()
}

fn identity(certificate: &Path) -> Option<Identity> {
    let key = bytes(&certificate.with_extension("key"))?;
    Identity::from_pkcs8_pem(&bytes(certificate)?, &key).ok()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(FILES);
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn bytes(file: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // A pipe would be waited for.
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let read = File::open(file).ok()?.take(FILE_BYTES).read_to_end(&mut bytes);
    read.is_ok().then_some(bytes)
}
