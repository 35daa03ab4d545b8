//! Of builders, ports, command line tools, and the terminal.

use host::{
    HostError, Os,
    checks::{AirPlay, Builder, Program, Side},
};

use super::{command, fault, fix, list, literal, said};
use crate::checklist::{Fix, Said};

/// Tools by what Homebrew calls them.
const FORMULAS: [(&str, &str); 10] = [
    ("docker", "docker"),
    ("docker-compose", "docker-compose"),
    ("docker-buildx", "docker-buildx"),
    ("docker-credential-osxkeychain", "docker-credential-helper"),
    ("kubectl", "kubernetes-cli"),
    ("helm", "helm"),
    ("kind", "kind"),
    ("colima", "colima"),
    ("limactl", "lima"),
    ("podman", "podman"),
];

const FOR_BOTH: &str = "Builds can target amd64 and arm64";

pub(crate) fn builders_unread(error: &HostError) -> Said {
    said(
        "Builders",
        format!("what buildx keeps of them cannot be read: {}", fault(error)),
    )
}

pub(crate) fn builder_broken(name: &str) -> Said {
    said(
        "Builders",
        format!(
            "the chosen builder `{}` is kept in a file that cannot be understood",
            literal(name)
        ),
    )
}

pub(crate) fn builder_for_both(builder: &Builder) -> Said {
    said(
        FOR_BOTH,
        format!("the builder `{}` has both, on {}", builder.name, nodes(builder)),
    )
}

pub(crate) fn builder_translates(builder: &Builder) -> Said {
    let detail = format!(
        "the builder `{}` ({}), on {}, which translates what it does not run by itself",
        builder.name,
        builder.driver,
        nodes(builder)
    );
    said(FOR_BOTH, detail)
}

fn nodes(builder: &Builder) -> String {
    match builder.nodes.len() {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    }
}

pub(crate) fn builder_misses(builder: &Builder, missing: &str) -> Said {
    let detail = format!(
        "the builder `{}` was given fixed platforms, and linux/{missing} is not among them",
        builder.name
    );
    said(format!("Builds cannot target {missing}"), detail)
}

pub(crate) fn usual_builder() -> Said {
    said(
        FOR_BOTH,
        "the engine's own builder makes several platforms, since its image store can hold them",
    )
}

pub(crate) fn builder_for_one() -> Said {
    let detail = "the engine's own builder makes several only with the containerd image store";
    said("Builds make one platform at a time", detail)
}

pub(crate) fn add_builder() -> Fix {
    let how = "Make a builder of its own, and choose it";
    let add =
        "docker buildx create --name both --driver docker-container --platform linux/amd64,linux/arm64 --use";
    command("create-builder", how, add)
}

pub(crate) fn ports_taken(taken: &[u16], airplay: AirPlay) -> Said {
    let title = match taken {
        [one] => format!("Port {one} is taken"),
        several => format!("Ports {} are taken", numbers(several)),
    };
    let detail = match airplay {
        AirPlay::On | AirPlay::OnByDefault => {
            "something listens there, and AirPlay Receiver is on, which does"
        }
        AirPlay::Off | AirPlay::None => "something listens there",
        AirPlay::Unknown => "something listens there; on a Mac that is AirPlay Receiver as a rule",
    };
    said(title, detail)
}

fn numbers(ports: &[u16]) -> String {
    let all: Vec<String> = ports.iter().map(ToString::to_string).collect();
    all.join(" and ")
}

pub(crate) fn free_ports(taken: &[u16], airplay: AirPlay) -> Fix {
    match airplay {
        AirPlay::On | AirPlay::OnByDefault => turn_airplay_off(),
        AirPlay::Off | AirPlay::None | AirPlay::Unknown => {
            let first = taken.first().copied().unwrap_or_default();
            let how = "See who listens, and stop it or publish on another port";
            command(
                "free-port",
                how,
                format!("sudo lsof -nP -iTCP:{first} -sTCP:LISTEN"),
            )
        }
    }
}

pub(crate) fn turn_airplay_off() -> Fix {
    let how = "Turn AirPlay Receiver off in System Settings → General → AirDrop & Handoff, or publish on another port";
    let off = "defaults -currentHost write com.apple.controlcenter AirplayRecieverEnabled -bool false && killall ControlCenter";
    command("free-port", how, off)
}

pub(crate) fn ports_free(airplay: AirPlay) -> Said {
    let detail = match airplay {
        AirPlay::Off => "AirPlay Receiver is off, and nobody else listens there",
        AirPlay::On | AirPlay::OnByDefault | AirPlay::None | AirPlay::Unknown => "nobody listens there",
    };
    said("Ports 5000 and 7000 are free", detail)
}

