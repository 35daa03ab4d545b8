//! The menu-bar menu as data.
