//! A layer of an image, packed in whatever way, and the files that it makes.

use std::collections::BTreeMap;

use registry::fuzzing::layer;

pub(crate) fn look(bytes: &[u8], _choice: u64) {
    let Some(nodes) = crate::sure(|| layer(bytes)) else {
        return;
    };
    let nodes: BTreeMap<String, bool> = nodes.into_iter().collect();
    assert_eq!(nodes.get(""), Some(&true), "there is always a root");
    for path in nodes.keys().filter(|path| !path.is_empty()) {
        let (above, name) = path.rsplit_once('/').expect("paths begin at the root");
        assert!(!matches!(name, "" | "." | ".."), "{path:?}");
        assert_eq!(nodes.get(above), Some(&true), "{path:?} lies in no folder");
    }
}
