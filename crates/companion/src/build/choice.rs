//! Which node builds for which platform, chosen as buildx chooses, and how programs run there.
//!
//! buildx first looks for nodes that were given exactly the wanted platforms. Only when one of them has no such node does it
//! ask all nodes which platforms they run, and takes the best; where none runs one, the first node has to.

use platform::{Native, Platform};

use super::{Builder, Node, Trait};

/// Who builds for a platform, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) platform: Platform,
    /// The place of the node, and why it is this one; `None` where there is no node.
    pub(crate) node: Option<(usize, Match)>,
    pub(crate) how: How,
}

/// Why a node was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It was given that platform.
    Given,
    /// It says that it runs it.
    Told,
    /// Nobody runs it, and it is the first one.
    First,
}

/// How programs for a platform run on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By its processor.
    Native,
    /// Through what its kernel has for them.
    Emulated,
    /// Through the QEMU that `BuildKit`'s own image brings along.
    Bundled,
    /// Not at all.
    Impossible,
    /// Its own platform is not known, but it was given this one.
    Given,
    /// It is not known.
    Unknown,
}

impl Builder {
    /// Who builds for each of `wanted`.
    pub(crate) fn spots(&self, wanted: &[Platform]) -> Vec<Spot> {
        choose(self, wanted)
    }
}

/// Chooses for each of `wanted`.
fn choose(builder: &Builder, wanted: &[Platform]) -> Vec<Spot> {
    let given = |platform: &Platform| {
        builder
            .nodes
            .iter()
            .position(|node| node.fixed.contains(platform))
    };
    let all_given: Option<Vec<usize>> = wanted.iter().map(given).collect();
    let nodes: Vec<_> = match all_given {
        Some(nodes) => nodes.into_iter().map(|node| Some((node, Match::Given))).collect(),
        None => wanted
            .iter()
            .map(|platform| told(&builder.nodes, platform))
            .collect(),
    };
    let spot = |(platform, node): (&Platform, Option<(usize, Match)>)| Spot {
        platform: platform.clone(),
        how: node.map_or(How::Unknown, |(node, _)| {
            how(builder, &builder.nodes[node], platform)
        }),
        node,
    };
    wanted.iter().zip(nodes).map(spot).collect()
}

/// The node that runs it best by what each was given and says; the first one where none does.
fn told(nodes: &[Node], wanted: &Platform) -> Option<(usize, Match)> {
    let mut best: Option<(usize, &Platform)> = None;
    for (place, node) in nodes.iter().enumerate() {
        for offered in node.fixed.iter().chain(&node.platforms) {
            let ranks = runs(offered);
            let rank =
                |platform: &Platform| ranks.iter().position(|it| it == platform).unwrap_or(ranks.len());
            let is_match = rank(wanted) < ranks.len();
            if is_match && best.is_none_or(|(_, best)| rank(wanted) < rank(best)) {
                best = Some((place, offered));
            }
        }
    }
    match best {
        Some((place, _)) if nodes[place].fixed.contains(wanted) => Some((place, Match::Given)),
        Some((place, _)) => Some((place, Match::Told)),
        None => (!nodes.is_empty()).then_some((0, Match::First)),
    }
}

/// Levels of amd64 that are asked about; there are four.
const MOST_LEVELS: u8 = 9;

/// What containerd takes a node of `platform` to run, the best first.
fn runs(platform: &Platform) -> Vec<Platform> {
    let number = platform
        .variant()
        .and_then(|it| it.strip_prefix('v')?.parse::<u8>().ok());
    let lower = |architecture: &'static str, from: u8| {
        let os = platform.os().to_owned();
        (1..=from)
            .rev()
            .map(move |number| Platform::new(&os, architecture, &format!("v{number}")))
    };
    let mut all = vec![platform.clone()];
    match (platform.architecture(), number) {
        ("amd64", level) => {
            all.extend(lower(
                "amd64",
                level.unwrap_or(1).min(MOST_LEVELS).saturating_sub(1),
            ));
            all.push(Platform::new(platform.os(), "386", ""));
        }
        ("arm64", level) => {
            if level.is_some() {
                all.push(Platform::new(platform.os(), "arm64", ""));
            }
            all.extend(lower("arm", 8).filter(|it| it.variant() >= Some("v5")));
        }
        ("arm", Some(level)) => {
            all.extend(lower("arm", level.min(8).saturating_sub(1)).filter(|it| it.variant() >= Some("v5")));
        }
        _ => {}
    }
    all
}

