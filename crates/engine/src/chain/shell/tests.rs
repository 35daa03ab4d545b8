use super::{values::WORDS, *};

fn setting(arguments: &[&str]) -> Setting {
    Setting {
        variables: [("APP", "/opt/app"), ("EMPTY", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
        folder: "/srv".to_owned(),
    }
}

fn course(text: &str, arguments: &[&str]) -> (Vec<String>, usize) {
    let course = follow(text, setting(arguments));
    let runs = course.runs.into_iter().map(|run| run.words.join(" ")).collect();
    (runs, course.unknown.len())
}

#[test]
fn what_nothing_guards_is_followed() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("/app/uname -m", &[], &["/app/uname -m"]),
        ("exec /app/server --port 80", &[], &["/app/server --port 80"]),
        (
            "set -e; echo before; /app/uname -m; echo after",
            &[],
            &["/app/uname -m"],
        ),
        ("cd /app && exec ./server", &[], &["./server"]),
        (
            "#!/bin/sh\nset -eu\n# hello\nexec \"$@\"\n",
            &["/app/x", "y"],
            &["/app/x y"],
        ),
        ("#!/bin/sh\r\nexec /app/server\r\n", &[], &["/app/server"]),
        ("exec $APP/bin/server", &[], &["/opt/app/bin/server"]),
        ("BIN=$APP/x\nexec \"${BIN}\" a", &[], &["/opt/app/x a"]),
        ("exec ${SERVER:-/usr/bin/server}", &[], &["/usr/bin/server"]),
        ("FOO=1 BAR='a b' /app/x \"c d\"", &[], &["/app/x c d"]),
        ("set -- /app/y \"$@\"\nexec \"$@\"", &["z"], &["/app/y z"]),
        ("shift\nexec \"$@\"", &["a", "/app/x"], &["/app/x"]),
        (
            "cat <<EOF > /etc/x\nexec /not/this\nEOF\nexec /app/x",
            &[],
            &["cat", "/app/x"],
        ),
        (
            "/app/a 2>&1 | /app/b >/dev/null &\nwait",
            &[],
            &["/app/a", "/app/b"],
        ),
        ("run() {\n  /app/no\n}\nexec /app/yes", &[], &["/app/yes"]),
        ("{ /app/x; }", &[], &["/app/x"]),
        ("exec 2>&1\nexec /app/x", &[], &["/app/x"]),
        ("exec /app/x \\\n  --a \\\n  --b", &[], &["/app/x --a --b"]),
        (
            "/app/first\nexec /app/last\n/app/never",
            &[],
            &["/app/first", "/app/last"],
        ),
        ("exit 0\n/app/never", &[], &[]),
        ("function f {\n  /app/no\n}\n/app/yes", &[], &["/app/yes"]),
        (
            "[[ -n $X && -f /y ]] && exec /app/no\nexec /app/yes",
            &[],
            &["/app/yes"],
        ),
        ("[ -f /x ] && /app/no; /app/yes", &[], &["/app/yes"]),
        (
            "/app/migrate && exec /app/server",
            &[],
            &["/app/migrate", "/app/server"],
        ),
        (
            "case \"$1\" in\n  a) exec /no ;;\n  *) exec /no/either ;;\nesac\nexec /app/x",
            &["b"],
            &["/no/either"],
        ),
        (
            "case \"$1\" in\n  -*|+*) set -- server \"$@\" ;;\nesac\nexec \"$@\"",
            &["/app/x"],
            &["/app/x"],
        ),
        (
            "case $1 in (we?) exec /a ;; w*) exec /b ;; esac; exec /app/x",
            &["web"],
            &["/app/x"],
        ),
        (
            "case $1 in web|w) if true; then :; fi; exec /a ;; *) exec /b ;; esac",
            &["web"],
            &["/a"],
        ),
    ];
    for (text, arguments, runs) in cases {
        assert_eq!(course(text, arguments).0, *runs, "{text}");
    }
}

