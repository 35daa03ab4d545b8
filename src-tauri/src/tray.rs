//! The menu-bar icon: draws the menu that the companion works out, and only when it differs from the last one.

use companion::{
    Session,
    tray::{Action, Icon, Item, Menu, menu},
    view::Update,
};
use tauri::{
    AppHandle, Wry,
    image::Image,
    menu::{IsMenuItem, MenuItemBuilder, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{crashes::Crashes, window};

/// The icon's id.
const TRAY: &str = "archlight";

/// Puts the icon up, and keeps it current from `session`.
pub(crate) fn start(app: &AppHandle, session: Session) -> tauri::Result<()> {
    let clicked = session.clone();
    // A desktop without a place for such icons is no reason not to start: the window does the same.
    let Ok(icon) = TrayIconBuilder::with_id(TRAY)
        .icon(image(Icon::Fine)?)
        .icon_as_template(true)
        .on_menu_event(move |app, event| chosen(app, &clicked, event.id().as_ref()))
        .build(app)
    else {
        return Ok(());
    };
    tauri::async_runtime::spawn(keep_current(app.clone(), icon, session));
    Ok(())
}

/// Whether there is an icon from which the window can be opened again.
pub(crate) fn is_there(app: &AppHandle) -> bool {
    cfg!(target_os = "macos") && app.tray_by_id(TRAY).is_some()
}

async fn keep_current(app: AppHandle, icon: TrayIcon, session: Session) {
    let Ok(mut updates) = session.subscribe().await else {
        return;
    };
    let Some(Update::Snapshot(mut snapshot)) = updates.recv().await else {
        return;
    };
    let (mut crashes, mut shown) = (Crashes::default(), None);
    loop {
        crashes.tell(&app, &snapshot);
        let menu = menu(&snapshot);
        if shown.as_ref() != Some(&menu) {
            // The next change draws it anew.
            draw(&app, &icon, &menu).ok();
            shown = Some(menu);
        }
        let Some(update) = updates.recv().await else {
            return;
        };
        snapshot.apply(update);
        while let Ok(update) = updates.try_recv() {
            snapshot.apply(update);
        }
    }
}

fn chosen(app: &AppHandle, session: &Session, id: &str) {
    match Action::from_id(id) {
        Some(Action::Open) => window::show(app),
        Some(Action::Show(id)) => window::show_container(app, &id),
        Some(Action::Reconnect) => {
            let session = session.clone();
            tauri::async_runtime::spawn(async move { session.reconnect().await.ok() });
        }
        Some(Action::Quit) => app.exit(0),
        None => {}
    }
}

fn draw(app: &AppHandle, icon: &TrayIcon, menu: &Menu) -> tauri::Result<()> {
    let items: Vec<Box<dyn IsMenuItem<Wry>>> = menu
        .items
        .iter()
        .map(|item| item_of(app, item))
        .collect::<tauri::Result<_>>()?;
    let references: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
    icon.set_menu(Some(tauri::menu::Menu::with_items(app, &references)?))?;
    icon.set_tooltip(Some(&menu.tooltip))?;
    icon.set_icon(Some(image(menu.icon)?))?;
    icon.set_icon_as_template(true)
}

fn item_of(app: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match item {
        Item::Words(words) => Box::new(MenuItemBuilder::new(words).enabled(false).build(app)?),
        Item::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Choice { label, action, keys } => {
            let item = MenuItemBuilder::with_id(action.id(), label);
            let item = if let Some(keys) = keys {
                item.accelerator(keys)
            } else {
                item
            };
            Box::new(item.build(app)?)
        }
    })
}

/// Template images: the system colours them.
fn image(icon: Icon) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match icon {
        Icon::Fine => include_bytes!("../../icons/tray-fine.png"),
        Icon::Emulated => include_bytes!("../../icons/tray-emulated.png"),
        Icon::Crashed => include_bytes!("../../icons/tray-crashed.png"),
    })
}
