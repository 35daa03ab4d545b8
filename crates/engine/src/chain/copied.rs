//! Which instruction of an image's history brought a file, and which file of the build context that was.

use super::root::absolute;

/// The instruction that brought a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// As it stands in the history: `COPY start.sh /app/`.
    pub instruction: String,
    /// The file's path in the build context; `None` where several would do, or it may be of an earlier stage.
    pub file: Option<String>,
    /// Whether its source may be of an earlier stage: the history does not keep `--from`, and those paths begin at a root.
    pub may_be_of_stage: bool,
}

/// `COPY` or `ADD`, taken apart.
struct Copy<'a> {
    instruction: &'a str,
    from: Vec<&'a str>,
    /// Where it is copied to, from the root.
    to: String,
}

/// How sure it is that a source is what a file came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Its name, or that it is a folder, says so.
    Named,
    /// It would have to be a folder, and nothing says that it is none.
    PerhapsFolder,
}

/// The newest instruction of `history`, which has the newest first, that brought the file at `path`.
pub(crate) fn copied(history: &[String], path: &str) -> Option<Copied> {
    let copies: Vec<Copy> = history
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Copy::read(line, &history[at + 1..]))
        .collect();
    // What is named like the file wins over older and newer folders that could hold it.
    [Fit::Named, Fit::PerhapsFolder]
        .into_iter()
        .find_map(|least| copies.iter().find_map(|copy| copy.brings(path, least)))
}

impl<'a> Copy<'a> {
    /// From a line of a history, `older` being the lines before it: they say which folder was the working folder.
    fn read(line: &'a str, older: &[String]) -> Option<Self> {
        let instruction = bare(line);
        let (verb, rest) = instruction.split_once(' ')?;
        if !matches!(verb, "COPY" | "ADD") {
            return None;
        }
        let words: Vec<&str> = rest.split_whitespace().collect();
        let (to, from) = words.split_last()?;
        // Old builders write `in` before the destination.
        let from = from
            .iter()
            .copied()
            .filter(|word| !word.starts_with("--") && *word != "in");
        let folder = if to.starts_with('/') {
            "/"
        } else {
            working_folder(older)?
        };
        Some(Self {
            instruction,
            from: from.collect(),
            to: absolute(folder, to),
        })
    }

    /// What it says of the file at `path`, when one of its sources fits it so well.
    fn brings(&self, path: &str, least: Fit) -> Option<Copied> {
        let below = path.strip_prefix(self.to.trim_end_matches('/'))?;
        if !below.is_empty() && !below.starts_with('/') {
            return None;
        }
        let inside = below.trim_start_matches('/');
        let is_folder = self.to.ends_with('/');
        let file = |source: &str| {
            let (file, fit) = source_of(source, inside, is_folder)?;
            (fit == least).then_some((file, source.starts_with('/')))
        };
        let files: Vec<(String, bool)> = self.from.iter().filter_map(|source| file(source)).collect();
        let may_be_of_stage = files.first()?.1;
        let only = <[(String, bool); 1]>::try_from(files).ok();
        Some(Copied {
            instruction: self.instruction.to_owned(),
            file: only.filter(|_| !may_be_of_stage).map(|[(file, _)]| file),
            may_be_of_stage,
        })
    }
}

/// An instruction, without what builders add.
fn bare(line: &str) -> &str {
    let line = line.trim().trim_start_matches("/bin/sh -c #(nop) ").trim();
    line.split(" # buildkit").next().unwrap_or_default().trim()
}

/// The last `WORKDIR` that begins at the root. Builders write it so into the history, also when it was relative.
fn working_folder(older: &[String]) -> Option<&str> {
    let folders = older
        .iter()
        .filter_map(|line| bare(line).strip_prefix("WORKDIR "));
    folders.map(str::trim).find(|folder| folder.starts_with('/'))
}

