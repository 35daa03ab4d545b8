//! Who a container's program runs as, and what that user may do with a file.

use crate::files::Head;

/// Lines of a file of users or groups that are looked at: whoever has more has them in a directory service.
const LINES: usize = 4096;

/// Who a program runs as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct User {
    /// The number; `None` when it is not known, and then everything that anybody may do is taken for allowed.
    id: Option<u32>,
    groups: Vec<u32>,
}

/// What somebody wants to do: the bit of it for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Read = 0o4,
    Execute = 0o1,
}

impl User {
    /// From the configuration's words (`1000`, `app`, `app:staff`, empty for root), `/etc/passwd`, and `/etc/group`.
    pub(crate) fn new(asked: &str, passwd: &str, group: &str) -> Self {
        let (name, group_name) = asked
            .split_once(':')
            .map_or((asked, None), |(name, group)| (name, Some(group)));
        let name = if name.is_empty() { "0" } else { name };
        let row = rows(passwd).find(|row| row[0] == name || row.get(2) == Some(&name));
        let field = |at: usize| row.as_ref().and_then(|row| row.get(at)?.parse().ok());
        let id = name.parse().ok().or_else(|| field(2));
        let own_name = row.as_ref().map_or(name, |row| row[0]);
        let named = |asked: &str| asked.parse().ok().or_else(|| group_id(group, asked));
        let main = match group_name {
            Some(asked) => named(asked),
            None => field(3).or(Some(0)),
        };
        let member = |row: &Vec<&str>| {
            row.get(3)
                .is_some_and(|members| members.split(',').any(|member| member == own_name))
        };
        let others = rows(group)
            .filter(member)
            .filter_map(|row| row.get(2)?.parse().ok());
        // A group that is named takes the place of all that the user is a member of.
        let others: Vec<u32> = if group_name.is_some() {
            Vec::new()
        } else {
            others.collect()
        };
        Self {
            id,
            groups: main.into_iter().chain(others).collect(),
        }
    }

    /// Whether the kernel asks anything of files at all.
    pub(crate) fn is_root(&self) -> bool {
        self.id == Some(0)
    }

    /// Whether this user may do `wish` with what `head` says. Root may execute what anybody may.
    pub(crate) fn may(&self, wish: Wish, head: &Head) -> bool {
        let bit = wish as u32;
        let anybody = head.mode & (bit << 6 | bit << 3 | bit) != 0;
        match self.id {
            None => anybody,
            Some(0) => wish == Wish::Read || anybody,
            id if id == head.user => head.mode & (bit << 6) != 0,
            Some(_) if head.group.is_some_and(|group| self.groups.contains(&group)) => {
                head.mode & (bit << 3) != 0
            }
            Some(_) => head.mode & bit != 0,
        }
    }
}

/// What anybody may do with what `head` says, or nobody; `None` where that differs from user to user.
pub(crate) fn anybody_may(wish: Wish, head: &Head) -> Option<bool> {
    let bit = wish as u32;
    let all = bit << 6 | bit << 3 | bit;
    match head.mode & all {
        granted if granted == all => Some(true),
        // Root may read all the same.
        0 if wish == Wish::Execute => Some(false),
        _ => None,
    }
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .take(LINES)
        .map(|line| line.trim_end().split(':').collect())
}

fn group_id(group: &str, name: &str) -> Option<u32> {
    rows(group).find(|row| row[0] == name)?.get(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileKind;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n";
    const GROUP: &str = "root:x:0:\nstaff:x:50:app,other\napp:x:1000:\n";

    fn head(mode: u32, user: u32, group: u32) -> Head {
        Head {
            bytes: Vec::new(),
            size: 0,
            mode,
            kind: Some(FileKind::Regular),
            user: Some(user),
            group: Some(group),
        }
    }

    #[test]
    fn users_are_found_by_name_and_by_number() {
        for asked in ["app", "1000"] {
            let user = User::new(asked, PASSWD, GROUP);
            assert_eq!((user.id, user.groups), (Some(1000), vec![1000, 50]), "{asked}");
        }
        assert!(User::new("", PASSWD, GROUP).is_root());
        assert!(User::new("0:0", "", "").is_root());
        assert_eq!(User::new("app:staff", PASSWD, GROUP).groups, [50]);
        assert_eq!(User::new("nobody", PASSWD, GROUP).id, None);
        assert_eq!(User::new("7:8", "", "").groups, [8]);
    }

    #[test]
    fn who_it_is_matters_only_where_permissions_differ() {
        let may = |wish, mode| anybody_may(wish, &head(mode, 1000, 50));
        assert_eq!(may(Wish::Execute, 0o755), Some(true));
        assert_eq!(may(Wish::Execute, 0o644), Some(false));
        assert_eq!(may(Wish::Execute, 0o754), None);
        assert_eq!(may(Wish::Read, 0o644), Some(true));
        assert_eq!(may(Wish::Read, 0o111), None);
        for user in ["", "app", "7:8", "ghost"].map(|asked| User::new(asked, PASSWD, GROUP)) {
            for (wish, mode) in [
                (Wish::Execute, 0o755),
                (Wish::Execute, 0o644),
                (Wish::Read, 0o444),
            ] {
                let head = head(mode, 1000, 50);
                assert_eq!(anybody_may(wish, &head), Some(user.may(wish, &head)), "{mode:o}");
            }
        }
    }

    #[test]
    fn the_kernel_looks_at_one_of_three_permissions() {
        let app = User::new("app", PASSWD, GROUP);
        assert!(app.may(Wish::Execute, &head(0o100, 1000, 0)));
        assert!(!app.may(Wish::Execute, &head(0o011, 1000, 0)));
        assert!(app.may(Wish::Execute, &head(0o010, 0, 50)));
        assert!(!app.may(Wish::Execute, &head(0o700, 0, 0)));
        assert!(!app.may(Wish::Read, &head(0o711, 0, 0)));
        let root = User::new("", PASSWD, GROUP);
        assert!(root.may(Wish::Read, &head(0, 1000, 1000)));
        assert!(!root.may(Wish::Execute, &head(0o644, 1000, 1000)));
        assert!(User::new("ghost", "", "").may(Wish::Execute, &head(0o100, 0, 0)));
    }
}
