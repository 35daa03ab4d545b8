//! Facts as engines gave them, and the cause that each of them must lead to. Every row is tried on engines of both
//! directions: the home architecture and the foreign one change places.

mod build;
mod every_combination;
mod foreign;
mod health;
mod image;
mod not_started;
mod ran;
mod refused;
mod remedies;
mod sentences;

use build::{Container, World};
use diagnosis::{Cause, diagnose};

/// What happened, how to build its facts, and the cause.
type Row = (&'static str, fn(&World) -> Container, Cause);

/// Tries every row in every world.
#[track_caller]
fn assert_causes(rows: &[Row]) {
    for world in build::worlds() {
        for (name, container, cause) in rows {
            let facts = container(&world).facts;
            let diagnosis = diagnose(&facts);
            assert_eq!(diagnosis.cause, *cause, "{name}, {world:?}: {diagnosis:#?}");
            assert_eq!(
                diagnosis,
                diagnose(&facts),
                "{name}: the same facts, the same findings"
            );
        }
    }
}
