//! Containers with the options that people use, a row each.

/// One container: a name, the options of `docker run`, and the words behind the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) options: &'static [&'static str],
    pub(crate) command: &'static [&'static str],
}

const fn case(name: &'static str, options: &'static [&'static str]) -> Case {
    Case {
        name,
        options,
        command: &[],
    }
}

const fn running(
    name: &'static str,
    options: &'static [&'static str],
    command: &'static [&'static str],
) -> Case {
    Case {
        name,
        options,
        command,
    }
}

/// What cannot be had in the namespaces that the engines run in is left out: devices of the machine, its IPC namespace,
/// shared mounts, ports of SCTP.
///
/// In each: the networks `front` (10.91.0.0/24, also `2001:db8:91::/64`) and `back` (10.92.0.0/24), the volume `data`, the
/// containers `provider` (with volumes at `/from-volume` and `/from-anonymous`) and `linked`.
pub(crate) const CASES: &[Case] = &[
    // Names and the process.
    case("plain", &[]),
    case("hostname", &["--hostname", "web"]),
    case("hostname-dotted", &["--hostname", "web.example.test"]),
    case(
        "domainname",
        &["--hostname", "web", "--domainname", "example.test"],
    ),
    case("user", &["--user", "1000"]),
    case("user-group", &["--user", "1000:1001"]),
    case("group-add", &["--group-add", "44", "--group-add", "1234"]),
    case("workdir", &["--workdir", "/tmp"]),
    case("tty", &["--tty"]),
    case("stdin", &["--interactive"]),
    case("tty-stdin", &["--tty", "--interactive"]),
    case("init", &["--init"]),
    case("stop-signal", &["--stop-signal", "SIGINT", "--stop-timeout", "0"]),
    case("stop-timeout", &["--stop-timeout", "3"]),
    case("restart-no", &["--restart", "no"]),
    case("restart-always", &["--restart", "always"]),
    case("restart-unless-stopped", &["--restart", "unless-stopped"]),
    case("restart-on-failure", &["--restart", "on-failure"]),
    case("restart-on-failure-5", &["--restart", "on-failure:5"]),
    case("read-only", &["--read-only"]),
    case("privileged", &["--privileged"]),
    // Commands and entry points.
    running("command", &[], &["sleep", "500"]),
    running(
        "command-odd",
        &[],
        &["sh", "-c", "echo \"it's $HOME\" 'a  b' \\; sleep 500", ""],
    ),
    running("command-unicode", &[], &["sh", "-c", "sleep 500 # ünï ✓"]),
    running("entrypoint", &["--entrypoint", "sleep"], &["500"]),
    running("entrypoint-many", &["--entrypoint", "sh"], &["-c", "sleep 500"]),
    running("entrypoint-reset", &["--entrypoint", ""], &["sleep", "500"]),
    // Environment and labels.
    case("env", &["-e", "A=1", "-e", "B=two words"]),
    case("env-empty", &["-e", "EMPTY="]),
    case("env-odd", &["-e", "ODD=it's $HOME \"x\" `y` \\ = ;"]),
    case("env-newline", &["-e", "LINES=a\nb\n"]),
    case("env-over-image", &["-e", "PATH=/bin:/usr/bin"]),
    case("env-same-as-image", &["-e", "PATH=/bin"]),
    case("label", &["--label", "a=1", "--label", "b.c/d=x y"]),
    case("label-empty", &["--label", "empty"]),
    case("label-odd", &["--label", "odd={\"a\": [1, \"$x\"]}\n'"]),
    case("label-over-image", &["--label", "image=mine"]),
    // Volumes and mounts.
    case("volume-named", &["-v", "data:/data"]),
    case("volume-named-ro", &["-v", "data:/data:ro"]),
    case("volume-nocopy", &["-v", "data:/data:nocopy"]),
    case("volume-new", &["-v", "made-by-run:/data"]),
    case("volume-anonymous", &["-v", "/data"]),
    case("volume-anonymous-two", &["-v", "/one", "-v", "/two"]),
    case("volume-of-image-named", &["-v", "data:/image-volume"]),
    case("volume-slash", &["-v", "data:/data/"]),
    case("volume-slashes", &["-v", "data:/c//d/"]),
    case("volume-dot", &["-v", "data:/c/./d"]),
    case("volume-dots", &["-v", "data:/c/d/../e", "-v", "/f/../g"]),
    case(
        "mount-volume-dot",
        &["--mount", "type=volume,src=data,dst=/data/."],
    ),
    case(
        "mount-volume-dots",
        &[
            "--mount",
            "type=volume,src=data,dst=/c/../e",
            "--mount",
            "type=volume,dst=/c/../f",
        ],
    ),
    case("volume-in-volume", &["-v", "data:/data", "-v", "/data/inner"]),
    case("volume-space", &["-v", "data:/with space"]),
    case("bind", &["-v", "{folder}:/host"]),
    case("bind-ro", &["-v", "{folder}:/host:ro"]),
    case("bind-file", &["-v", "{folder}/file:/etc/file:ro"]),
    case("bind-propagation", &["-v", "{folder}:/host:rprivate"]),
    case(
        "mount-volume",
        &["--mount", "type=volume,source=data,target=/data"],
    ),
    case(
        "mount-volume-ro",
        &["--mount", "type=volume,source=data,target=/data,readonly"],
    ),
    case(
        "mount-volume-nocopy",
        &["--mount", "type=volume,source=data,target=/data,volume-nocopy"],
    ),
    case("mount-volume-anonymous", &["--mount", "type=volume,target=/data"]),
    case(
        "mount-volume-label",
        &[
            "--mount",
            "type=volume,source=labelled,target=/data,volume-label=a=1",
        ],
    ),
    case(
        "mount-volume-driver",
        &[
            "--mount",
            "type=volume,source=driven,target=/data,volume-driver=local",
        ],
    ),
    case(
        "mount-bind",
        &["--mount", "type=bind,source={folder},target=/host"],
    ),
    case(
        "mount-bind-ro",
        &["--mount", "type=bind,source={folder},target=/host,readonly"],
    ),
    case(
        "mount-bind-propagation",
        &[
            "--mount",
            "type=bind,source={folder},target=/host,bind-propagation=rprivate",
        ],
    ),
    case("mount-tmpfs", &["--mount", "type=tmpfs,target=/scratch"]),
    case(
        "mount-tmpfs-size",
        &[
            "--mount",
            "type=tmpfs,target=/scratch,tmpfs-size=1048576,tmpfs-mode=1770",
        ],
    ),
    case("tmpfs", &["--tmpfs", "/scratch"]),
    case("tmpfs-options", &["--tmpfs", "/scratch:size=1m,mode=1770,noexec"]),
    case(
        "tmpfs-two",
        &["--tmpfs", "/one:size=1m", "--tmpfs", "/two:size=2m"],
    ),
    case("tmpfs-over-image-volume", &["--tmpfs", "/image-volume"]),
    case("volumes-from", &["--volumes-from", "provider"]),
    case("volumes-from-ro", &["--volumes-from", "provider:ro"]),
    case(
        "volumes-from-and-own",
        &[
            "--volumes-from",
            "provider",
            "-v",
            "/own",
            "-v",
            "data:/from-volume",
        ],
    ),
    case(
        "volume-driver",
        &["--volume-driver", "local", "-v", "by-driver:/data"],
    ),
    // Networks.
    case("network", &["--network", "front"]),
    case(
        "network-alias",
        &[
            "--network",
            "front",
            "--network-alias",
            "store",
            "--network-alias",
            "db",
        ],
    ),
    case("network-ip", &["--network", "front", "--ip", "10.91.0.77"]),
    case("network-ip6", &["--network", "front", "--ip6", "2001:db8:91::77"]),
    case(
        "network-ip-both",
        &[
            "--network",
            "front",
            "--ip",
            "10.91.0.78",
            "--ip6",
            "2001:db8:91::78",
        ],
    ),
    case(
        "network-link-local",
        &["--network", "front", "--link-local-ip", "169.254.34.68"],
    ),
    case("network-link", &["--network", "front", "--link", "linked:store"]),
    case("network-host", &["--network", "host"]),
    case(
        "network-host-hostname",
        &["--network", "host", "--hostname", "mine"],
    ),
    case("network-none", &["--network", "none"]),
    case("network-container", &["--network", "container:provider"]),
    case("link", &["--link", "provider:store"]),
    case(
        "link-several",
        &[
            "--link",
            "provider:a",
            "--link",
            "provider:b",
            "--link",
            "provider:c",
        ],
    ),
    case("link-plain", &["--link", "provider"]),
    case(
        "dns",
        &["--dns", "10.0.0.1", "--dns", "10.0.0.2", "--dns", "10.0.0.3"],
    ),
    case(
        "dns-search",
        &["--dns-search", "example.test", "--dns-search", "b.test"],
    ),
    case("dns-option", &["--dns-option", "ndots:2"]),
    case(
        "add-host",
        &["--add-host", "db:10.0.0.5", "--add-host", "six:2001:db8::5"],
    ),
    case(
        "add-host-gateway",
        &["--add-host", "host.docker.internal:host-gateway"],
    ),
    // Ports.
    case("publish", &["-p", "127.0.0.1:7001:80"]),
    case("publish-udp", &["-p", "127.0.0.1:7002:53/udp"]),
    case("publish-range", &["-p", "127.0.0.1:7010-7014:8000-8004"]),
    case("publish-range-to-one", &["-p", "127.0.0.1:7020-7025:80"]),
    case("publish-ephemeral", &["-p", "80"]),
    case("publish-ephemeral-udp", &["-p", "53/udp"]),
    case(
        "publish-two-to-one",
        &["-p", "127.0.0.1:7030:80", "-p", "127.0.0.1:7031:80"],
    ),
    case("publish-all", &["--publish-all", "--expose", "81"]),
    case(
        "expose",
        &["--expose", "81", "--expose", "82/udp", "--expose", "90-92"],
    ),
    // Health.
    case(
        "health",
        &[
            "--health-cmd",
            "true",
            "--health-interval",
            "5s",
            "--health-retries",
            "2",
        ],
    ),
    case(
        "health-all",
        &[
            "--health-cmd",
            "test -e /bin/sh",
            "--health-interval",
            "7s",
            "--health-timeout",
            "3s",
            "--health-start-period",
            "1s",
            "--health-retries",
            "4",
        ],
    ),
    case("no-health", &["--no-healthcheck"]),
    // Limits.
    case("memory", &["--memory", "64m"]),
    case("memory-swap", &["--memory", "64m", "--memory-swap", "128m"]),
    case(
        "memory-swap-unlimited",
        &["--memory", "64m", "--memory-swap", "-1"],
    ),
    case(
        "memory-reservation",
        &["--memory", "64m", "--memory-reservation", "32m"],
    ),
    case("memory-swappiness", &["--memory-swappiness", "0"]),
    case("oom-kill-disable", &["--memory", "64m", "--oom-kill-disable"]),
    case("oom-score-adj", &["--oom-score-adj", "500"]),
    case("pids-limit", &["--pids-limit", "50"]),
    case("pids-unlimited", &["--pids-limit", "-1"]),
    case("cpus", &["--cpus", "0.5"]),
    case("cpu-shares", &["--cpu-shares", "512"]),
    case("cpu-period", &["--cpu-period", "50000", "--cpu-quota", "25000"]),
    case("cpuset", &["--cpuset-cpus", "0"]),
    case("cpuset-mems", &["--cpuset-mems", "0"]),
    case("blkio-weight", &["--blkio-weight", "300"]),
    case("ulimit", &["--ulimit", "nofile=100:200", "--ulimit", "core=0"]),
    case("ulimit-one", &["--ulimit", "nproc=100"]),
    case("shm-size", &["--shm-size", "8m"]),
    // Rights.
    case("cap-add", &["--cap-add", "NET_ADMIN", "--cap-add", "SYS_TIME"]),
    case("cap-drop", &["--cap-drop", "ALL", "--cap-add", "CHOWN"]),
    case("cap-all", &["--cap-add", "ALL"]),
    case("no-new-privileges", &["--security-opt", "no-new-privileges"]),
    case("seccomp-unconfined", &["--security-opt", "seccomp=unconfined"]),
    case(
        "seccomp-profile",
        &["--security-opt", "seccomp={folder}/seccomp.json"],
    ),
    case("apparmor-unconfined", &["--security-opt", "apparmor=unconfined"]),
    case("label-disable", &["--security-opt", "label=disable"]),
    case(
        "systempaths-unconfined",
        &["--security-opt", "systempaths=unconfined"],
    ),
    case(
        "sysctl",
        &[
            "--sysctl",
            "net.core.somaxconn=1024",
            "--sysctl",
            "net.ipv4.ip_forward=1",
        ],
    ),
    case("device-cgroup-rule", &["--device-cgroup-rule", "c 42:* rmw"]),
    // Namespaces.
    case("pid-host", &["--pid", "host"]),
    case("pid-container", &["--pid", "container:provider"]),
    case("ipc-private", &["--ipc", "private"]),
    case("ipc-shareable", &["--ipc", "shareable"]),
    case("ipc-none", &["--ipc", "none"]),
    case("ipc-container", &["--ipc", "container:linked"]),
    case("uts-host", &["--uts", "host"]),
    case("cgroupns-host", &["--cgroupns", "host"]),
    case("cgroupns-private", &["--cgroupns", "private"]),
    case("runtime", &["--runtime", "runc"]),
    // Logs.
    case("log-none", &["--log-driver", "none"]),
    case("log-local", &["--log-driver", "local"]),
    case(
        "log-options",
        &["--log-opt", "max-size=1m", "--log-opt", "max-file=2"],
    ),
    case(
        "log-labels",
        &[
            "--label",
            "a=1",
            "--log-opt",
            "labels=a",
            "--log-opt",
            "tag={{.Name}}",
        ],
    ),
    // What people run.
    case(
        "like-a-database",
        &[
            "--restart",
            "always",
            "-v",
            "data:/var/lib/db",
            "-e",
            "PASSWORD=s3cr$t'",
            "-p",
            "127.0.0.1:7040:5432",
            "--shm-size",
            "16m",
            "--health-cmd",
            "true",
            "--network",
            "front",
            "--network-alias",
            "db",
        ],
    ),
    case(
        "like-a-web-server",
        &[
            "--restart",
            "unless-stopped",
            "-p",
            "127.0.0.1:7041:80",
            "-p",
            "127.0.0.1:7042:443",
            "-v",
            "{folder}:/srv:ro",
            "--read-only",
            "--tmpfs",
            "/run",
            "--tmpfs",
            "/var/cache",
        ],
    ),
    case(
        "like-a-worker",
        &[
            "--init",
            "--cpus",
            "0.5",
            "--memory",
            "64m",
            "--pids-limit",
            "100",
            "--stop-timeout",
            "2",
            "-e",
            "QUEUE=a,b",
            "--label",
            "team=x",
        ],
    ),
    case(
        "like-a-sidecar",
        &[
            "--network",
            "container:provider",
            "--volumes-from",
            "provider",
            "--user",
            "65534",
        ],
    ),
    case(
        "like-a-hardened-one",
        &[
            "--read-only",
            "--cap-drop",
            "ALL",
            "--security-opt",
            "no-new-privileges",
            "--user",
            "65534:65534",
            "--pids-limit",
            "20",
            "--tmpfs",
            "/tmp:size=1m,noexec",
        ],
    ),
    case(
        "like-a-proxy",
        &[
            "--network",
            "front",
            "--ip",
            "10.91.0.79",
            "--sysctl",
            "net.ipv4.ip_unprivileged_port_start=0",
            "--user",
            "1000",
            "-p",
            "127.0.0.1:7043:80",
            "--ulimit",
            "nofile=1000:1000",
        ],
    ),
    case(
        "like-a-development-box",
        &[
            "-it",
            "-v",
            "{folder}:/work",
            "-v",
            "/work/node_modules",
            "-w",
            "/work",
            "-e",
            "TERM=xterm",
            "--add-host",
            "host.docker.internal:host-gateway",
            "-p",
            "127.0.0.1:7044:3000",
        ],
    ),
];

