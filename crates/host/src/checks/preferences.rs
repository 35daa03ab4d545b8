//! The preferences of an application, asked for single values.

use std::path::Path;

use serde_json::{Map, Value};

use crate::{HostError, Roots, plist_file, read};

/// Entries of one array that are looked at.
const MOST_ENTRIES: usize = 4096;

/// Preferences that were read.
#[derive(Debug)]
pub(super) struct Preferences(Map<String, Value>);

impl Preferences {
    /// Those at `path`; `None` where there are none.
    pub(super) fn read(roots: &Roots, path: &Path) -> Result<Option<Self>, HostError> {
        Ok(read::optional(plist_file::dictionary(roots, path))?.map(Self))
    }

    /// The switch behind a key at the top; numbers count as the system counts them.
    pub(super) fn switch(&self, key: &str) -> Option<bool> {
        let value = self.0.get(key)?;
        let number = || value.as_i64().map(|number| number != 0);
        value.as_bool().or_else(number)
    }

    /// The texts of the array behind these keys; `None` where there is no such array.
    pub(super) fn texts(&self, keys: [&str; 2]) -> Option<Vec<String>> {
        let [outer, inner] = keys;
        let items = self.0.get(outer)?.get(inner)?.as_array()?.iter();
        let texts = items.take(MOST_ENTRIES).filter_map(Value::as_str);
        Some(texts.map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn written(value: &plist::Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.to_writer_binary(&mut bytes).expect("it can be written");
        bytes
    }

    fn list() -> plist::Value {
        let xml = "<plist version=\"1.0\"><dict>\
            <key>on</key><true/><key>off</key><false/><key>none</key><integer>0</integer>\
            <key>apps</key><dict>\
            <key>caf\u{e9}</key><array><data>AA==</data><string>x86_64</string></array>\
            </dict></dict></plist>";
        plist::Value::from_reader_xml(Cursor::new(xml)).expect("a list")
    }

    fn read(bytes: &[u8]) -> Result<Option<Preferences>, HostError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("x.plist");
        std::fs::write(&file, bytes).expect("a file");
        Preferences::read(&Roots::here(folder.path()), &file)
    }

    #[test]
    fn both_forms_give_the_same() {
        let mut xml = Vec::new();
        list().to_writer_xml(&mut xml).expect("it can be written");
        for bytes in [xml, written(&list())] {
            let list = read(&bytes).expect("read").expect("there");
            let switches = ["on", "off", "none", "apps", "absent"].map(|key| list.switch(key));
            assert_eq!(switches, [Some(true), Some(false), Some(false), None, None]);
            assert_eq!(list.texts(["apps", "caf\u{e9}"]), Some(vec!["x86_64".to_owned()]));
            assert_eq!(list.texts(["apps", "other"]), None);
        }
    }

    #[test]
    fn damage_at_any_byte_is_no_panic() {
        let whole = written(&list());
        for length in 0..whole.len() {
            read(&whole[..length]).ok();
        }
        for place in 8..whole.len() {
            for byte in [0, 0x0f, 0x7f, 0xd1, 0xff] {
                let mut bytes = whole.clone();
                bytes[place] = byte;
                if let Ok(Some(list)) = read(&bytes) {
                    list.switch("on");
                    list.texts(["apps", "caf\u{e9}"]);
                }
            }
        }
    }
}
