//! glibc's cache of libraries, which is all that it looks in beside the folders of the system.

use super::root::Root;
use crate::EngineError;

const PLACE: &str = "/etc/ld.so.cache";

/// Whether the loader finds what lies in a configured folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    /// There is none, or it names nothing: configured folders are not looked in.
    Absent,
    /// The paths that it names stand in these bytes.
    Known(Vec<u8>),
    /// It is too large, or could not be read.
    Unread,
}

impl Cache {
    /// Whether the cache has the library at `path`; what is not known is taken for yes, as `ldconfig` runs in most builds.
    pub(crate) fn has(&self, path: &str) -> bool {
        match self {
            Self::Absent => false,
            Self::Unread => true,
            Self::Known(bytes) => {
                let ends = [path.as_bytes(), b"\0"].concat();
                bytes.windows(ends.len()).any(|window| window == ends)
            }
        }
    }
}

impl Root<'_> {
    /// The cache of this container.
    pub(crate) async fn cache(&self) -> Result<Cache, EngineError> {
        let Some(found) = self.find(PLACE).await? else {
            return Ok(Cache::Absent);
        };
        let Ok(head) = self.whole_head(&found.path).await else {
            return Ok(Cache::Unread);
        };
        Ok(if (head.bytes.len() as u64) < head.size {
            Cache::Unread
        } else {
            Cache::Known(head.bytes.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_cache_names_is_found() {
        let cache = Cache::Known(b"glibc-ld.so.cache1.1\0libfoo.so.1\0/opt/lib/libfoo.so.1\0".to_vec());
        assert!(cache.has("/opt/lib/libfoo.so.1"));
        assert!(!cache.has("/opt/lib/libfoo.so") && !cache.has("/opt/lib/libbar.so.1"));
        assert!(!Cache::Absent.has("/opt/lib/libfoo.so.1") && Cache::Unread.has("/x"));
    }
}
