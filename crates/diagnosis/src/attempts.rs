//! Which links belong to one attempt to start a program: the kernel is asked for each anew.

use platform::{Role, Via};

use crate::JudgedLink;

/// For each link of `chain`, the attempt that it belongs to: 0 is the container's own start. `None` for what is loaded.
pub(crate) fn of(chain: &[JudgedLink]) -> Vec<Option<usize>> {
    let mut attempt = 0;
    let belongs = |(at, judged): (usize, &JudgedLink)| {
        let link = &judged.link;
        if link.role == Role::Module {
            return None;
        }
        let is_new = match link.via {
            Via::Env | Via::Launcher | Via::Shell | Via::Reader | Via::Words => at > 0,
            Via::Kernel | Via::HealthCheck | Via::Loader => false,
        };
        attempt += usize::from(is_new);
        Some(attempt)
    };
    chain.iter().enumerate().map(belongs).collect()
}

/// The links of one attempt.
pub(crate) fn links(chain: &[JudgedLink], attempt: usize) -> impl Iterator<Item = &JudgedLink> {
    let of = of(chain);
    chain
        .iter()
        .zip(of)
        .filter(move |(_, of)| *of == Some(attempt))
        .map(|(judged, _)| judged)
}

/// The last attempt.
pub(crate) fn last(chain: &[JudgedLink]) -> usize {
    of(chain).into_iter().flatten().max().unwrap_or_default()
}
