//! The session as faces see it, against the sample engine over real sockets.

mod broken;
mod checklists;
mod endings;
mod foreign;
mod images;
mod links;
mod lists;
mod losses;
mod page;
mod probes;
mod relay;
mod reruns;
mod rollbacks;
mod rosetta;
mod scans;
mod several;
mod stage;
mod turns;
mod watcher;
mod watching;
