//! Where something is in the page: what it is, what it is called, what it says, and what it is in.

/// A place in the page. Nothing of how the page is made is in it, only what it offers to people and screen readers.
#[derive(Clone, Debug)]
pub struct Place(String);

impl Place {
    /// A button with this name.
    pub fn button(name: &str) -> Self {
        Self(format!(
            "//button[normalize-space(.)={0} or @aria-label={0}]",
            quoted(name)
        ))
    }

    /// The tab with this name.
    pub fn tab(name: &str) -> Self {
        Self(format!("//*[@role='tab'][normalize-space(.)={}]", quoted(name)))
    }

    /// The row of the container with this name.
    pub fn row(name: &str) -> Self {
        Self(format!("//*[@role='option'][.//*[text()={}]]", quoted(name)))
    }

    /// Whatever has this name for screen readers: a group of rows, a list, a part of the page.
    pub fn named(name: &str) -> Self {
        Self(format!("//*[@aria-label={}]", quoted(name)))
    }

    /// The sheet that is open.
    pub fn sheet() -> Self {
        Self("//dialog[@open]".to_owned())
    }

    /// An element of a list.
    pub fn item() -> Self {
        Self("//li".to_owned())
    }

    /// What is marked among other text.
    pub fn mark() -> Self {
        Self("//mark".to_owned())
    }

    /// A message that screen readers read out at once.
    pub fn alert() -> Self {
        Self("//*[@role='alert']".to_owned())
    }

    /// A remark that belongs to the whole page.
    pub fn note() -> Self {
        Self("//*[@role='note']".to_owned())
    }

    /// Any element of this kind.
    pub fn element(name: &str) -> Self {
        Self(format!("//{name}"))
    }

    /// Only if it says this, among other things.
    #[must_use]
    pub fn saying(&self, text: &str) -> Self {
        Self(format!(
            "{}[contains(normalize-space(.), {})]",
            self.0,
            quoted(text)
        ))
    }

    /// Only inside of `outer`.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        Self(format!("{}{}", outer.0, self.0))
    }

    pub(super) fn path(&self) -> &str {
        &self.0
    }
}

/// A text as an `XPath` writes it, which has no escapes: with both kinds of quotes in it, it is put together from parts.
fn quoted(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(", \"'\", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_can_be_looked_for() {
        assert_eq!(quoted("a \"b\""), "'a \"b\"'");
        assert_eq!(quoted("it's"), "concat('it', \"'\", 's')");
    }
}