/// Options that the old engine's command line, or the old engine, does not have.
pub(crate) const NEW_ONLY: &[Case] = &[
    case(
        "network-mac",
        &["--network", "front", "--mac-address", "02:11:22:33:44:55"],
    ),
    case("bridge-mac", &["--mac-address", "02:11:22:33:44:56"]),
    case(
        "two-networks-at-once",
        &["--network", "front", "--network", "back"],
    ),
    case(
        "network-long",
        &["--network", "name=front,alias=store,ip=10.91.0.80"],
    ),
    case(
        "network-driver-opt",
        &[
            "--network",
            "name=front,driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1",
        ],
    ),
    case(
        "network-gateway-priority",
        &["--network", "name=front,gw-priority=5", "--network", "back"],
    ),
    case(
        "network-mac-each",
        &[
            "--network",
            "name=front,mac-address=02:11:22:33:44:57",
            "--network",
            "name=back,mac-address=02:11:22:33:44:58",
        ],
    ),
    case("annotation", &["--annotation", "a=1", "--annotation", "b=x y"]),
    case(
        "health-start-interval",
        &[
            "--health-cmd",
            "true",
            "--health-start-period",
            "5s",
            "--health-start-interval",
            "1s",
        ],
    ),
    case(
        "mount-subpath",
        &[
            "--mount",
            "type=volume,source=data,target=/data,volume-subpath=inner",
        ],
    ),
];
