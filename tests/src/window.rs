//! The real window, on a display of its own: things are found in it as a person finds them, by what they are and say.

mod opening;
mod place;
mod screen;

use std::{
    cell::RefCell,
    fmt::Debug,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, Locator,
    actions::{
        Actions, InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
    },
    elements::Element,
    error::CmdError,
    key::Key,
};
use tokio::runtime::Runtime;

use screen::Screen;

pub use opening::{Appearance, Opening};
pub use place::Place;
pub use screen::display;

/// How long anything in the window may take to come; engines and re-runs are slow where little else is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks. A person does not notice more.
const BLINK: Duration = Duration::from_millis(50);

/// An open window. Dropping it, or the death of this process in whatever way, ends it and all that it needed.
///
/// What is asked of it is waited for; what does not come is a panic that says what was seen instead.
#[derive(Debug)]
pub struct Window {
    runtime: Runtime,
    client: Client,
    screen: Screen,
}

impl Window {
    /// Waits until this place is to be seen.
    ///
    /// # Panics
    /// When it does not come.
    pub fn see(&self, place: &Place) {
        self.find(place);
    }

    /// Waits until this place is not to be seen.
    ///
    /// # Panics
    /// When it stays.
    pub fn see_gone(&self, place: &Place) {
        self.until(&format!("{place:?} goes"), async || {
            self.visible(place)
                .await
                .map(|found| found.is_none().then_some(()))
        });
    }

    /// Presses a place, once it is there and not greyed out.
    ///
    /// # Panics
    /// When it does not come to that.
    pub fn press(&self, place: &Place) {
        self.until(&format!("pressing {place:?}"), async || {
            let Some(element) = self.visible(place).await? else {
                return Ok(None);
            };
            let off = element
                .attr("aria-disabled")
                .await?
                .is_some_and(|it| it == "true");
            if off {
                return Ok(None);
            }
            element.click().await.map(Some)
        });
    }

    /// Presses a place while the key is held that adds to what is selected.
    ///
    /// # Panics
    /// When it does not come to that.
    pub fn add(&self, place: &Place) {
        self.until(&format!("adding {place:?}"), async || {
            let Some(element) = self.visible(place).await? else {
                return Ok(None);
            };
            let into_view = "arguments[0].scrollIntoView({ block: 'center' })";
            let it = serde_json::to_value(&element)?;
            self.client.execute(into_view, vec![it]).await?;
            // One sequence waits for the other at each tick: the key goes down first and up last.
            let tick = Duration::ZERO;
            let control = Key::Control.into();
            let keys = KeyActions::new("keys".to_owned())
                .then(KeyAction::Down { value: control })
                .pause(tick)
                .pause(tick)
                .pause(tick)
                .then(KeyAction::Up { value: control });
            let button = MOUSE_BUTTON_LEFT;
            let mouse = MouseActions::new("mouse".to_owned())
                .pause(tick)
                .then(PointerAction::MoveToElement {
                    element,
                    duration: None,
                    x: 0.0,
                    y: 0.0,
                })
                .then(PointerAction::Down { button })
                .then(PointerAction::Up { button });
            let actions = Actions::from(keys).and(mouse);
            self.client.perform_actions(actions).await.map(Some)
        });
    }

    /// Types these keys where the focus is, one after the other.
    ///
    /// # Panics
    /// When it cannot be done.
    pub fn type_keys(&self, keys: &str) {
        self.until(&format!("typing {keys:?}"), async || {
            let focused = self.client.active_element().await?;
            focused.send_keys(keys).await.map(Some)
        });
    }

    /// Loads the page anew, as a person can with the keyboard.
    ///
    /// # Panics
    /// When it cannot be done.
    pub fn reload(&self) {
        self.runtime
            .block_on(self.client.refresh())
            .unwrap_or_else(|error| panic!("the page was not loaded anew: {error}"));
    }

    /// The page's title.
    ///
    /// # Panics
    /// When the page does not tell.
    pub fn title(&self) -> String {
        self.runtime
            .block_on(self.client.title())
            .unwrap_or_else(|error| panic!("the page has no title: {error}"))
    }

    /// Makes the window as large as this, in points.
    ///
    /// # Panics
    /// When it does not get that size.
    pub fn resize(&self, width: u32, height: u32) {
        let script = "return [innerWidth, innerHeight]";
        self.until(&format!("a window of {width} by {height}"), async || {
            self.client.set_window_size(width, height).await?;
            let size = self.client.execute(script, Vec::new()).await?;
            Ok((size == serde_json::json!([width, height])).then_some(()))
        });
    }

    /// A picture of the page, as the bytes of a PNG, once two in a row are the same: what is drawn comes after what is
    /// there, and changes colour slowly.
    ///
    /// # Panics
    /// When none can be made, or the page never rests.
    pub fn picture(&self) -> Vec<u8> {
        let last = RefCell::new(Vec::new());
        self.until("a page at rest", async || {
            let now = self.client.screenshot().await?;
            let before = last.replace(now.clone());
            Ok((before == now).then_some(now))
        })
    }

    /// The number of the process group in which all of it runs, the window's own processes too.
    pub fn group(&self) -> u32 {
        self.screen.group()
    }

    fn find(&self, place: &Place) -> Element {
        self.until(&format!("{place:?}"), async || self.visible(place).await)
    }

    /// The first element of this place that can be seen now.
    async fn visible(&self, place: &Place) -> Result<Option<Element>, CmdError> {
        for element in self.client.find_all(Locator::XPath(place.path())).await? {
            if element.is_displayed().await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Looks again and again until there is an answer. An error is no answer yet: the page may be drawn anew meanwhile.
    fn until<T: Debug>(&self, what: &str, look: impl AsyncFn() -> Result<Option<T>, CmdError>) -> T {
        let limit = Instant::now() + PATIENCE;
        self.runtime.block_on(async {
            loop {
                let last = look().await;
                if let Ok(Some(found)) = last {
                    return found;
                }
                assert!(
                    Instant::now() < limit,
                    "waited in vain for {what} ({last:?}) on this page:\n{}\n{}",
                    self.page().await,
                    self.screen.complaints()
                );
                tokio::time::sleep(BLINK).await;
            }
        })
    }

    async fn page(&self) -> String {
        let script = "return document.body.innerText";
        let page = self.client.execute(script, Vec::new()).await;
        page.map_or_else(
            |error| error.to_string(),
            |text| text.as_str().unwrap_or_default().to_owned(),
        )
    }
}
