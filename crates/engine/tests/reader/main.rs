//! The reader as the session uses it, over real sockets: against the sample engine, and against what is no engine.

mod bounds;
mod probes;
mod sample_engine;
mod specimens;
mod strangers;
