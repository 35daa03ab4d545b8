//! Builds and builders, for people.

use std::collections::HashMap;

use companion::view::{
    BuildDone, BuildPlan, BuildPlatform, BuildStep, BuildStepState, Builder, BuilderChange, Builders, Note,
    Translation,
};

use crate::text::{clean, short, wrapped};

/// Longer names are cut, so that lines keep to 80 columns.
const NAME: usize = 64;

/// Each builder with its nodes, and what it would do.
pub(crate) fn builders(all: &Builders) -> String {
    let mut lines = vec![format!("buildx {}", clean(&all.buildx))];
    if all.builders.is_empty() {
        lines.push("\nThere is no builder: no engine answers, and none was made".to_owned());
    }
    lines.extend(all.builders.iter().map(builder));
    lines.join("\n")
}

fn builder(one: &Builder) -> String {
    let chosen = if one.current {
        ", used when none is named"
    } else {
        ""
    };
    let driver = if one.driver.is_empty() {
        "not known"
    } else {
        &one.driver
    };
    let mut lines = vec![format!(
        "\n{} ({}{chosen})",
        short(&one.name, NAME),
        clean(driver)
    )];
    lines.extend(one.error.iter().map(|why| wrapped(&clean(why), "  ✕ ")));
    for node in &one.nodes {
        let native = node.native.as_deref().unwrap_or("own platform not known");
        lines.push(format!(
            "  {}: {}, {}",
            short(&node.name, NAME / 2),
            clean(&node.status),
            clean(native)
        ));
        if !node.fixed.is_empty() {
            lines.push(wrapped(&format!("given {}", node.fixed.join(", ")), "     "));
        }
        lines.extend(node.error.iter().map(|why| wrapped(&clean(why), "     ")));
    }
    lines.extend(one.platforms.iter().map(platform));
    lines.join("\n")
}

fn platform(one: &BuildPlatform) -> String {
    let mark = match one.how {
        Translation::Native => "✓",
        Translation::Emulated => "~",
        Translation::Impossible => "✕",
        Translation::Unknown => "?",
    };
    wrapped(
        &format!("{mark} {}: {}", clean(&one.platform), clean(&one.why)),
        "     ",
    )
}

/// What would be built, by whom.
pub(crate) fn build_plan(plan: &BuildPlan) -> String {
    let builder = plan.builder.as_deref().unwrap_or("no builder");
    let to = match (plan.output.as_deref(), &plan.registry) {
        (Some("push"), Some(registry)) => format!(", and push it to {}", clean(registry)),
        (Some("load"), _) => ", and load it into the engine".to_owned(),
        _ => String::new(),
    };
    let mut lines = vec![format!(
        "Build {} with {}{to}",
        short(&plan.reference, NAME),
        clean(builder)
    )];
    lines.extend(plan.platforms.iter().map(platform));
    lines.extend(notes(&plan.warnings));
    lines.extend(
        plan.blockers
            .iter()
            .map(|blocker| wrapped(&clean(&blocker.text), "✕ ")),
    );
    if plan.blockers.is_empty() {
        lines.push(format!("\n  {}\n", clean(&plan.command)));
    }
    lines.join("\n")
}

fn notes(notes: &[Note]) -> Vec<String> {
    notes
        .iter()
        .map(|note| wrapped(&clean(&note.text), "! "))
        .collect()
}

/// What came of it.
pub(crate) fn built(done: &BuildDone) -> String {
    let mut lines = vec![format!(
        "Built {} for {} with {}",
        short(&done.reference, NAME),
        done.platforms.join(", "),
        clean(&done.builder)
    )];
    lines.extend(done.digest.iter().map(|digest| format!("  {}", clean(digest))));
    if done.verified {
        lines.push("✓ In the registry every platform is there, and its program is for it".to_owned());
    }
    if let Some(problem) = &done.unverified {
        lines.push(wrapped(
            &format!("{}. {}", clean(&problem.message), clean(&problem.hint)),
            "✕ ",
        ));
    }
    lines.join("\n")
}

