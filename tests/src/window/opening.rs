//! How a window is opened: for which engine, how large, and in which colours.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::runtime::{self, Runtime};

use super::{PATIENCE, Screen, Window};
use crate::{Archlight, Engine, archlight};

/// The colours that a desktop prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Appearance {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// What a window is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    docker_host: String,
    arguments: Vec<String>,
    appearance: Appearance,
    data: Option<PathBuf>,
}

impl Opening {
    /// On a real engine.
    pub fn for_engine(engine: &Engine) -> Self {
        Self::at(&engine.docker_host())
    }

    /// On any address.
    pub fn at(docker_host: &str) -> Self {
        Self {
            docker_host: docker_host.to_owned(),
            arguments: Vec::new(),
            appearance: Appearance::default(),
            data: None,
        }
    }

    /// On the built-in sample engine.
    pub fn sample() -> Self {
        Self {
            arguments: vec!["--sample".to_owned()],
            ..Self::at("")
        }
    }

    /// In these colours.
    #[must_use]
    pub fn in_colours(self, appearance: Appearance) -> Self {
        Self { appearance, ..self }
    }

    /// With what this command line wrote down of its re-runs.
    #[must_use]
    pub fn knowing(self, archlight: &Archlight) -> Self {
        let data = archlight.home().join(".local/share");
        Self {
            data: Some(data),
            ..self
        }
    }

    /// Opens it, in the size that the program itself chooses.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open(&self) -> Window {
        let theme = match self.appearance {
            Appearance::Light => "Adwaita",
            Appearance::Dark => "Adwaita:dark",
        };
        let environment = [("DOCKER_HOST", self.docker_host.as_str()), ("GTK_THEME", theme)];
        let environment = environment.map(|(name, value)| (name, OsStr::new(value)));
        let data = self
            .data
            .iter()
            .map(|folder| ("XDG_DATA_HOME", folder.as_os_str()));
        let screen = Screen::start(environment.into_iter().chain(data));
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime of one thread needs nothing special");
        let client = self.session(&runtime, &screen);
        Window {
            runtime,
            client,
            screen,
        }
    }

    fn session(&self, runtime: &Runtime, screen: &Screen) -> Client {
        let wanted = json!({
            "browserName": "wry",
            "tauri:options": { "application": program(), "args": self.arguments },
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().expect("it is one").clone());
        let connecting = builder.connect(screen.driver());
        runtime
            .block_on(async { tokio::time::timeout(PATIENCE, connecting).await })
            .map_err(|late| late.to_string())
            .and_then(|answer| answer.map_err(|error| error.to_string()))
            .unwrap_or_else(|why| panic!("no window opened: {why}\n{}", screen.complaints()))
    }
}

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| archlight::build("archlight-app", "archlight-app"))
}
