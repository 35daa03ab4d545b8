//! A unified diff, as `patch` reads it.

use std::fmt::Write as _;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// Changes of more lines are shown as one.
const MOST: usize = 2_000;

/// What turns `before` into `after`; empty where they are the same.
pub fn unified(before: &str, after: &str, old_name: &str, new_name: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(before), lines(after));
    let steps = steps(&old, &new);
    let mut out = String::new();
    for hunk in hunks(&steps) {
        if out.is_empty() {
            let _written = writeln!(out, "--- {old_name}\n+++ {new_name}");
        }
        show(&steps[hunk], &mut out);
    }
    out
}

/// One line of the comparison, with the lines of each side that stand before it.
struct Step<'a> {
    sign: char,
    line: &'a str,
    old: usize,
    new: usize,
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let (mut at, mut to) = (0, 0);
    let push = |steps: &mut Vec<Step<'a>>, sign, line, old, new| steps.push(Step { sign, line, old, new });
    for (left, right) in matches(old, new).into_iter().chain([(old.len(), new.len())]) {
        while at < left {
            push(&mut steps, '-', old[at], at, to);
            at += 1;
        }
        while to < right {
            push(&mut steps, '+', new[to], at, to);
            to += 1;
        }
        if at < old.len() && to < new.len() {
            push(&mut steps, ' ', old[at], at, to);
            (at, to) = (at + 1, to + 1);
        }
    }
    steps
}

/// Pairs of the same line, as many as can be (Myers' algorithm).
fn matches(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest);
    let end = end.take_while(|(a, b)| a == b).count();
    let middle = path(&old[start..old.len() - end], &new[start..new.len() - end]);
    let head = (0..start).map(|at| (at, at));
    let middle = middle.into_iter().map(|(a, b)| (a + start, b + start));
    let tail = (0..end).map(|at| (old.len() - end + at, new.len() - end + at));
    head.chain(middle).chain(tail).collect()
}

fn path(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let bound = (old.len() + new.len()).min(MOST);
    // `reach[k]` is how far the old side is read on the diagonal `k - bound`; each round keeps what it began with.
    let mut reach = vec![0_usize; 2 * bound + 2];
    let mut rounds = Vec::new();
    for cost in 0..=bound {
        rounds.push(reach.clone());
        for diagonal in (bound - cost..=bound + cost).step_by(2) {
            let (mut x, _) = from(&reach, diagonal, bound, cost);
            // On every diagonal that is reached, neither side is read before its beginning.
            let mut y = (x + bound).saturating_sub(diagonal);
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            reach[diagonal] = x;
            if x >= old.len() && y >= new.len() {
                return back(&rounds, diagonal, bound, (x, y));
            }
        }
    }
    Vec::new()
}

/// Where a diagonal is entered in this round, and from which one.
fn from(reach: &[usize], diagonal: usize, bound: usize, cost: usize) -> (usize, usize) {
    if cost == 0 {
        return (0, diagonal);
    }
    let down = || (reach[diagonal + 1], diagonal + 1);
    let right = || (reach[diagonal - 1] + 1, diagonal - 1);
    if diagonal == bound - cost {
        down()
    } else if diagonal == bound + cost || reach[diagonal - 1] >= reach[diagonal + 1] {
        right()
    } else {
        down()
    }
}

fn back(rounds: &[Vec<usize>], diagonal: usize, bound: usize, end: (usize, usize)) -> Vec<(usize, usize)> {
    let (mut diagonal, mut at, mut pairs) = (diagonal, end.0, Vec::new());
    for (cost, reach) in rounds.iter().enumerate().rev() {
        let (entered, before) = from(reach, diagonal, bound, cost);
        while at > entered {
            at -= 1;
            pairs.push((at, (at + bound).saturating_sub(diagonal)));
        }
        at = if before < diagonal {
            entered.saturating_sub(1)
        } else {
            entered
        };
        diagonal = before;
    }
    pairs.reverse();
    pairs
}

/// The steps that are shown together.
fn hunks(steps: &[Step<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut hunks: Vec<std::ops::Range<usize>> = Vec::new();
    let changed = steps.iter().enumerate().filter(|(_, step)| step.sign != ' ');
    for (at, _) in changed {
        let range = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(steps.len());
        match hunks.last_mut() {
            Some(last) if last.end >= range.start => last.end = range.end,
            Some(_) | None => hunks.push(range),
        }
    }
    hunks
}

fn show(steps: &[Step<'_>], out: &mut String) {
    let count = |other: char| steps.iter().filter(|step| step.sign != other).count();
    let (old, new) = (count('+'), count('-'));
    let range = |start: usize, count: usize| match count {
        0 => format!("{start},0"),
        1 => (start + 1).to_string(),
        _ => format!("{},{count}", start + 1),
    };
    let Some(first) = steps.first() else { return };
    let _written = writeln!(out, "@@ -{} +{} @@", range(first.old, old), range(first.new, new));
    for step in steps {
        out.push(step.sign);
        out.push_str(step.line);
        if !step.line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use super::*;

    #[test]
    fn a_change_is_shown_with_its_surroundings() {
        let before = "a\nb\nc\nd\ne\nf\ng\n";
        let after = "a\nb\nc\nd\nx\ne\nf\ng\n";
        let expected = "--- o\n+++ n\n@@ -2,6 +2,7 @@\n b\n c\n d\n+x\n e\n f\n g\n";
        assert_eq!(unified(before, after, "o", "n"), expected);
        assert_eq!(unified(before, before, "o", "n"), "");
        let last = "--- o\n+++ n\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n";
        assert_eq!(unified("a", "b\n", "o", "n"), last);
        assert_eq!(unified("", "b\n", "o", "n"), "--- o\n+++ n\n@@ -0,0 +1 @@\n+b\n");
    }

    #[test]
    fn patch_makes_of_it_what_it_says() {
        let texts = [
            "",
            "a\n",
            "a\nb\n",
            "b\na\n",
            "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n",
            "a\nX\nc\nd\ne\nf\ng\nh\ni\nk\nY",
            "x\r\ny\r\na\nb",
        ];
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        for before in texts {
            for after in texts {
                let diff = unified(before, after, "old", "new");
                assert_eq!(diff.is_empty(), before == after);
                if diff.is_empty() {
                    continue;
                }
                std::fs::write(&file, before).expect("a file");
                let mut patch = Command::new("patch")
                    .args(["--silent", "--binary"])
                    .arg(&file)
                    .stdin(Stdio::piped())
                    .spawn()
                    .expect("`patch` is where programs are built");
                let mut input = patch.stdin.take().expect("it is piped");
                input.write_all(diff.as_bytes()).expect("it reads");
                drop(input);
                assert!(patch.wait().expect("it ends").success(), "{diff}");
                let patched = std::fs::read_to_string(&file).unwrap_or_default();
                assert_eq!(patched, after, "{diff}");
            }
        }
    }
}