#[test]
fn what_is_only_known_when_it_runs_is_said_to_be_unknown() {
    for text in [
        "exec $SERVER",
        "exec $(find /app -name server)",
        "eval \"$1\"",
        "f() { :; }\nf",
        "exec /app/*",
    ] {
        let (runs, unknown) = course(text, &[]);
        assert_eq!((runs.len(), unknown), (0, 1), "{text}");
    }
    // The condition may change the arguments: they are followed, and that is said.
    let text = "if [ \"${1#-}\" != \"$1\" ]; then\n  set -- redis-server \"$@\"\nfi\nexec \"$@\"";
    assert_eq!(course(text, &["/app/x"]), (vec!["/app/x".to_owned()], 1));
    assert_eq!(course(text, &["--port", "1"]), (Vec::new(), 1));
    let text = "if true; then\n exec \"$@\"\nfi\n";
    assert_eq!(course(text, &["/app/x"]), (vec!["/app/x".to_owned()], 1));
    assert_eq!(
        course("if true; then /app/x; fi || /app/y", &[]).0,
        Vec::<String>::new()
    );
}

#[test]
fn what_a_text_may_have_changed_is_not_known_any_more() {
    for text in [
        ". /venv/bin/activate\nexec gunicorn",
        "read SERVER\nexec $SERVER",
        "APP=\nunset APP\nexec $APP/x",
        "for APP in a b; do :; done\nexec $APP/x",
        "if true; then PATH=/x; fi\nexec server",
    ] {
        let (runs, unknown) = course(text, &[]);
        assert_eq!((runs.len(), unknown), (0, 1), "{text}");
    }
    let course = follow("export PATH=/opt/bin\nexec server", setting(&[]));
    assert_eq!(course.runs[0].path.as_deref(), Some("/opt/bin"));
}

#[test]
fn lines_and_folders_are_kept() {
    let course = follow("#!/bin/sh\n\ncd sub\n./x\n", setting(&[]));
    assert_eq!(
        (course.runs[0].line, course.runs[0].folder.as_str()),
        (4, "/srv/sub")
    );
}

#[test]
fn what_a_text_says_beside_is_noted_guarded_or_not() {
    let text =
        "cd /srv\n[ -f /x ] || exit 127\nif chmod +x /app/x; then (cd \"$(dirname $0)\"); fi\nexec \"$@\"";
    let asides = follow(text, setting(&["/app/x"])).asides;
    assert_eq!(asides.exits, [127]);
    assert_eq!(asides.folders, ["/srv"]);
    assert_eq!(asides.unclear, ["…"]);
    assert_eq!(
        (asides.starts, asides.touched),
        (vec!["chmod".to_owned()], vec!["/app/x".to_owned()])
    );
}

#[test]
fn any_text_ends() {
    let long = "(".repeat(50_000);
    for text in [
        "'",
        "\"",
        "$",
        "${",
        "$(",
        "`",
        "\\",
        "<<",
        "<< ",
        "<",
        "&",
        "a\\",
        "\"\\",
        "((((",
        "))))",
        "ä$ö",
        "\"$\"",
        "<<EOF",
        "fi done esac }",
        &long,
    ] {
        follow(text, setting(&["a"]));
    }
}

#[test]
fn words_that_grow_with_each_line_are_unknown_from_some_point_on() {
    let variable = format!("A=ab\n{}exec /app/x $A", "A=$A$A\n".repeat(60));
    assert_eq!(course(&variable, &[]), (vec!["/app/x".to_owned()], 0));
    let arguments = format!("{}exec \"$@\"", "set -- \"$@\" \"$@\"\n".repeat(60));
    let (runs, unknown) = course(&arguments, &["/app/x"]);
    assert!(runs.concat().len() <= WORDS && unknown <= REASONS);
    let folder = format!(
        "A=/abcdefgh\n{}{}./x",
        "A=$A$A\n".repeat(15),
        "cd .$A\n".repeat(60)
    );
    assert_eq!(course(&folder, &[]), (vec![], 1));
}

#[test]
fn any_number_of_prefixes_is_passed_over() {
    let text = format!("{}exec /app/x", "command builtin ".repeat(9000));
    assert_eq!(course(&text, &[]), (vec!["/app/x".to_owned()], 0));
    assert_eq!(course("command -v node\ncommand -V node", &[]), (vec![], 0));
}