pub(crate) fn airplay_on(airplay: AirPlay) -> Said {
    let detail = match airplay {
        AirPlay::OnByDefault => "AirPlay Receiver, which listens there, is on unless it is turned off",
        AirPlay::On | AirPlay::Off | AirPlay::None | AirPlay::Unknown => {
            "AirPlay Receiver, which listens there, is on"
        }
    };
    said("Ports 5000 and 7000 belong to AirPlay", detail)
}

pub(crate) fn ports_unknown(airplay: AirPlay) -> Said {
    let detail = match airplay {
        AirPlay::Off => {
            "AirPlay Receiver is off; whether something else listens there cannot be told from files"
        }
        AirPlay::On | AirPlay::OnByDefault | AirPlay::None | AirPlay::Unknown => {
            "whether somebody listens there cannot be told"
        }
    };
    said("Ports 5000 and 7000", detail)
}

pub(crate) fn tools_for_what() -> Said {
    said(
        "Command line tools",
        "nothing tells for which processor they should be built",
    )
}

pub(crate) fn tools(count: usize, own: &str) -> Said {
    match count {
        0 => said(
            "No command line tools were found",
            "none lies in the usual folders",
        ),
        1 => said(
            format!("The command line tool is built for {own}"),
            "1 was looked at",
        ),
        count => said(
            format!("The command line tools are built for {own}"),
            format!("{count} were looked at"),
        ),
    }
}

pub(crate) fn foreign_tools(foreign: &[&Program], own: &str) -> Said {
    let brew = foreign.iter().find(|it| it.side == Side::Brew);
    let title = match (foreign, brew) {
        ([_], Some(_)) => "Homebrew is the one for Intel Macs".to_owned(),
        ([one], None) => format!("{} is not built for {own}", one.name),
        (several, _) => format!("{} tools are not built for {own}", several.len()),
    };
    let each = foreign
        .iter()
        .map(|it| format!("`{}` is {}", it.place, it.architectures.join(" and ")));
    said(title, list(each))
}

/// With a Homebrew of this machine's own, what it has can be installed by it.
pub(crate) fn replace_tools(foreign: &[&Program], os: Os, brew: Option<&str>) -> Fix {
    let formula = |name: &str| {
        FORMULAS
            .iter()
            .find(|(tool, _)| *tool == name)
            .map(|(_, formula)| *formula)
    };
    let mut formulas: Vec<&str> = foreign.iter().filter_map(|it| formula(&it.name)).collect();
    formulas.dedup();
    if let Some(brew) = brew.filter(|_| !formulas.is_empty()) {
        let how =
            "Install native builds with the Homebrew of Apple Silicon, and put its folder first in `PATH`";
        return command(
            "replace-foreign-build",
            how,
            format!("{brew} install {}", formulas.join(" ")),
        );
    }
    let how = match os {
        Os::MacOs if foreign.iter().any(|it| it.side != Side::Other) => {
            "Install Homebrew in `/opt/homebrew` from a native terminal, install the tools with it, and put its folder first in `PATH`"
        }
        Os::MacOs => "Install builds for Apple Silicon",
        Os::Linux => "Install builds for this machine's processor",
    };
    fix("replace-foreign-build", how)
}

pub(crate) fn translated_process() -> Said {
    let detail = "Archlight is translated by Rosetta, as all is that is started from where it was started";
    said("This program runs translated", detail)
}

pub(crate) fn translated_terminals(names: &[&str]) -> Said {
    let names = list(names.iter().map(|it| (*it).to_owned()));
    said(
        format!("{names}: opened using Rosetta"),
        "the Finder was told so in its information window",
    )
}

pub(crate) fn open_natively(name: Option<&str>) -> Fix {
    let what = name.unwrap_or("the terminal");
    let how = format!("Quit {what}, choose Get Info for it in the Finder, and turn off Open using Rosetta");
    fix("open-natively", how)
}

pub(crate) fn native_terminals() -> Said {
    said(
        "Terminals run natively",
        "none that is known was told to open using Rosetta",
    )
}

pub(crate) fn no_translated_terminals() -> Said {
    said(
        "Terminals run natively",
        "on Linux no program is translated because of its terminal",
    )
}

pub(crate) fn terminals_unknown(error: &HostError) -> Said {
    said(
        "Terminals",
        format!(
            "which of them are opened using Rosetta cannot be read: {}",
            fault(error)
        ),
    )
}
