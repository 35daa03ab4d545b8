//! Networks, mounts, limits and security.

use serde_json::json;

use super::cases::{Case, asked, made, made_of, running};

pub(crate) fn networks() -> Vec<Case> {
    vec![
        made("bridge", "--network bridge"),
        made("host", "--network host"),
        made("none", "--network none"),
        made("inside", "--network container:provider"),
        made("network", "--network front"),
        made("network-capital", "--network Side --network-alias Web"),
        made("aliases", "--network front --network-alias a --network-alias b.c"),
        made("addresses", "--network front --ip 10.77.0.9 --ip6 fd00:77::9"),
        made("local-address", "--network front --link-local-ip 169.254.8.8"),
        made("hardware", "--network front --mac-address 92:d0:c6:0a:29:33"),
        made("hardware-bridge", "--mac-address 92:d0:c6:0a:29:34"),
        made("several-plain", "--network front --network back").lately(),
        made(
            "several-options",
            "--network name=back,alias=b --network name=front,ip=10.77.0.8,gw-priority=5",
        )
        .lately(),
        made(
            "driver-option",
            "--network name=back,driver-opt=com.example.x=1,gw-priority=7 --network-alias Web",
        )
        .lately(),
        made("joined", "--network front").joins(&[&["--alias", "deep", "back"]]),
        made("joined-capital", "--network front").joins(&[&["--alias", "Deep", "Side"]]),
        made("joined-address", "--network back").joins(&[&[
            "--ip",
            "10.77.0.7",
            "--ip6",
            "fd00:77::7",
            "front",
        ]]),
        made("joined-bridge", "").joins(&[&["back"]]),
        made("joined-link", "--network front").joins(&[&["--link", "provider:db", "back"]]),
        running("joined-detached", "-d --network front")
            .joins(&[&["back"]])
            .lately(),
        made("links", "--link provider:db --link provider"),
        made("network-links", "--network front --link provider:db"),
        made(
            "names",
            "--dns 10.0.0.53 --dns 10.0.0.54 --dns-option ndots:2 --dns-search a.example --add-host db:10.0.0.1 --add-host up:host-gateway --add-host six:::1",
        ),
        made(
            "ports",
            "-p 127.0.0.1:7000:7000 -p 7001:7000 -p 53:53/udp -p 9:9/sctp -p 80 -p 127.0.0.1::81 -p [::1]:82:82",
        ),
        made("port-range", "-p 8000-8002:8000-8002 -p 8100-8110:90"),
        made("publish-all", "-P --expose 77 --expose 78/udp"),
        made("rich-ports", "-p 80:80 --expose 81").rich(),
    ]
}

pub(crate) fn mounts() -> Vec<Case> {
    vec![
        made("volumes", "-v data:/data:ro -v more:/more -v raw:/raw:nocopy"),
        made_of("binds", &["-v", "/tmp:/host:ro,rslave", "-v", "/tmp:/it's here"]),
        made("anonymous", "-v /cache -v /more"),
        made("rich-anonymous", "-v /cache").rich(),
        made("rich-named", "-v data:/data").rich(),
        made(
            "mounts",
            "--mount type=bind,src=/usr,dst=/host,readonly,bind-propagation=rprivate,consistency=cached --mount type=volume,src=data,dst=/data,volume-nocopy",
        ),
        made("mount-anonymous", "--mount type=volume,dst=/data"),
        made(
            "mount-driver",
            "--mount type=volume,src=mem,dst=/mem,volume-driver=local,\"volume-opt=o=size=1m,uid=7\",volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-label=a=b",
        ),
        made(
            "mount-memory",
            "--mount type=tmpfs,dst=/mem,tmpfs-size=1048576,tmpfs-mode=1770",
        ),
        made_of(
            "mount-comma",
            &["--mount", "type=volume,src=data,\"dst=/a,b \"\"c\"\"\""],
        ),
        made(
            "mount-recursive",
            "--mount type=bind,src=/tmp,dst=/host,bind-recursive=disabled",
        )
        .lately(),
        made(
            "mount-writable",
            "--mount type=bind,src=/tmp,dst=/host,readonly,bind-recursive=writable",
        )
        .lately(),
        made("tmpfs", "--tmpfs /run --tmpfs /scratch:size=1m,mode=1777,noexec"),
        made("volumes-from", "--volumes-from provider:ro"),
        made("volume-driver", "--volume-driver local -v data:/data"),
        made("read-only", "--read-only --shm-size 1m"),
    ]
}

pub(crate) fn limits() -> Vec<Case> {
    vec![
        made("memory", "--memory 64m --memory-reservation 32m"),
        made("swap", "--memory 64m --memory-swap 100m"),
        made("swap-unlimited", "--memory 64m --memory-swap -1"),
        made("swappiness", "--memory-swappiness 0"),
        made("oom", "--oom-kill-disable --oom-score-adj -5 --memory 64m"),
        made("processors", "--cpus 0.75 --cpu-shares 512"),
        made("periods", "--cpu-period 50000 --cpu-quota 25000"),
        made("processor-set", "--cpuset-cpus 0 --cpuset-mems 0"),
        made("processes", "--pids-limit 100"),
        made("processes-unlimited", "--pids-limit -1"),
        made(
            "ulimits",
            "--ulimit nofile=100:200 --ulimit core=0 --ulimit memlock=-1:-1",
        ),
        made(
            "devices",
            "--device /dev/null --device /dev/zero:/dev/nil:r --device /dev/full:rw",
        ),
        made_of(
            "device-rule",
            &[
                "--device-cgroup-rule",
                "c 42:* rmw",
                "--device-cgroup-rule",
                "b 7:1 r",
            ],
        ),
        made("disks", "--blkio-weight 300"),
        made("gpus", "--gpus all"),
        made(
            "gpu-list",
            "--gpus \"device=0,GPU-1\",\"capabilities=compute,utility\",driver=nvidia,\"options=a=b,c=d\"",
        ),
        made("gpu-count", "--gpus 2"),
        made("cdi", "--device vendor.com/class=name").lately(),
    ]
}

pub(crate) fn security() -> Vec<Case> {
    vec![
        made("privileged", "--privileged"),
        made(
            "capabilities",
            "--cap-add NET_ADMIN --cap-add SYS_TIME --cap-drop ALL",
        ),
        made(
            "options",
            "--security-opt no-new-privileges --security-opt apparmor=unconfined --security-opt label=type:x_t",
        ),
        made(
            "unconfined",
            "--security-opt seccomp=unconfined --security-opt systempaths=unconfined",
        ),
        asked(
            "profile",
            json!({"HostConfig": {"SecurityOpt": ["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"x\":\"it's <\"}"]}}),
        ),
        made(
            "sysctls",
            "--sysctl net.ipv4.ip_forward=1 --sysctl kernel.shmmax=1024",
        ),
        made("spaces", "--pid host --uts host --ipc host --userns host"),
        made(
            "shared-spaces",
            "--pid container:provider --ipc container:provider",
        ),
        made("shareable", "--ipc shareable"),
        made("cgroup", "--cgroupns private --cgroup-parent /archlight-lab"),
        made("cgroup-host", "--cgroupns host"),
        made("isolation", "--isolation default --runtime runc"),
    ]
}
