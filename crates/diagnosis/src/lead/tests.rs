use std::time::Instant;

use super::*;

fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(ToOwned::to_owned).collect()
}

fn found(text: &str) -> Vec<Sought> {
    leads(&lines(text)).into_iter().map(|lead| lead.what).collect()
}

fn module(path: &str) -> Vec<Sought> {
    vec![Sought::Module(path.to_owned())]
}

fn program(path: &str) -> Vec<Sought> {
    vec![Sought::Program(path.to_owned())]
}

fn library(name: &str, needed_by: &str) -> Vec<Sought> {
    vec![Sought::Library {
        name: name.to_owned(),
        needed_by: Some(needed_by.to_owned()).filter(|by| !by.is_empty()),
    }]
}

fn python(name: &str, folders: &[&str]) -> Vec<Sought> {
    vec![Sought::PythonModule {
        name: name.to_owned(),
        folders: folders.iter().map(|folder| (*folder).to_owned()).collect(),
    }]
}

const NODE: &str = "node:internal/modules/cjs/loader:1661
  return process.dlopen(module, path.toNamespacedPath(filename));
                 ^

Error: {}
    at Module._extensions..node (node:internal/modules/cjs/loader:1661:18)
    at Module.load (node:internal/modules/cjs/loader:1266:32)
    at require (node:internal/modules/helpers:182:18)
    at Object.<anonymous> (/app/node_modules/@img/sharp-linux-arm64/index.cjs:2:18)
    at Module._compile (node:internal/modules/cjs/loader:1521:14) {
  code: 'ERR_DLOPEN_FAILED'
}

Node.js v20.20.2
";

