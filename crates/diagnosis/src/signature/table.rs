//! The table of known texts: in sections, the order within them is free. Samples are as they were really written, but for the names of people.

use super::{Advice, Holds, Place, Signature, advice};
use crate::{Cause, Confidence, RemedyKind};

/// What stands in a log, and means the same wherever it stands.
const LOG: Signature = Signature {
    id: "",
    place: Place::Log,
    holds: Holds::Anywhere,
    pattern: &[],
    cause: Cause::Unknown,
    confidence: Confidence::Likely,
    remedies: &[],
    source: "",
    sample: "",
};

/// What a translated program writes, and natively run ones for other reasons.
const TRANSLATED: Signature = Signature {
    holds: Holds::WhereTranslated,
    ..LOG
};

/// What an engine says of others.
const ENGINE: Signature = Signature {
    place: Place::Engine,
    ..LOG
};

/// What an engine says when many causes are possible, or nothing was refused: it is recognised, and only bytes decide.
const RECOGNISED: Signature = Signature {
    confidence: Confidence::Nothing,
    ..ENGINE
};

/// What an engine says of its own refusal, and knows.
const REFUSAL: Signature = Signature {
    confidence: Confidence::Certain,
    ..ENGINE
};

pub(super) static TABLE: &[Signature] = &[
    // The engine: images and platforms.
    Signature {
        id: "no-manifest-for-platform",
        pattern: &["no matching manifest for ", "in the manifest list entries"],
        cause: Cause::PlatformUnavailable,
        remedies: &[advice::PULL_PLATFORM, advice::NEWER_TAG, advice::REPORT],
        source: "https://github.com/usetrmnl/terminus/issues/169",
        sample: "no matching manifest for linux/riscv64 in the manifest list entries: no match for platform in manifest: not found",
        ..REFUSAL
    },
    Signature {
        id: "no-platform-in-manifest",
        pattern: &["no match for platform in manifest"],
        cause: Cause::PlatformUnavailable,
        remedies: &[advice::PULL_PLATFORM, advice::NEWER_TAG, advice::REPORT],
        source: "https://github.com/UM-Bridge/umbridge/issues/96",
        sample: "no match for platform in manifest sha256:cd956328c6823a45f1934119276cf6aa6c25ee7af1195a90a31446020888ed9f: not found",
        ..REFUSAL
    },
    Signature {
        id: "local-image-is-for-another",
        pattern: &[
            "image with reference ",
            "was found but does not match the specified platform",
        ],
        cause: Cause::PlatformUnavailable,
        remedies: &[advice::PULL_AGAIN, advice::PULL_PLATFORM],
        source: "https://github.com/grafana/plugin-tools/issues/416",
        sample: "image with reference 127.0.0.1:5000/lab/ok-amd64:1 was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64",
        ..REFUSAL
    },
    Signature {
        id: "local-image-names-its-platform",
        pattern: &[
            "image with reference ",
            "was found but its platform (",
            "does not match the specified platform",
        ],
        cause: Cause::PlatformUnavailable,
        remedies: &[advice::PULL_AGAIN, advice::PULL_PLATFORM],
        source: "https://github.com/moby/moby/blob/master/daemon/images/image.go",
        sample: "image with reference 127.0.0.1:5000/lab/foreign-arm64:1 was found but its platform (linux/arm64/v8) does not match the specified platform (linux/amd64)",
        ..REFUSAL
    },
    Signature {
        id: "local-image-lacks-platform",
        pattern: &[
            "image with reference ",
            "was found but does not provide the specified platform",
        ],
        cause: Cause::PlatformUnavailable,
        remedies: &[advice::PULL_AGAIN, advice::PULL_PLATFORM],
        source: "https://github.com/moby/moby/blob/master/daemon/containerd/image.go",
        sample: "image with reference 127.0.0.1:5000/lab/ok-amd64:1 was found but does not provide the specified platform (linux/arm64)",
        ..REFUSAL
    },
    Signature {
        id: "local-image-has-no-platform",
        pattern: &[
            "image with reference ",
            "was found but does not provide any platform",
        ],
        cause: Cause::PlatformUnavailable,
        remedies: &[advice::PULL_AGAIN, advice::PULL_PLATFORM],
        source: "https://github.com/moby/moby/blob/master/daemon/containerd/image.go",
        sample: "image with reference acme/web:1 was found but does not provide any platform",
        ..REFUSAL
    },
    Signature {
        id: "pulled-image-says-another",
        pattern: &[
            "pulled image with specified platform (",
            "the resulting image's configured platform (",
            "does not match",
        ],
        cause: Cause::MislabelledImage,
        source: "https://github.com/moby/moby/blob/master/daemon/images/image_builder.go",
        sample: "WARNING: Pulled image with specified platform (linux/amd64), but the resulting image's configured platform (linux/arm64) does not match.",
        ..RECOGNISED
    },
    // The engine: the program.
    Signature {
        id: "executable-not-in-path",
        pattern: &["executable file", "not found in $path"],
        cause: Cause::CommandNotFound,
        remedies: &[advice::NAME_A_PROGRAM],
        source: "https://github.com/moby/moby/blob/master/daemon/errors.go",
        sample: r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nope": executable file not found in $PATH"#,
        ..ENGINE
    },
    Signature {
        id: "program-not-there",
        pattern: &[r#"exec: ""#, r#"": stat "#, "no such file or directory"],
        cause: Cause::CommandNotFound,
        remedies: &[advice::NAME_A_PROGRAM],
        source: "https://github.com/moby/moby/blob/master/daemon/errors.go",
        sample: r#"failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/nope": stat /app/nope: no such file or directory: unknown"#,
        ..ENGINE
    },
    Signature {
        id: "path-through-a-file",
        pattern: &[r#"exec: ""#, r#"": stat "#, "not a directory"],
        cause: Cause::CommandNotFound,
        remedies: &[advice::NAME_A_PROGRAM],
        source: "https://github.com/moby/moby/blob/master/daemon/errors.go",
        sample: r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/bin/busybox/x": stat /bin/busybox/x: not a directory: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type"#,
        ..ENGINE
    },
    Signature {
        id: "program-not-executable",
        pattern: &[r#"exec: ""#, r#"": permission denied"#],
        cause: Cause::NotExecutable,
        source: "https://github.com/moby/moby/blob/master/daemon/errors.go",
        sample: r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/start.sh": permission denied: unknown"#,
        ..RECOGNISED
    },
    Signature {
        id: "script-not-executable",
        pattern: &["unable to start container process: exec /", ": permission denied"],
        cause: Cause::NotExecutable,
        source: "https://github.com/moby/moby/blob/master/daemon/errors.go",
        sample: "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec /app/start.sh: permission denied: unknown",
        ..RECOGNISED
    },
    Signature {
        id: "program-is-a-folder",
        pattern: &[r#"exec: ""#, r#"": is a directory"#],
        cause: Cause::IsADirectory,
        remedies: &[advice::NAME_A_PROGRAM],
        source: "https://github.com/moby/moby/blob/master/daemon/errors.go",
        sample: r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app": is a directory: unknown: permission denied"#,
        ..ENGINE
    },
    Signature {
        id: "no-command",
        pattern: &["no command specified"],
        cause: Cause::CommandNotFound,
        remedies: &[Advice {
            kind: RemedyKind::FixCommand,
            title: "Give the container a command",
            why: "The image names neither `ENTRYPOINT` nor `CMD`, so somebody has to say what is to run",
        }],
        source: "https://docs.docker.com/reference/dockerfile/",
        sample: "No command specified",
        ..ENGINE
    },
    // The engine: mounts and ports.
    Signature {
        id: "bind-source-missing",
        pattern: &["bind source path does not exist"],
        cause: Cause::MountSourceMissing,
        remedies: &[advice::MAKE_SOURCE, advice::SHARE_FOLDER],
        source: "https://github.com/docker/docs/issues/4709",
        sample: r#"invalid mount config for type "bind": bind source path does not exist: /lab/nonexistent-xyz"#,
        ..REFUSAL
    },
    Signature {
        id: "bind-source-not-made",
        pattern: &["error while creating mount source path"],
        cause: Cause::MountSourceMissing,
        remedies: &[advice::MAKE_SOURCE, advice::SHARE_FOLDER],
        source: "https://github.com/aboutcode-org/scancode.io/issues/513",
        sample: "error while creating mount source path '/host_mnt/private/etc/scancodeio': mkdir /host_mnt/private/etc/scancodeio: operation not permitted",
        ..REFUSAL
    },
    Signature {
        id: "volume-not-mounted",
        pattern: &["failed to mount local volume", "no such file or directory"],
        cause: Cause::MountSourceMissing,
        remedies: &[advice::MAKE_SOURCE, advice::SHARE_FOLDER],
        source: "https://github.com/moby/moby/blob/master/daemon/volume/local/local_linux.go",
        sample: "error while mounting volume '/var/lib/docker/volumes/nowhere/_data': failed to mount local volume: mount /nowhere/at/all:/var/lib/docker/volumes/nowhere/_data, flags: 0x1000: no such file or directory",
        ..REFUSAL
    },
    Signature {
        id: "folder-not-shared",
        pattern: &["mounts denied", " not shared from "],
        cause: Cause::MountSourceMissing,
        remedies: &[advice::SHARE_FOLDER, advice::MAKE_SOURCE],
        source: "https://github.com/docker/for-mac/issues/6759",
        sample: "Mounts denied: \nThe path /users/me/project/db is not shared from the host and is not known to Docker.",
        ..ENGINE
    },
    Signature {
        id: "folder-mounted-over-file",
        pattern: &["mounting ", " to rootfs ", "not a directory"],
        cause: Cause::MountSourceMissing,
        remedies: &[
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Mount the file that was meant",
                why: "Where the file to be mounted is not there, the engine makes a folder of its name, and a folder cannot be mounted over a file; correct the path, and remove the empty folder",
            },
            advice::SHARE_FOLDER,
        ],
        source: "https://github.com/akpw/mktxp-stack/issues/17",
        sample: r#"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/data/compose/1/prometheus/prometheus.yml" to rootfs at "/etc/prometheus/prometheus.yml": mount /data/compose/1/prometheus/prometheus.yml:/etc/prometheus/prometheus.yml (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type"#,
        ..ENGINE
    },
    Signature {
        id: "airplay-holds-port-5000",
        pattern: &["ports are not available", ":5000: bind: address already in use"],
        cause: Cause::PortInUse,
        remedies: &[advice::AIRPLAY, advice::FREE_PORT],
        source: "https://github.com/deviantony/docker-elk/issues/739",
        sample: "Ports are not available: exposing port TCP 0.0.0.0:5000 -> 0.0.0.0:0: listen tcp 0.0.0.0:5000: bind: address already in use",
        ..REFUSAL
    },
    Signature {
        id: "airplay-holds-port-7000",
        pattern: &["ports are not available", ":7000: bind: address already in use"],
        cause: Cause::PortInUse,
        remedies: &[advice::AIRPLAY, advice::FREE_PORT],
        source: "https://github.com/docker/docs/issues/14226",
        sample: "Ports are not available: exposing port TCP 0.0.0.0:7000 -> 0.0.0.0:0: listen tcp 0.0.0.0:7000: bind: address already in use",
        ..REFUSAL
    },
    Signature {
        id: "host-port-in-use",
        pattern: &["ports are not available", "address already in use"],
        cause: Cause::PortInUse,
        remedies: &[advice::FREE_PORT],
        source: "https://github.com/cookiecutter/cookiecutter-django/issues/3499",
        sample: "Ports are not available: exposing port TCP 0.0.0.0:5432 -> 0.0.0.0:0: listen tcp 0.0.0.0:5432: bind: address already in use",
        ..REFUSAL
    },
    Signature {
        id: "port-held-by-container",
        pattern: &["port is already allocated"],
        cause: Cause::PortInUse,
        remedies: &[advice::FREE_PORT],
        source: "https://github.com/moby/moby/blob/master/daemon/libnetwork/portallocator/portallocator.go",
        sample: "Bind for 0.0.0.0:8080 failed: port is already allocated",
        ..REFUSAL
    },
    Signature {
        id: "port-in-use",
        pattern: &["bind", "address already in use"],
        cause: Cause::PortInUse,
        remedies: &[advice::FREE_PORT],
        source: "https://github.com/Tecnativa/docker-socket-proxy/issues/143",
        sample: "driver failed programming external connectivity on endpoint dockerproxy (0412ec4ffda6): failed to bind port 127.0.0.1:2375/tcp: Error starting userland proxy: listen tcp4 127.0.0.1:2375: bind: address already in use",
        ..REFUSAL
    },
    // The engine: translators.
    Signature {
        id: "rosetta-not-installed",
        pattern: &["rosetta is not installed"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::InstallTranslator,
                title: "Install Rosetta",
                why: "`softwareupdate --install-rosetta --agree-to-license` installs it up to macOS 26; macOS 27 brings what containers need",
            },
            advice::QEMU_INSTEAD,
        ],
        source: "https://github.com/apple/container/issues/103",
        sample: "Rosetta is not installed",
        ..ENGINE
    },
    // Shells and scripts.
    Signature {
        id: "shell-refuses-binary",
        pattern: &[": cannot execute binary file"],
        cause: Cause::ForeignBinary,
        remedies: &[
            Advice {
                kind: RemedyKind::FixBuild,
                title: "Put the program for the image's own platform into it",
                why: "The shell was given a program that the kernel does not know: most likely it is for another platform, or cut off",
            },
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/ot4i/ace-docker/issues/174",
        sample: "/bin/bash: line 1: /app/uname: cannot execute binary file: Exec format error",
        ..LOG
    },
    Signature {
        id: "shell-reads-binary",
        pattern: &[r#": line 1: syntax error: unexpected word (expecting ")")"#],
        cause: Cause::ForeignBinary,
        remedies: &[
            Advice {
                kind: RemedyKind::FixBuild,
                title: "Put the program for the image's own platform into it",
                why: "BusyBox takes a program that the kernel refuses for a script; if it is a script, its first line is wrong",
            },
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/nginx-proxy/docker-gen/issues/414",
        sample: r#"/app/uname: line 1: syntax error: unexpected word (expecting ")")"#,
        ..LOG
    },
    Signature {
        id: "env-looks-for-carriage-return",
        pattern: &["env: can't execute '", "\r': no such file or directory"],
        cause: Cause::CrlfLineEndings,
        remedies: &[advice::LF],
        source: "https://github.com/moby/moby/issues/22469",
        sample: "env: can't execute 'sh\r': No such file or directory",
        ..LOG
    },
    Signature {
        id: "env-names-carriage-return",
        pattern: &["env: ", r"\r", ": no such file or directory"],
        cause: Cause::CrlfLineEndings,
        remedies: &[advice::LF],
        source: "https://github.com/kartoza/docker-postgis/issues/106",
        sample: r"/usr/bin/env: 'bash\r': No such file or directory",
        ..LOG
    },
    Signature {
        id: "interpreter-with-carriage-return",
        pattern: &["^m: bad interpreter"],
        cause: Cause::CrlfLineEndings,
        remedies: &[advice::LF],
        source: "https://github.com/Dani3lSun/docker-db-apex-dev/issues/25",
        sample: "/bin/sh: /scripts/install_main.sh: /bin/bash^M: bad interpreter: No such file or directory",
        ..LOG
    },
    Signature {
        id: "command-with-carriage-return",
        pattern: &[r"$'\r': command not found"],
        cause: Cause::CrlfLineEndings,
        remedies: &[advice::LF],
        source: "https://github.com/GameServerManagers/LinuxGSM-Docker/issues/70",
        sample: r"entrypoint.sh: line 2: $'\r': command not found",
        ..LOG
    },
    // Loaders and libraries.
    Signature {
        id: "glibc-module-on-musl",
        pattern: &[
            "error loading shared library ld-linux",
            ": no such file or directory",
            "(needed by ",
        ],
        cause: Cause::MissingLibrary,
        remedies: &[
            advice::SAME_C_LIBRARY,
            advice::REBUILD_IN_IMAGE,
            Advice {
                kind: RemedyKind::InstallLibrary,
                title: "Install a layer for glibc programs",
                why: "On Alpine, `apk add gcompat` runs some of them; reported to help",
            },
        ],
        source: "https://github.com/abhigyanpatwari/GitNexus/issues/1008",
        sample: "Error: Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /app/gitnexus/node_modules/@ladybugdb/core/lbugjs.node)",
        ..LOG
    },
    Signature {
        id: "musl-library-missing",
        pattern: &[
            "error loading shared library ",
            ": no such file or directory",
            "(needed by ",
        ],
        cause: Cause::MissingLibrary,
        remedies: &[advice::INSTALL_LIBRARY, advice::SAME_C_LIBRARY],
        source: "https://github.com/nodejs/unofficial-builds/issues/95",
        sample: "Error loading shared library libstdc++.so.6: No such file or directory (needed by /usr/local/bin/node)",
        ..LOG
    },
    Signature {
        id: "musl-refuses-library",
        pattern: &["error loading shared library ", ": exec format error"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://git.musl-libc.org/cgit/musl/tree/ldso/dynlink.c",
        sample: "Error: Error loading shared library /app/x.node: Exec format error",
        ..LOG
    },
    Signature {
        id: "musl-symbol-missing",
        pattern: &["error relocating ", ": symbol not found"],
        cause: Cause::MissingLibrary,
        remedies: &[advice::SAME_C_LIBRARY, advice::INSTALL_LIBRARY],
        source: "https://github.com/ihmily/streamget/issues/16",
        sample: "Error relocating /root/.streamget_node/node-v22.14.0-linux-x64/bin/node: fcntl64: symbol not found",
        ..LOG
    },
    Signature {
        id: "glibc-library-missing",
        pattern: &[
            "error while loading shared libraries: ",
            ": cannot open shared object file",
        ],
        cause: Cause::MissingLibrary,
        remedies: &[advice::INSTALL_LIBRARY, advice::REBUILD_IN_IMAGE],
        source: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
        sample: "/usr/bin/curl: error while loading shared libraries: libcurl.so.4: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "glibc-too-old",
        pattern: &["version `", "' not found (required by "],
        cause: Cause::MissingLibrary,
        remedies: &[advice::NEWER_BASE, advice::INSTALL_LIBRARY],
        source: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
        sample: "/usr/sbin/runc: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /usr/sbin/runc)",
        ..LOG
    },
    Signature {
        id: "musl-library-on-glibc",
        pattern: &["libc.musl-", ".so.1: cannot open shared object file"],
        cause: Cause::MissingLibrary,
        remedies: &[advice::REBUILD_IN_IMAGE, advice::SAME_C_LIBRARY],
        source: "https://github.com/homebridge/docker-homebridge/issues/104",
        sample: "Error: libc.musl-x86_64.so.1: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "wrong-elf-class",
        pattern: &[": wrong elf class: elfclass"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/phunt/zookeeper_dashboard/issues/12",
        sample: "ImportError: /home/me/dashboard/lib.linux-i686-2.6/zookeeper.so: wrong ELF class: ELFCLASS32",
        ..LOG
    },
    // Modules: Node.
    Signature {
        id: "node-module-not-opened",
        pattern: &["error: /", ".node: cannot open shared object file"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/WiseLibs/better-sqlite3/issues/929",
        sample: "Error: /app/node_modules/@node-rs/bcrypt-linux-arm64-gnu/bcrypt.linux-arm64-gnu.node: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "node-module-invalid",
        pattern: &[".node: invalid elf header"],
        cause: Cause::ForeignModule,
        remedies: &[advice::REBUILD_IN_IMAGE, advice::HIDE_MOUNTED_MODULES],
        source: "https://github.com/WiseLibs/better-sqlite3/issues/929",
        sample: "Error: /app/node_modules/fsevents/fsevents.node: invalid ELF header",
        ..LOG
    },
    Signature {
        id: "node-module-for-musl",
        pattern: &["error: libc.so: cannot open shared object file"],
        cause: Cause::MissingLibrary,
        remedies: &[advice::REBUILD_IN_IMAGE, advice::SAME_C_LIBRARY],
        source: "https://github.com/ranisalt/node-argon2/issues/293",
        sample: "Error: libc.so: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "rollup-package-missing",
        pattern: &[
            "cannot find module @rollup/rollup-",
            "npm has a bug related to optional dependencies",
        ],
        cause: Cause::ForeignModule,
        remedies: &[advice::SAME_LOCK_FILE, advice::HIDE_MOUNTED_MODULES],
        source: "https://github.com/npm/cli/issues/4828",
        sample: "Error: Cannot find module @rollup/rollup-linux-arm64-gnu. npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory.",
        ..LOG
    },
    Signature {
        id: "esbuild-for-another-platform",
        pattern: &["you installed esbuild for another platform than the one you're currently using"],
        cause: Cause::ForeignModule,
        remedies: &[advice::REBUILD_IN_IMAGE, advice::HIDE_MOUNTED_MODULES],
        source: "https://github.com/evanw/esbuild/issues/1819",
        sample: "You installed esbuild for another platform than the one you're currently using.",
        ..LOG
    },
    Signature {
        id: "sharp-not-installed",
        pattern: &[r#"something went wrong installing the "sharp" module"#],
        cause: Cause::ForeignModule,
        remedies: &[advice::REBUILD_IN_IMAGE, advice::HIDE_MOUNTED_MODULES],
        source: "https://github.com/lovell/sharp/issues/3166",
        sample: r#"Something went wrong installing the "sharp" module"#,
        ..LOG
    },
    Signature {
        id: "sharp-for-another-platform",
        pattern: &[r#"could not load the "sharp" module using the linux"#],
        cause: Cause::ForeignModule,
        remedies: &[
            Advice {
                kind: RemedyKind::RebuildModules,
                title: "Install sharp for this platform",
                why: "`npm install --os=linux --cpu=arm64 sharp` fetches the packages of another platform than the one that installs",
            },
            advice::SAME_LOCK_FILE,
            advice::HIDE_MOUNTED_MODULES,
        ],
        source: "https://github.com/lovell/sharp/issues/3898",
        sample: r#"Error: Could not load the "sharp" module using the linux-arm64 runtime"#,
        ..LOG
    },
    Signature {
        id: "sharp-needs-newer-processor",
        pattern: &["unsupported cpu: prebuilt binaries for ", "microarchitecture"],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            advice::OLDER_PROCESSOR_BUILD,
        ],
        source: "https://github.com/lovell/sharp/issues/4507",
        sample: "ERROR: Unsupported CPU: Prebuilt binaries for linux-x64 require v2 microarchitecture",
        ..LOG
    },
    Signature {
        id: "prisma-engine-not-located",
        pattern: &["prisma client could not locate the query engine for runtime"],
        cause: Cause::ForeignModule,
        remedies: &[
            Advice {
                kind: RemedyKind::RebuildModules,
                title: "Generate the client for this platform",
                why: "List it in `binaryTargets` of the schema, beside `native`, and run `prisma generate` in the image",
            },
            advice::HIDE_MOUNTED_MODULES,
        ],
        source: "https://github.com/Visual-Regression-Tracker/backend/issues/326",
        sample: r#"PrismaClientInitializationError: Prisma Client could not locate the Query Engine for runtime "linux-arm64-openssl-3.0.x"."#,
        ..LOG
    },
    Signature {
        id: "prisma-engine-not-found",
        pattern: &[
            "query engine ",
            r#" for current platform ""#,
            "could not be found",
        ],
        cause: Cause::ForeignModule,
        remedies: &[
            Advice {
                kind: RemedyKind::RebuildModules,
                title: "Generate the client for this platform",
                why: "List it in `binaryTargets` of the schema, beside `native`, and run `prisma generate` in the image",
            },
            advice::HIDE_MOUNTED_MODULES,
        ],
        source: "https://github.com/prisma/prisma/issues/16947",
        sample: r#"PrismaClientInitializationError: Query engine library for current platform "linux-arm64-openssl-1.1.x" could not be found."#,
        ..LOG
    },
    // Modules: Python, Ruby, Java.
    Signature {
        id: "python-module-not-opened",
        pattern: &["importerror: /", ".so: cannot open shared object file"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/RenovoSolutions/cdk-library-certbot/issues/913",
        sample: "ImportError: /app/cryptography/hazmat/bindings/_rust.abi3.so: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "library-invalid",
        pattern: &[".so: invalid elf header"],
        cause: Cause::ForeignModule,
        remedies: &[advice::REBUILD_IN_IMAGE, advice::HIDE_MOUNTED_MODULES],
        source: "https://github.com/eosmoto/eosiopy/issues/5",
        sample: "OSError: /usr/local/lib/python3.6/site-packages/eosiopy/uECC.so: invalid ELF header",
        ..LOG
    },
    Signature {
        id: "python-library-not-opened",
        pattern: &["oserror: /", ".so", ": cannot open shared object file"],
        cause: Cause::ForeignModule,
        remedies: &[
            Advice {
                kind: RemedyKind::RebuildModules,
                title: "Install the package inside of the image",
                why: "The library is not there, or is for another platform: the loader says the same of both",
            },
            advice::INSTALL_LIBRARY,
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/RenovoSolutions/cdk-library-certbot/issues/913",
        sample: "OSError: /app/numpy.libs/libscipy_openblas64_-7220728c.so: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "python-library-missing",
        pattern: &["importerror: lib", ".so", ": cannot open shared object file"],
        cause: Cause::MissingLibrary,
        remedies: &[advice::INSTALL_LIBRARY],
        source: "https://github.com/opencv/opencv-python/issues/370",
        sample: "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
        ..LOG
    },
    Signature {
        id: "psycopg2-module-missing",
        pattern: &["no module named 'psycopg2._psycopg'"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/jkehler/awslambda-psycopg2/issues/79",
        sample: "ModuleNotFoundError: No module named 'psycopg2._psycopg'",
        ..LOG
    },
    Signature {
        id: "numpy-module-missing",
        pattern: &["no module named 'numpy.", "_multiarray_umath'"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://numpy.org/devdocs/user/troubleshooting-importerror.html",
        sample: "Original error was: No module named 'numpy._core._multiarray_umath'",
        ..LOG
    },
    Signature {
        id: "numpy-modules-incompatible",
        pattern: &["the following compiled module files exist, but seem incompatible"],
        cause: Cause::ForeignModule,
        remedies: &[
            advice::REBUILD_IN_IMAGE,
            advice::HIDE_MOUNTED_MODULES,
            advice::NATIVE_BUILD,
        ],
        source: "https://numpy.org/devdocs/user/troubleshooting-importerror.html",
        sample: "The following compiled module files exist, but seem incompatible",
        ..LOG
    },
    Signature {
        id: "numpy-needs-newer-processor",
        pattern: &["numpy was built with baseline optimizations:"],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            advice::OLDER_PROCESSOR_BUILD,
        ],
        source: "https://github.com/langgenius/dify/issues/30348",
        sample: "RuntimeError: NumPy was built with baseline optimizations: (X86_V2)",
        ..LOG
    },
    Signature {
        id: "ruby-library-missing",
        pattern: &["': lib", ".so", ": cannot open shared object file", "(loaderror)"],
        cause: Cause::MissingLibrary,
        remedies: &[advice::INSTALL_LIBRARY, advice::REBUILD_IN_IMAGE],
        source: "https://github.com/rubygems/bundler/issues/4675",
        sample: "/share/vendor/bundle/ruby/2.3.0/gems/pg-0.19.0/lib/pg.rb:4:in `require': libruby.so.2.3: cannot open shared object file: No such file or directory - /share/vendor/bundle/ruby/2.3.0/gems/pg-0.19.0/lib/pg_ext.so (LoadError)",
        ..LOG
    },
    Signature {
        id: "java-library-for-another-platform",
        pattern: &["unsatisfiedlinkerror: /", "(possible cause: can't load "],
        cause: Cause::ForeignModule,
        remedies: &[
            Advice {
                kind: RemedyKind::RebuildModules,
                title: "Use a version of the library for this platform",
                why: "Newer versions of many libraries bring one for arm64 as well; reported to help",
            },
            advice::NATIVE_BUILD,
        ],
        source: "https://github.com/facebook/rocksdb/issues/12779",
        sample: "java.lang.UnsatisfiedLinkError: /tmp/librocksdbjni17844983601921261821.so: /tmp/librocksdbjni17844983601921261821.so: cannot open shared object file: No such file or directory (Possible cause: can't load AMD 64 .so on a AARCH64 platform)",
        ..LOG
    },
    // Rosetta.
    Signature {
        id: "rosetta-missing-loader",
        pattern: &["rosetta error: failed to open elf at "],
        cause: Cause::ForeignBinary,
        remedies: &[advice::NATIVE_OR_STATIC_PROGRAM, advice::NATIVE_BUILD],
        source: "https://github.com/docker/for-mac/issues/7644",
        sample: "rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2",
        ..LOG
    },
    Signature {
        id: "rosetta-auxiliary-vector",
        pattern: &["rosetta error: unhandled auxil", "ary vector type"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/utmapp/UTM/issues/5567",
        sample: "rosetta error: unhandled auxillary vector type 29",
        ..LOG
    },
    Signature {
        id: "rosetta-vdso-hash",
        pattern: &["rosetta error: failed to find vdso dt_hash"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/rancher-sandbox/rancher-desktop/issues/8742",
        sample: "rosetta error: Failed to find vdso DT_HASH",
        ..LOG
    },
    Signature {
        id: "rosetta-vdso-data",
        pattern: &["(vdso.cpp:", " get_vdso_dynamic_data)"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/utmapp/UTM/issues/6771",
        sample: "(Vdso.cpp:78 get_vdso_dynamic_data)",
        ..LOG
    },
    Signature {
        id: "rosetta-bss-overflow",
        pattern: &["rosetta error: bss_size overflow"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD],
        source: "https://github.com/burrito-elixir/burrito/issues/209",
        sample: "rosetta error: bss_size overflow",
        ..LOG
    },
    Signature {
        id: "rosetta-self-loop",
        pattern: &["rosetta error: unable to open /proc/self/exe: 40"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::QEMU_INSTEAD,
            Advice {
                kind: RemedyKind::UpdateRuntime,
                title: "Update the container runtime",
                why: "Docker Desktop 4.26 is reported to have fixed it",
            },
        ],
        source: "https://github.com/docker/for-mac/issues/6973",
        sample: "rosetta error: Unable to open /proc/self/exe: 40",
        ..LOG
    },
    Signature {
        id: "rosetta-self-missing",
        pattern: &["rosetta error: unable to open /proc/self/exe: 2"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::QEMU_INSTEAD,
            Advice {
                kind: RemedyKind::FixBuild,
                title: "Mount `/proc` where the program runs",
                why: "Rosetta finds itself through `/proc`, which a `chroot` or a namespace of its own lacks",
            },
        ],
        source: "https://github.com/orbstack/orbstack/issues/1401",
        sample: "rosetta error: Unable to open /proc/self/exe: 2",
        ..LOG
    },
    Signature {
        id: "rosetta-futex",
        pattern: &["rosetta error: futex(futex_lock_pi"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/docker/for-mac/issues/7037",
        sample: "rosetta error: futex(FUTEX_LOCK_PI_PRIVATE) failure: 35",
        ..LOG
    },
    Signature {
        id: "rosetta-system-call",
        pattern: &["rosetta error: unimplemented syscall number"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/docker/for-mac/issues/7475",
        sample: "rosetta error: Unimplemented syscall number 282",
        ..LOG
    },
    Signature {
        id: "rosetta-shared-memory",
        pattern: &["vmallocationtracker.cpp:", " remove_shared_mem"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::QEMU_INSTEAD,
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Run it without `--init`",
                why: "Reported to help where programs share memory",
            },
            advice::UPDATE_MACOS,
        ],
        source: "https://github.com/docker/for-mac/issues/7220",
        sample: "(VMAllocationTracker.cpp:745 remove_shared_mem)",
        ..LOG
    },
    Signature {
        id: "rosetta-existing-mapping",
        pattern: &["vmtracker attempted to allocate existing mapping"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/docker/for-mac/issues/6905",
        sample: "assertion failed [result.value != EEXIST]: VmTracker attempted to allocate existing mapping",
        ..LOG
    },
    Signature {
        id: "rosetta-existing-mapping-place",
        pattern: &["(threadcontextvm.cpp:", " mmap)"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/docker/roadmap/issues/384",
        sample: "(ThreadContextVm.cpp:47 mmap)",
        ..LOG
    },
    Signature {
        id: "rosetta-unrecognized-address",
        pattern: &["basicblock requested for unrecognized address"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD],
        source: "https://github.com/orbstack/orbstack/issues/1396",
        sample: "assertion failed [block != nullptr]: BasicBlock requested for unrecognized address",
        ..LOG
    },
    Signature {
        id: "rosetta-slab-allocator",
        pattern: &["could not mmap data for the vmtracker slab allocator"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::QEMU_INSTEAD,
            Advice {
                kind: RemedyKind::RaiseMemory,
                title: "Lift the limit on address space",
                why: "Rosetta needs much address space, which a limit such as `ulimit -v` or dovecot's `default_vsz_limit` denies it",
            },
        ],
        source: "https://github.com/orbstack/orbstack/issues/1487",
        sample: "assertion failed [!mmap_result.is_error && mmap_result.value == kSlabAllocatorInterval.left]: Could not mmap data for the VMTracker slab allocator: 12",
        ..LOG
    },
    Signature {
        id: "rosetta-slab-allocator-place",
        pattern: &["(vmallocationtracker.cpp:", " init)"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::QEMU_INSTEAD,
            Advice {
                kind: RemedyKind::RaiseMemory,
                title: "Lift the limit on address space",
                why: "Rosetta needs much address space, which a limit such as `ulimit -v` or dovecot's `default_vsz_limit` denies it",
            },
        ],
        source: "https://github.com/orbstack/orbstack/issues/1487",
        sample: "(VMAllocationTracker.cpp:318 init)",
        ..LOG
    },
    Signature {
        id: "rosetta-executable-heap",
        pattern: &["rosetta error: unable to mmap executableheap"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::QEMU_INSTEAD,
            Advice {
                kind: RemedyKind::RaiseMemory,
                title: "Lift the limit on address space",
                why: "Rosetta needs much address space, which a limit such as `ulimit -v` or dovecot's `default_vsz_limit` denies it",
            },
        ],
        source: "https://github.com/dovecot/docker/issues/10",
        sample: "rosetta error: unable to mmap ExecutableHeap: 12",
        ..LOG
    },
    Signature {
        id: "rosetta-other-error",
        pattern: &["rosetta error: "],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::QEMU_INSTEAD, advice::UPDATE_MACOS],
        source: "https://github.com/mrexodia/rosetta-multipass/issues/2",
        sample: "rosetta error: Rosetta is only intended to run on Apple Silicon with a macOS host using Virtualization.framework with Rosetta mode enabled",
        ..TRANSLATED
    },
    // QEMU.
    Signature {
        id: "qemu-missing-loader",
        pattern: &[": could not open '/lib", "/ld-", ": no such file or directory"],
        cause: Cause::ForeignBinary,
        remedies: &[advice::NATIVE_OR_STATIC_PROGRAM, advice::NATIVE_BUILD],
        source: "https://github.com/rogerfar/rdt-client/issues/355",
        sample: "aarch64-binfmt-P: Could not open '/lib/ld-linux-aarch64.so.1': No such file or directory",
        ..LOG
    },
    Signature {
        id: "qemu-signal-illegal-instruction",
        pattern: &["qemu: uncaught target signal 4 ("],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            advice::OLDER_PROCESSOR_BUILD,
        ],
        source: "https://github.com/docker/for-mac/issues/7137",
        sample: "qemu: uncaught target signal 4 (Illegal instruction) - core dumped",
        ..LOG
    },
    Signature {
        id: "qemu-signal-trap",
        pattern: &["qemu: uncaught target signal 5 ("],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::TurnOnTranslation,
                title: "Let Rosetta translate instead of QEMU",
                why: "On a Mac with Apple silicon, Rosetta runs many programs that end like this under QEMU; the program may be at fault itself, and then ends everywhere",
            },
            advice::UPDATE_TRANSLATOR,
        ],
        source: "https://github.com/docker/for-mac/issues/7220",
        sample: "qemu: uncaught target signal 5 (Trace/breakpoint trap) - core dumped",
        ..LOG
    },
    Signature {
        id: "qemu-signal-abort",
        pattern: &["qemu: uncaught target signal 6 ("],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::TurnOnTranslation,
                title: "Let Rosetta translate instead of QEMU",
                why: "On a Mac with Apple silicon, Rosetta runs many programs that end like this under QEMU; the program may be at fault itself, and then ends everywhere",
            },
            advice::UPDATE_TRANSLATOR,
        ],
        source: "https://github.com/docker/for-mac/issues/5148",
        sample: "qemu: uncaught target signal 6 (Aborted) - core dumped",
        ..LOG
    },
    Signature {
        id: "qemu-signal-segmentation-fault",
        pattern: &["qemu: uncaught target signal 11 ("],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::TurnOnTranslation,
                title: "Let Rosetta translate instead of QEMU",
                why: "On a Mac with Apple silicon, Rosetta runs many programs that end like this under QEMU; the program may be at fault itself, and then ends everywhere",
            },
            advice::UPDATE_TRANSLATOR,
        ],
        source: "https://github.com/docker/for-mac/issues/6070",
        sample: "qemu: uncaught target signal 11 (Segmentation fault) - core dumped",
        ..LOG
    },
    Signature {
        id: "qemu-no-file-events",
        pattern: &["inotify_", ": function not implemented"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::ROSETTA_INSTEAD, advice::POLL],
        source: "https://github.com/AdRoll/batchiepatchie/issues/64",
        sample: "inotify_init: function not implemented",
        ..TRANSLATED
    },
    Signature {
        id: "qemu-no-file-events-ruby",
        pattern: &["function not implemented - failed to initialize inotify"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::ROSETTA_INSTEAD, advice::POLL],
        source: "https://github.com/guard/rb-inotify/issues/107",
        sample: "Errno::ENOSYS: Function not implemented - Failed to initialize inotify",
        ..TRANSLATED
    },
    Signature {
        id: "qemu-no-file-events-rust",
        pattern: &[
            "error creating ",
            "watcher: function not implemented (os error 38)",
        ],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::ROSETTA_INSTEAD, advice::POLL],
        source: "https://github.com/samuelcolvin/watchfiles/issues/167",
        sample: "WatchfilesRustInternalError: Error creating watcher: Function not implemented (os error 38)",
        ..TRANSLATED
    },
    Signature {
        id: "qemu-no-tracing",
        pattern: &["ptrace: function not implemented"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::TurnOnTranslation,
                title: "Let Rosetta translate instead of QEMU",
                why: "QEMU traces no programs; under Rosetta a debugger can attach through `ROSETTA_DEBUGSERVER_PORT`",
            },
        ],
        source: "https://github.com/docker/for-mac/issues/5191",
        sample: "warning: ptrace: Function not implemented",
        ..TRANSLATED
    },
    Signature {
        id: "qemu-no-tracing-of-itself",
        pattern: &["ptrace_traceme: function not implemented"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::TurnOnTranslation,
                title: "Let Rosetta translate instead of QEMU",
                why: "QEMU traces no programs; under Rosetta a debugger can attach through `ROSETTA_DEBUGSERVER_PORT`",
            },
        ],
        source: "https://github.com/scottyhardy/docker-wine/issues/109",
        sample: "PTRACE_TRACEME: Function not implemented",
        ..TRANSLATED
    },
    Signature {
        id: "go-malloc-without-processor",
        pattern: &["fatal error: mallocgc called without a p"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::ROSETTA_INSTEAD, advice::NEWER_GO],
        source: "https://github.com/golang/go/issues/54213",
        sample: "fatal error: mallocgc called without a P",
        ..TRANSLATED
    },
    Signature {
        id: "go-stack-packing",
        pattern: &["runtime: lfstack.push invalid packing"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::ROSETTA_INSTEAD, advice::NEWER_GO],
        source: "https://github.com/docker/for-mac/issues/6083",
        sample: "runtime: lfstack.push invalid packing",
        ..TRANSLATED
    },
    Signature {
        id: "go-thread-refused",
        pattern: &["runtime: failed to create new os thread", "errno=22"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD, advice::ROSETTA_INSTEAD, advice::NEWER_GO],
        source: "https://github.com/docker/for-mac/issues/6137",
        sample: "runtime: failed to create new OS thread (have 2 already; errno=22)",
        ..TRANSLATED
    },
    Signature {
        id: "qemu-no-iptables",
        pattern: &["iptables who? (do you need to insmod?)"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD],
        source: "https://github.com/docker/for-mac/issues/6297",
        sample: "can't initialize iptables table 'filter': iptables who? (do you need to insmod?)",
        ..TRANSLATED
    },
    Signature {
        id: "qemu-no-nftables",
        pattern: &["iptables: failed to initialize nft: protocol not supported"],
        cause: Cause::TranslatorFailure,
        remedies: &[advice::NATIVE_BUILD],
        source: "https://github.com/tonistiigi/binfmt/issues/107",
        sample: "iptables: Failed to initialize nft: Protocol not supported",
        ..TRANSLATED
    },
    Signature {
        id: "sql-server-mapping",
        pattern: &[
            "invalid mapping of address 0x",
            "in reserved address space below 0x",
        ],
        cause: Cause::TranslatorFailure,
        remedies: &[
            Advice {
                kind: RemedyKind::UseNewerTag,
                title: "Use a release that runs here",
                why: "SQL Server 2022 is reported to run under Rosetta",
            },
            advice::ROSETTA_INSTEAD,
        ],
        source: "https://github.com/microsoft/mssql-docker/issues/668",
        sample: "/opt/mssql/bin/sqlservr: Invalid mapping of address 0x40037f3000 in reserved address space below 0x400000000000. Possible causes:",
        ..TRANSLATED
    },
    Signature {
        id: "oracle-lost-contact",
        pattern: &["ora-12547: tns:lost contact"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            Advice {
                kind: RemedyKind::UseNativeBuild,
                title: "Use Oracle Database 23ai Free",
                why: "It has a build for arm64; Oracle XE has not",
            },
            advice::ROSETTA_INSTEAD,
        ],
        source: "https://github.com/gvenzl/oci-oracle-xe/issues/63",
        sample: "ORA-12547: TNS:lost contact",
        ..TRANSLATED
    },
    Signature {
        id: "mysql-native-aio",
        pattern: &["linux native aio interface is not supported on this platform"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_INSTEAD,
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Run it with `--innodb-use-native-aio=0`",
                why: "InnoDB then does without the interface that QEMU lacks; reported to help",
            },
        ],
        source: "https://github.com/docker-library/mysql/issues/865",
        sample: "[MY-012585] [InnoDB] Linux Native AIO interface is not supported on this platform",
        ..TRANSLATED
    },
    Signature {
        id: "elasticsearch-seccomp",
        pattern: &["seccomp unavailable: config_seccomp not compiled into kernel"],
        cause: Cause::TranslatorFailure,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_INSTEAD,
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Set `bootstrap.system_call_filter=false`",
                why: "Elasticsearch 7 then starts without the filter that the translator does not know; reported to help",
            },
        ],
        source: "https://github.com/docker/for-mac/issues/7410",
        sample: "seccomp unavailable: CONFIG_SECCOMP not compiled into kernel, CONFIG_SECCOMP and CONFIG_SECCOMP_FILTER are needed",
        ..TRANSLATED
    },
    // Processors.
    Signature {
        id: "glibc-needs-newer-processor",
        pattern: &["fatal glibc error: cpu does not support x86-64-v"],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            advice::OLDER_PROCESSOR_BUILD,
        ],
        source: "https://github.com/containers/podman/issues/15456",
        sample: "Fatal glibc error: CPU does not support x86-64-v2",
        ..LOG
    },
    Signature {
        id: "illegal-instruction",
        pattern: &["illegal instruction", "(core dumped)"],
        cause: Cause::IllegalInstruction,
        holds: Holds::WhereSignalled,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            advice::OLDER_PROCESSOR_BUILD,
        ],
        source: "https://github.com/orbstack/orbstack/issues/482",
        sample: r#"/usr/local/bin/docker-entrypoint.sh: line 381:    27 Illegal instruction     (core dumped) "${mongodHackedArgs[@]}""#,
        ..LOG
    },
    Signature {
        id: "mongodb-needs-avx",
        pattern: &["warning: mongodb ", "requires a cpu with avx support"],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            Advice {
                kind: RemedyKind::UseNewerTag,
                title: "Use MongoDB 4.4",
                why: "It is the last release that does without AVX",
            },
        ],
        source: "https://github.com/docker-library/mongo/issues/485",
        sample: "WARNING: MongoDB 5.0+ requires a CPU with AVX support, and your current system does not appear to have that!",
        ..LOG
    },
    Signature {
        id: "tensorflow-needs-avx",
        pattern: &[
            "the tensorflow library was compiled to use ",
            "but these aren't available on your machine",
        ],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            advice::ROSETTA_KNOWS_MORE,
            advice::OLDER_PROCESSOR_BUILD,
        ],
        source: "https://github.com/tensorflow/tensorflow/issues/52972",
        sample: "The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.",
        ..LOG
    },
    Signature {
        id: "java-illegal-instruction",
        pattern: &["#", "sigill (0x4) at pc="],
        cause: Cause::IllegalInstruction,
        remedies: &[
            advice::NATIVE_BUILD,
            Advice {
                kind: RemedyKind::UpdateRuntime,
                title: "Update the container runtime, or use a newer Java",
                why: "Docker Desktop 4.39 and newer Java updates are reported to have fixed it on the M4",
            },
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Set `JAVA_TOOL_OPTIONS=-XX:UseSVE=0`",
                why: "Java then does not use vector instructions that are announced and missing; reported to help on the M4",
            },
        ],
        source: "https://github.com/docker/for-mac/issues/7583",
        sample: "#  SIGILL (0x4) at pc=0x0000ffff9d1f3c5c, pid=1, tid=7",
        ..LOG
    },
    Signature {
        id: "java-vector-length",
        pattern: &["# j ", "java.lang.system.registernatives()v"],
        cause: Cause::IllegalInstruction,
        remedies: &[
            Advice {
                kind: RemedyKind::UpdateRuntime,
                title: "Update the container runtime, or use a newer Java",
                why: "Docker Desktop 4.39 and newer Java updates are reported to have fixed it on the M4",
            },
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Set `JAVA_TOOL_OPTIONS=-XX:UseSVE=0`",
                why: "Java then does not use vector instructions that are announced and missing; reported to help on the M4",
            },
        ],
        source: "https://github.com/docker/for-mac/issues/7505",
        sample: "# j  java.lang.System.registerNatives()V+0 java.base",
        ..LOG
    },
    // Programs that refuse by themselves.
    Signature {
        id: "redis-kernel-test",
        pattern: &[
            "failed to test the kernel for a bug that could lead to data corruption during background save",
        ],
        cause: Cause::ApplicationExit,
        remedies: &[
            Advice {
                kind: RemedyKind::UseNewerTag,
                title: "Use a newer Redis",
                why: "The test that fails was made for a bug of older kernels",
            },
            Advice {
                kind: RemedyKind::FixCommand,
                title: "Run it with `--ignore-warnings ARM64-COW-BUG`",
                why: "Redis then starts in spite of the test; on a kernel that has the bug, saving may lose data",
            },
        ],
        source: "https://github.com/redis/redis/issues/13398",
        sample: "Failed to test the kernel for a bug that could lead to data corruption during background save.",
        ..LOG
    },
    Signature {
        id: "jemalloc-page-size",
        pattern: &["<jemalloc>: unsupported system page size"],
        cause: Cause::ApplicationExit,
        remedies: &[
            Advice {
                kind: RemedyKind::UseNewerTag,
                title: "Use a build for larger memory pages",
                why: "The program was built for pages of 4 KiB, and this kernel's are larger; newer builds often allow for it",
            },
            Advice {
                kind: RemedyKind::FixBuild,
                title: "Build jemalloc with `--with-lg-page=16`",
                why: "It then takes pages of up to 64 KiB",
            },
            advice::REPORT,
        ],
        source: "https://github.com/jemalloc/jemalloc/issues/2572",
        sample: "<jemalloc>: Unsupported system page size",
        ..LOG
    },
];
