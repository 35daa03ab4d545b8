//! What a text cannot say of a container.

/// More than anybody reads.
const FIELDS: usize = 100;

/// A label's name can be megabytes long.
const LETTERS: usize = 120;

/// Fields of a create request that a command or a service leaves out, such as `HostConfig.MaskedPaths`.
#[derive(Debug, Default)]
pub(crate) struct Unsaid(Vec<String>);

impl Unsaid {
    /// Adds a field; one that was added is not added again.
    pub(crate) fn add(&mut self, field: &str) {
        let is_new = |field: &str| !self.0.iter().any(|known| known == field);
        if self.0.len() > FIELDS {
            return;
        }
        let field = if self.0.len() == FIELDS { "…" } else { field };
        let cut: String = field.chars().take(LETTERS).collect();
        if is_new(&cut) {
            self.0.push(cut);
        }
    }

    /// Adds one entry of a field that is a list or a table.
    pub(crate) fn entry(&mut self, field: &str, entry: &str) {
        let name: String = entry.chars().take(LETTERS / 2).collect();
        self.add(&format!("{field}[{name}]"));
    }

    pub(crate) fn into_list(self) -> Vec<String> {
        self.0
    }
}