fn how(builder: &Builder, node: &Node, platform: &Platform) -> How {
    let is_told = node.platforms.contains(platform);
    let is_given = node.fixed.contains(platform);
    let Some(own) = &node.own else {
        return if is_given { How::Given } else { How::Unknown };
    };
    match platform.runs_on(own) {
        Native::Yes => How::Native,
        Native::Depends if is_told && !is_given && own.architecture() == platform.architecture() => {
            How::Native
        }
        Native::No if node.answered() && is_told && !is_given => How::Emulated,
        Native::No if has_qemu(builder, node) => How::Bundled,
        Native::No if node.answered() && !is_told => How::Impossible,
        Native::Depends | Native::No => How::Unknown,
    }
}

/// `BuildKit`'s own image brings QEMU, and uses it where the kernel has nothing.
fn has_qemu(builder: &Builder, node: &Node) -> bool {
    matches!(builder.driver.as_str(), "docker-container" | "kubernetes")
        && !node.traits.contains(&Trait::OtherImage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platforms(names: &[&str]) -> Vec<Platform> {
        names
            .iter()
            .map(|name| name.parse().expect("a platform"))
            .collect()
    }

    fn node(name: &str, told: &[&str], fixed: &[&str], own: Option<&str>) -> Node {
        Node {
            name: name.to_owned(),
            status: "running".to_owned(),
            platforms: platforms(told),
            fixed: platforms(fixed),
            own: own.map(|own| own.parse().expect("a platform")),
            ..Node::default()
        }
    }

    fn chosen(driver: &str, nodes: Vec<Node>, wanted: &[&str]) -> Vec<(Option<usize>, How)> {
        let builder = Builder {
            driver: driver.to_owned(),
            nodes,
            ..Builder::default()
        };
        let spots = choose(&builder, &platforms(wanted)).into_iter();
        spots
            .map(|spot| (spot.node.map(|(node, _)| node), spot.how))
            .collect()
    }

    #[test]
    fn a_single_node_is_native_for_its_own_and_emulates_what_it_tells() {
        let one = || {
            node(
                "a",
                &["linux/arm64", "linux/amd64", "linux/386"],
                &[],
                Some("linux/arm64"),
            )
        };
        let all = chosen(
            "docker",
            vec![one()],
            &["linux/arm64", "linux/amd64", "linux/s390x"],
        );
        assert_eq!(
            all,
            [
                (Some(0), How::Native),
                (Some(0), How::Emulated),
                (Some(0), How::Impossible)
            ]
        );
        let bundled = chosen("docker-container", vec![one()], &["linux/s390x"]);
        assert_eq!(bundled, [(Some(0), How::Bundled)]);
    }

    #[test]
    fn nodes_with_given_platforms_build_those() {
        let nodes = || {
            vec![
                node(
                    "a",
                    &["linux/arm64", "linux/amd64"],
                    &["linux/arm64"],
                    Some("linux/arm64"),
                ),
                node(
                    "b",
                    &["linux/amd64", "linux/arm64"],
                    &["linux/amd64"],
                    Some("linux/amd64"),
                ),
            ]
        };
        let both = chosen("docker-container", nodes(), &["linux/amd64", "linux/arm64"]);
        assert_eq!(both, [(Some(1), How::Native), (Some(0), How::Native)]);
        // As soon as one platform was given to nobody, what the nodes tell counts too; an exact one is still the best.
        let more = chosen("docker-container", nodes(), &["linux/amd64", "linux/arm/v7"]);
        assert_eq!(more[0], (Some(0), How::Emulated), "the first of equals");
        assert_eq!(more[1].0, Some(0));
        let given = chosen(
            "remote",
            vec![node("r", &["linux/amd64"], &["linux/amd64"], None)],
            &["linux/amd64"],
        );
        assert_eq!(given, [(Some(0), How::Given)]);
        assert_eq!(
            chosen("remote", Vec::new(), &["linux/amd64"]),
            [(None, How::Unknown)]
        );
    }
}