/// The file that `source` names or holds, when it is at `inside` below the destination, which is a folder for certain
/// where `into_folder`.
fn source_of(source: &str, inside: &str, is_folder: bool) -> Option<(String, Fit)> {
    // Old builders name a digest instead of the file.
    if source.starts_with("file:") || source.starts_with("dir:") || source.starts_with("multi:") {
        return None;
    }
    let trimmed = source.trim_end_matches('/');
    let (folder, base) = trimmed
        .rsplit_once('/')
        .map_or(("", trimmed), |(folder, base)| (folder, base));
    if inside.is_empty() {
        return (base != "." && base != "..").then(|| (trimmed.to_owned(), Fit::Named));
    }
    if matches_name(base, inside) {
        return Some((joined(folder, inside), Fit::Named));
    }
    if matches!(base, "." | "") || source.ends_with('/') {
        return Some((joined(trimmed, inside), Fit::Named));
    }
    let may_be_folder = !base.contains(['.', '*', '?', '[']) && !is_folder;
    may_be_folder.then(|| (joined(trimmed, inside), Fit::PerhapsFolder))
}

/// Whether `base` is this name, or a pattern with one `*` for it.
fn matches_name(base: &str, name: &str) -> bool {
    match base.split_once('*') {
        Some((begin, end)) => {
            name.len() >= begin.len() + end.len()
                && name.starts_with(begin)
                && name.ends_with(end)
                && !name.contains('/')
        }
        None => base == name,
    }
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" | "." => name.to_owned(),
        folder => format!("{}/{name}", folder.trim_start_matches("./")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/app/bin/start.sh";

    fn found(history: &[&str]) -> Option<(String, Option<String>, bool)> {
        let history: Vec<String> = history.iter().map(|&line| line.to_owned()).collect();
        let copied = copied(&history, PATH)?;
        Some((copied.instruction, copied.file, copied.may_be_of_stage))
    }

    #[test]
    fn the_file_of_the_context_is_named() {
        for (line, file) in [
            ("COPY start.sh /app/bin/ # buildkit", "start.sh"),
            (
                "COPY --chmod=755 docker/run.sh /app/bin/start.sh # buildkit",
                "docker/run.sh",
            ),
            ("COPY . /app # buildkit", "bin/start.sh"),
            ("COPY ./ / # buildkit", "app/bin/start.sh"),
            ("COPY docker/ /app/ # buildkit", "docker/bin/start.sh"),
            ("COPY docker /app # buildkit", "docker/bin/start.sh"),
            (
                "COPY ./docker/*.sh other.py /app/bin/ # buildkit",
                "docker/start.sh",
            ),
            ("COPY a.sh start.sh z.sh /app/bin/ # buildkit", "start.sh"),
            ("/bin/sh -c #(nop) COPY start.sh in /app/bin ", "start.sh"),
            ("ADD bin/start.sh /app/bin/start.sh", "bin/start.sh"),
        ] {
            let (_, named, of_stage) = found(&[line]).expect(line);
            assert_eq!((named.as_deref(), of_stage), (Some(file), false), "{line}");
        }
    }

    #[test]
    fn what_brought_something_else_is_passed_over() {
        for line in [
            "COPY other.sh /app/bin/ # buildkit",
            "COPY start.sh /srv/ # buildkit",
            "COPY start.sh /app/binary/ # buildkit",
            "COPY start.sh . # buildkit",
            "/bin/sh -c #(nop) COPY file:0123 in /app/bin/start.sh ",
            "RUN /bin/sh -c chmod +x /app/bin/start.sh",
            "COPY",
            "COPY ",
            "",
        ] {
            assert_eq!(found(&[line]), None, "{line}");
        }
    }

    #[test]
    fn a_path_from_a_root_may_be_of_an_earlier_stage() {
        let (_, file, of_stage) = found(&["COPY /out/start.sh /app/bin/ # buildkit"]).expect("one");
        assert_eq!((file, of_stage), (None, true));
    }

    #[test]
    fn which_of_several_folders_had_it_is_not_known() {
        let (instruction, file, _) = found(&["COPY one two /app # buildkit"]).expect("one");
        assert_eq!((instruction.as_str(), file), ("COPY one two /app", None));
    }

    #[test]
    fn a_relative_destination_is_below_the_working_folder_of_that_time() {
        let history = ["WORKDIR /srv", "COPY . . # buildkit", "WORKDIR /app", "RUN true"];
        let (instruction, file, _) = found(&history).expect("one");
        assert_eq!(
            (instruction.as_str(), file.as_deref()),
            ("COPY . .", Some("bin/start.sh"))
        );
    }

    #[test]
    fn what_is_named_like_the_file_wins_over_folders() {
        let history = [
            "COPY assets /app # buildkit",
            "COPY start.sh /app/bin/ # buildkit",
        ];
        assert_eq!(found(&history).expect("one").1.as_deref(), Some("start.sh"));
    }
}