/// What would be done to a builder, or was.
pub(crate) fn builder_change(change: &BuilderChange) -> String {
    let mut lines: Vec<String> = notes(&change.warnings);
    lines.extend(
        change
            .blockers
            .iter()
            .map(|blocker| wrapped(&clean(&blocker.text), "✕ ")),
    );
    if change.blockers.is_empty() {
        let head = if change.done { "Done:" } else { "It would run:" };
        lines.push(head.to_owned());
        lines.extend(
            change
                .commands
                .iter()
                .map(|command| format!("  {}", clean(command))),
        );
    }
    if let Some(undo) = change.undo.as_ref().filter(|_| change.done) {
        lines.push(format!("`{}` takes it back", clean(undo)));
    }
    lines.join("\n")
}

/// What was printed of each step: it is told when it begins and when it ends.
#[derive(Debug, Default)]
pub(crate) struct StepLines {
    told: HashMap<u32, BuildStepState>,
}

impl StepLines {
    /// The line for what became of a step, where it says something new.
    pub(crate) fn line(&mut self, step: &BuildStep) -> Option<String> {
        // What `BuildKit` does for itself is told of only where it fails.
        let is_internal = step.name.starts_with("[internal]") && step.state != BuildStepState::Failed;
        if is_internal || self.told.insert(step.place, step.state) == Some(step.state) {
            return None;
        }
        let name = short(&step.name, NAME);
        let after = step
            .seconds
            .map_or(String::new(), |seconds| format!(" {seconds:.1} s"));
        match step.state {
            BuildStepState::Waiting => None,
            BuildStepState::Running => Some(format!("… {name}")),
            BuildStepState::Done => Some(format!("✓ {name}{after}")),
            BuildStepState::Cached => Some(format!("✓ {name} (cached)")),
            BuildStepState::Canceled => Some(format!("- {name} (given up)")),
            BuildStepState::Failed => {
                let said = step.said.iter().map(|line| format!("    {}", clean(line)));
                let lines: Vec<_> = std::iter::once(format!("✕ {name}{after}")).chain(said).collect();
                Some(lines.join("\n"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use companion::view::BuilderNode;

    use super::*;

    #[test]
    fn each_step_is_told_when_it_begins_and_when_it_ends() {
        let mut lines = StepLines::default();
        let step = |name: &str, state: BuildStepState| BuildStep {
            place: 3,
            name: name.to_owned(),
            platform: None,
            how: Translation::Native,
            state,
            status: None,
            said: vec!["\u{1b}[2Jno make".to_owned()],
            error: None,
            seconds: (state == BuildStepState::Failed).then_some(1.25),
        };
        let name = "[2/2] RUN make";
        assert_eq!(lines.line(&step(name, BuildStepState::Waiting)), None);
        let running = lines.line(&step(name, BuildStepState::Running));
        assert_eq!(running.as_deref(), Some("… [2/2] RUN make"));
        assert_eq!(lines.line(&step(name, BuildStepState::Running)), None);
        let failed = lines
            .line(&step(name, BuildStepState::Failed))
            .expect("it is told");
        assert!(
            failed.starts_with("✕ [2/2] RUN make 1.") && failed.ends_with("no make"),
            "{failed}"
        );
        assert!(!failed.contains('\u{1b}'));
        assert_eq!(
            lines.line(&step("[internal] load x", BuildStepState::Running)),
            None
        );
    }

    #[test]
    fn builders_are_told_with_what_they_would_do() {
        let text = builders(&Builders {
            buildx: "0.29.1".to_owned(),
            builders: vec![Builder {
                name: "both".to_owned(),
                driver: "docker-container".to_owned(),
                current: true,
                error: None,
                nodes: vec![BuilderNode {
                    name: "both0".to_owned(),
                    endpoint: "default".to_owned(),
                    status: "running".to_owned(),
                    version: None,
                    error: None,
                    platforms: Vec::new(),
                    fixed: vec!["linux/arm64".to_owned()],
                    native: Some("linux/arm64".to_owned()),
                }],
                platforms: vec![BuildPlatform {
                    platform: "linux/arm64".to_owned(),
                    node: Some("both0".to_owned()),
                    how: Translation::Native,
                    why: "`both0` was given it; it is its own platform".to_owned(),
                }],
            }],
        });
        assert!(
            text.contains("both (docker-container, used when none is named)"),
            "{text}"
        );
        assert!(text.contains("✓ linux/arm64: `both0` was given it"), "{text}");
    }
}