const PSYCOPG2: &str = r#"Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/app/psycopg2/__init__.py", line 51, in <module>
    from psycopg2._psycopg import (                     # noqa
ModuleNotFoundError: No module named 'psycopg2._psycopg'
"#;

const NUMPY: &str = r#"Traceback (most recent call last):
  File "/app/numpy/_core/__init__.py", line 24, in <module>
    from . import multiarray
  File "/app/numpy/_core/overrides.py", line 6, in <module>
    from numpy._core._multiarray_umath import (
ModuleNotFoundError: No module named 'numpy._core._multiarray_umath'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/app/numpy/__init__.py", line 112, in <module>
    from numpy.__config__ import show_config
  File "/app/numpy/_core/__init__.py", line 85, in <module>
    raise ImportError(msg) from exc
ImportError: 

IMPORTANT: PLEASE READ THIS FOR ADVICE ON HOW TO SOLVE THIS ISSUE!

Importing the numpy C-extensions failed. This error can happen for
many reasons, often due to issues with your setup or how NumPy was
installed.
The following compiled module files exist, but seem incompatible
with with either python 'cpython-311' or the platform 'linux':

  * _multiarray_umath.cpython-311-aarch64-linux-gnu.so

  * The Python version is: Python 3.11 from "/usr/bin/python3.11"
  * The NumPy version is: "2.4.6"

Original error was: No module named 'numpy._core._multiarray_umath'
"#;

#[test]
fn modules_of_node_are_named_by_path() {
    for (why, path) in [
        (
            "/app/x.node: cannot open shared object file: No such file or directory",
            "/app/x.node",
        ),
        (
            "/app/node_modules/fsevents/fsevents.node: invalid ELF header",
            "/app/node_modules/fsevents/fsevents.node",
        ),
        ("/app/x.node: wrong ELF class: ELFCLASS32", "/app/x.node"),
        ("/app/x.node: file too short", "/app/x.node"),
        (
            "Error loading shared library /app/x.node: Exec format error",
            "/app/x.node",
        ),
        ("/app/my app/x: y.node: cannot open shared object file", ""),
        ("/app/my app/x.node: invalid ELF header", "/app/my app/x.node"),
    ] {
        let expected = if path.is_empty() { Vec::new() } else { module(path) };
        assert_eq!(found(&NODE.replace("{}", why)), expected, "{why}");
    }
}

#[test]
fn libraries_are_named_without_a_folder_and_by_who_needs_them() {
    let musl = "libc.so: cannot open shared object file: No such file or directory";
    assert_eq!(found(&NODE.replace("{}", musl)), library("libc.so", ""));
    for (line, name, needed_by) in [
        (
            "/usr/bin/curl: error while loading shared libraries: libcurl.so.4: cannot open shared object file: No such file or directory",
            "libcurl.so.4",
            "/usr/bin/curl",
        ),
        (
            "Error loading shared library libstdc++.so.6: No such file or directory (needed by /usr/local/bin/node)",
            "libstdc++.so.6",
            "/usr/local/bin/node",
        ),
        (
            "Error: Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /app/gitnexus/node_modules/@ladybugdb/core/lbugjs.node)",
            "ld-linux-x86-64.so.2",
            "/app/gitnexus/node_modules/@ladybugdb/core/lbugjs.node",
        ),
        (
            "/share/vendor/bundle/ruby/2.3.0/gems/pg-0.19.0/lib/pg.rb:4:in `require': libruby.so.2.3: cannot open shared object file: No such file or directory - /share/vendor/bundle/ruby/2.3.0/gems/pg-0.19.0/lib/pg_ext.so (LoadError)",
            "libruby.so.2.3",
            "/share/vendor/bundle/ruby/2.3.0/gems/pg-0.19.0/lib/pg_ext.so",
        ),
        (
            "#11 95.23  libssl.so.3: cannot open shared object file: No such file or directory",
            "",
            "",
        ),
        (
            " libssl.so.3: cannot open shared object file: No such file or directory",
            "libssl.so.3",
            "",
        ),
        (
            "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
            "libGL.so.1",
            "",
        ),
        (
            "ImportError: libta_lib.so.0: wrong ELF class: ELFCLASS32",
            "libta_lib.so.0",
            "",
        ),
    ] {
        let expected = if name.is_empty() {
            Vec::new()
        } else {
            library(name, needed_by)
        };
        assert_eq!(found(line), expected, "{line}");
    }
}

#[test]
fn modules_of_other_languages_are_named_by_path() {
    for (line, path) in [
        (
            "ImportError: /app/cryptography/hazmat/bindings/_rust.abi3.so: cannot open shared object file: No such file or directory",
            "/app/cryptography/hazmat/bindings/_rust.abi3.so",
        ),
        (
            "OSError: /app/numpy.libs/libscipy_openblas64_-7220728c.so: cannot open shared object file: No such file or directory",
            "/app/numpy.libs/libscipy_openblas64_-7220728c.so",
        ),
        (
            "Cannot load '_raw_ecb.abi3.so': /var/task/libs/Cryptodome/Util/../Cipher/_raw_ecb.abi3.so: invalid ELF header",
            "/var/task/libs/Cryptodome/Util/../Cipher/_raw_ecb.abi3.so",
        ),
        (
            "java.lang.UnsatisfiedLinkError: /tmp/librocksdbjni1.so: /tmp/librocksdbjni1.so: cannot open shared object file: No such file or directory (Possible cause: can't load AMD 64 .so on a AARCH64 platform)",
            "/tmp/librocksdbjni1.so",
        ),
        (
            "java.lang.UnsatisfiedLinkError: /home/user/libglass.so: /home/user/libglass.so: Kann die Shared-Object-Datei nicht öffnen: Datei oder Verzeichnis nicht gefunden",
            "/home/user/libglass.so",
        ),
        (
            "Exception in thread \"Thread-2\" java.lang.UnsatisfiedLinkError: Can't load library: /tmp/freej2me/libmicro3d.so",
            "/tmp/freej2me/libmicro3d.so",
        ),
        (
            "System.DllNotFoundException: Unable to load shared library '/app/libe_sqlite3.so' or one of its dependencies.",
            "/app/libe_sqlite3.so",
        ),
        (
            "/usr/lib/ruby/x.rb:37:in `require': /gems/ffi_c.so: cannot open shared object file: No such file or directory - /gems/ffi_c.so (LoadError)",
            "/gems/ffi_c.so",
        ),
        (
            "in `require': cannot load such file -- /gems/ffi_c.so (LoadError)",
            "/gems/ffi_c.so",
        ),
        (
            "#11 95.23 Details: Unable to require(`/app/node_modules/@prisma/engines/libquery_engine-debian-openssl-3.0.x.so.node`)",
            "/app/node_modules/@prisma/engines/libquery_engine-debian-openssl-3.0.x.so.node",
        ),
        (
            "Error relocating /opt/node/bin/node: fcntl64: symbol not found",
            "/opt/node/bin/node",
        ),
        (
            "./tool: error while loading shared libraries: /opt/x/libfoo.so: invalid ELF header",
            "/opt/x/libfoo.so",
        ),
        (
            r#"{"level":"error","message":"/app/x.node: cannot open shared object file: No such file or directory"}"#,
            "/app/x.node",
        ),
    ] {
        assert_eq!(found(line), module(path), "{line}");
    }
}

#[test]
fn modules_of_python_are_looked_for_in_the_package_that_the_traceback_shows() {
    assert_eq!(found(PSYCOPG2), python("_psycopg", &["/app/psycopg2"]));
    assert_eq!(found(NUMPY), python("_multiarray_umath", &["/app/numpy/_core"]));
    let pillow = "ImportError: cannot import name '_imaging' from 'PIL' (/usr/lib/python3/dist-packages/PIL/__init__.py)";
    assert_eq!(
        found(pillow),
        python("_imaging", &["/usr/lib/python3/dist-packages/PIL"])
    );
    // Python takes a module that it does not find for one that is not complete yet.
    let core = "ImportError: cannot import name '_core' from partially initialized module 'pkg' (most likely due to a circular import) (/app/pkg/__init__.py)";
    assert_eq!(found(core), python("_core", &["/app/pkg"]));
    let deeper = "  File \"/app/a/b/c.py\", line 1, in x\nModuleNotFoundError: No module named 'a.d._e'";
    assert_eq!(found(deeper), python("_e", &["/app/a/d"]));
}

#[test]
fn modules_of_python_that_were_never_installed_lead_nowhere() {
    for text in [
        "  File \"/app/main.py\", line 3, in <module>\nModuleNotFoundError: No module named 'requests'",
        "  File \"/app/main.py\", line 3, in <module>\nModuleNotFoundError: No module named 'google.protobuf'",
        "ModuleNotFoundError: No module named 'psycopg2._psycopg'",
        "ModuleNotFoundError: No module named 'a/../b.c'",
        "ModuleNotFoundError: No module named '..'",
        "  File \"<frozen runpy>\", line 3, in a\nModuleNotFoundError: No module named 'a.b'",
        "  File \"relative/a/__init__.py\", line 3, in a\nModuleNotFoundError: No module named 'a.b'",
        "ImportError: cannot import name 'x' from 'y' (unknown location)",
        "ImportError: cannot import name 'x' from 'y' (/app/y.py)",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn programs_are_named_by_who_could_not_start_them() {
    for (line, path) in [
        (
            "/app/uname: line 1: syntax error: unexpected word (expecting \")\")",
            "/app/uname",
        ),
        (
            "/usr/local/bin/docker-gen: line 1: syntax error: unexpected \"(\"",
            "/usr/local/bin/docker-gen",
        ),
        (
            "/app/shell2http: line 0: syntax error: unterminated quoted string",
            "/app/shell2http",
        ),
        ("/app/uname: 1: Syntax error: \")\" unexpected", "/app/uname"),
        ("/app/uname: 1: \u{7f}ELF\u{2}\u{1}\u{1}: not found", "/app/uname"),
        ("sh: 1: /app/uname: Exec format error", "/app/uname"),
        ("sh: 1: /app/uname: not found", "/app/uname"),
        ("/bin/sh: 1: nope: not found", "nope"),
        ("sh: /app/uname: not found", "/app/uname"),
        ("/bin/sh: ./server: not found", "./server"),
        (
            "/bin/bash: line 1: /app/uname: cannot execute binary file: Exec format error",
            "/app/uname",
        ),
        (
            "/bin/bash: line 1: /app/uname: cannot execute: required file not found",
            "/app/uname",
        ),
        (
            "/bin/bash: line 1: /app/uname: No such file or directory",
            "/app/uname",
        ),
        (
            "bash: /app/x: cannot execute binary file: Exec format error",
            "/app/x",
        ),
        ("2026-03-01 10:00:00 bash: /app/x: Permission denied", "/app/x"),
        (
            "/entrypoint.sh: line 12: /usr/local/bin/server: No such file or directory",
            "/usr/local/bin/server",
        ),
        ("/entrypoint.sh: line 7: gosu: command not found", "gosu"),
        ("env: can't execute 'bash': No such file or directory", "bash"),
        ("env: can't execute 'sh\r': No such file or directory", "sh\r"),
        ("/usr/bin/env: 'bash\\r': No such file or directory", "bash\r"),
        ("/usr/bin/env: ‘bash\\r’: No such file or directory", "bash\r"),
        ("/usr/bin/env: 'python3': No such file or directory", "python3"),
        ("env: '/app/uname': Exec format error", "/app/uname"),
        ("exec /app/x: exec format error", "/app/x"),
        ("exec /bin/uname: no such file or directory", "/bin/uname"),
        ("[FATAL tini (7)] exec uname failed: Exec format error", "uname"),
        (
            "[FATAL tini (6)] exec /app/x failed: No such file or directory",
            "/app/x",
        ),
        ("su-exec: /app/x: Exec format error", "/app/x"),
        (
            "error: exec: \"/app/x\": stat /app/x: no such file or directory",
            "/app/x",
        ),
        (
            "error: exec: \"server\": executable file not found in $PATH",
            "server",
        ),
        ("fork/exec /app/x: exec format error", "/app/x"),
        ("exec container process '/bin/sh': Exec format error", "/bin/sh"),
        ("OSError: [Errno 8] Exec format error: '/app/x'", "/app/x"),
        ("Error: spawn /app/x ENOEXEC", "/app/x"),
        (
            "java.io.IOException: Cannot run program \"/app/x\": error=8, Exec format error",
            "/app/x",
        ),
        ("couldn't exec /app/x: ENOEXEC", "/app/x"),
    ] {
        assert_eq!(found(line), program(path), "{line}");
    }
}

#[test]
fn what_is_no_path_leads_nowhere() {
    for line in [
        "",
        ": ",
        ": cannot open shared object file",
        "/: cannot open shared object file",
        "/app/: invalid ELF header",
        "/app/..: invalid ELF header",
        "Could not load x: invalid ELF header",
        "/app/x\0.so: invalid ELF header",
        "/app/x\u{1b}[31m.so: invalid ELF header",
        "Error loading shared library",
        "Error loading shared library : ",
        "Error relocating x: y: symbol not found",
        "java.lang.UnsatisfiedLinkError: no jawt in java.library.path",
        "java.lang.UnsatisfiedLinkError: 'void com.acme.Native.init()'",
        "System.DllNotFoundException: Unable to load shared library 'libgdiplus' or one of its dependencies.",
        "cannot load such file -- nokogiri/nokogiri (LoadError)",
        "  code: 'ERR_DLOPEN_FAILED'",
        "libquery_engine-x.so.node",
        "psql:init.sql: line 1: syntax error at or near",
        "ERROR: line 1: syntax error at or near \"selct\"",
        "open /etc/x: no such file or directory",
        "cat: /etc/secret: Permission denied",
        "/entrypoint.sh: line 3: cd: /srv: No such file or directory",
        "/entrypoint.sh: line 2: $'\\r': command not found",
        "sh: can't open '/scripts/run.sh': No such file or directory",
        "GET /index.html: 404: not found",
        "app: 404: /index.html: not found",
        "exec format error",
        "exec: no such file or directory",
        "exec plan: step: permission denied",
        "FileNotFoundError: [Errno 2] No such file or directory: '/data/in.csv'",
        "Error: ENOENT: no such file or directory, open '/app/config.json'",
        "[FATAL tini (7)] exec",
    ] {
        assert_eq!(found(line), [], "{line:?}");
    }
    let long = format!("/{}.so: invalid ELF header", "x".repeat(5000));
    assert_eq!(found(&long), []);
}

#[test]
fn the_newest_come_first_and_each_only_once() {
    let log =
        "exec /app/a: exec format error\nsh: /app/b: not found\nnothing\nexec /app/a: exec format error\n";
    let found = leads(&lines(log));
    let told: Vec<_> = found
        .iter()
        .map(|lead| (&lead.what, lead.line.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                &Sought::Program("/app/a".to_owned()),
                "exec /app/a: exec format error"
            ),
            (&Sought::Program("/app/b".to_owned()), "sh: /app/b: not found"),
        ]
    );
}

#[test]
fn hostile_logs_lead_to_few_things_and_take_no_time() {
    let many = |line: fn(usize) -> String| (0..10_000).map(line).collect::<Vec<_>>();
    let logs = [
        many(|at| format!("exec /app/{at}: exec format error")),
        many(|at| format!("No module named 'a.b{at}'")),
        many(|_| ": ".repeat(700)),
        many(|_| "\"'`(".repeat(300)),
        many(|_| "sh: line 1: \u{7f}ELF\u{0}\u{1b}[31m: not found".to_owned()),
        many(|at| format!("\u{1b}]8;;{at}\u{7}/app/ä/{at}.so: wrong ELF class")),
        vec![
            "\"/".repeat(300_000),
            "': /".repeat(200_000) + ": invalid ELF header",
        ],
        vec!["No module named '".repeat(30_000), "File \"".repeat(80_000)],
        vec![format!("{}: cannot open shared object file", "ä".repeat(4096)); 400],
        vec!["libquery_engine-".repeat(250) + &".so.node".repeat(10); 400],
    ];
    for log in logs {
        let start = Instant::now();
        let found = leads(&log);
        assert!(found.len() <= LEADS);
        assert!(found.iter().all(|lead| lead.line.len() <= LINE));
        assert!(
            start.elapsed().as_millis() < 2000,
            "{:?}: {:?}",
            start.elapsed(),
            log.first()
        );
    }
}

#[test]
fn every_beginning_and_end_of_a_known_line_is_survived() {
    let known = [
        NODE,
        PSYCOPG2,
        NUMPY,
        "/usr/bin/env: ‘bash\\r’: No such file",
        "[FATAL tini (7)] exec u failed: x",
    ];
    for text in known {
        for (at, _) in text.char_indices() {
            let _ = leads(&lines(&text[..at]));
            let _ = leads(&lines(&text[at..]));
        }
    }
}
