// A plausible engine on an arm64 Mac, for the tests and for a plain browser. Never in a build.
import type {
  Container,
  Diagnosis,
  Engine,
  Host,
  Image,
  LogLine,
  Problem,
  RerunPlan,
  Rosetta,
  Snapshot,
  Translation,
} from "./api";

const ELF = "7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 3e 00 01 00 00 00";

/** A full id of 64 hexadecimal digits, the same for the same text. */
export function id(text: string): string {
  let digits = "";
  for (let seed = 7; digits.length < 64;) {
    for (const letter of text) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) >>> 0;
    digits += seed.toString(16).padStart(8, "0");
  }
  return digits.slice(0, 64);
}

export function container(name: string, image: string, more: Partial<Container> = {}): Container {
  return {
    id: id(name),
    name,
    image,
    platform: "linux/arm64",
    translation: "native",
    state: "running",
    exit_code: null,
    compose_project: null,
    cause: null,
    summary: null,
    actual: null,
    status: "Up 2 days",
    crashed: false,
    kept_for: null,
    undo_to: null,
    rerun_platform: null,
    ...more,
  };
}

const crash = (exit_code: number, cause: string, summary: string): Partial<Container> => ({
  state: "exited",
  crashed: true,
  exit_code,
  cause,
  summary,
  status: `Exited (${exit_code}) 12 seconds ago`,
});

const emulated: Partial<Container> = { platform: "linux/amd64", translation: "emulated" };
const shop: Partial<Container> = { compose_project: "shop", status: "Up 3 hours" };

export const containers = (): Container[] => [
  container("legacy-api", "acme/legacy-api:2.3", {
    ...crash(133, "mislabelled-image", "Wrong architecture: /app/server is amd64 inside an arm64 image"),
    actual: "linux/amd64",
    rerun_platform: "linux/amd64",
  }),
  container("worker", "acme/worker:dev", {
    ...crash(255, "crlf-line-endings", "entrypoint.sh ends its first line with CRLF"),
  }),
  container("edge-probe", "acme/edge-probe:riscv", {
    ...crash(255, "wrong-architecture", "The image is for riscv64, and nothing here runs that"),
    platform: "linux/riscv64",
    translation: "impossible",
  }),
  container("shop-web-1", "nginx:1.29", shop),
  container("shop-db-1", "mysql:5.7", { ...shop, ...emulated }),
  container("shop-cache-1", "redis:7", { ...shop, ...emulated, rerun_platform: "linux/arm64" }),
  container("shop-search-1", "acme/search:5", { ...shop, undo_to: id("shop-search-1-kept") }),
  container("shop-search-1.archlight-kept", "acme/search:5", {
    ...shop,
    ...emulated,
    id: id("shop-search-1-kept"),
    state: "exited",
    exit_code: 0,
    status: "Exited (0) 5 minutes ago",
    kept_for: id("shop-search-1"),
  }),
  container("pg", "postgres:17"),
  container("etl-2026-11", "acme/etl:14", { state: "exited", exit_code: 0, status: "Exited (0) yesterday" }),
  container("mailpit", "axllent/mailpit"),
  container("batch", "acme/batch:nightly", { state: "paused", status: "Up 4 hours (Paused)" }),
  container("mystery", "3f9c1d20b7aa", {
    platform: null,
    translation: "unknown",
    state: "created",
    status: "Created",
  }),
  container(
    "a-name-that-somebody-generated-from-a-branch-and-a-ticket-and-a-date-2026-11-24t10-31-07z-feature-really-long",
    "registry.internal.example.com:5000/platform/teams/payments/services/settlement-reconciliation-worker:2026.11.24-rc.7-g0d1e2f3",
    { status: "Up 9 minutes" },
  ),
];

const image = (
  digest: string,
  references: string[],
  size: number,
  translation: Translation,
  ...platforms: string[]
): Image => ({
  id: `sha256:${id(digest)}`,
  references,
  size,
  translation,
  cause: null,
  summary: null,
  platforms: platforms.map((it) => ({ platform: `linux/${it.replace("?", "")}`, local: !it.endsWith("?") })),
});

export const images = (): Image[] => [
  image("a1", ["acme/legacy-api:2.3"], 84_000_000, "native", "arm64"),
  image("b2", ["nginx:1.29", "nginx:latest", "nginx:stable"], 192_400_000, "native", "arm64", "amd64?"),
  image("c3", ["mysql:5.7"], 501_000_000, "emulated", "amd64"),
  image("d4", ["redis:7"], 117_000_000, "emulated", "amd64", "arm64?", "arm/v7?", "ppc64le?", "s390x?"),
  image("e5", ["postgres:17", "postgres:latest"], 438_000_000, "native", "arm64", "amd64"),
  image("f6", ["acme/edge-probe:riscv"], 9_120_000, "impossible", "riscv64"),
  image("3f9c", [], 1_204_000_000, "unknown"),
  image(
    "77",
    [
      "registry.internal.example.com:5000/platform/teams/payments/services/settlement-reconciliation-worker:2026.11.24-rc.7-g0d1e2f3",
    ],
    3_870_000_000,
    "native",
    "arm64",
  ),
];

export const engine: Engine = {
  name: "Docker Desktop",
  version: "29.6",
  api_version: "1.52",
  platform: "linux/arm64",
  store: "containerd",
  runtime: "docker-desktop",
  sample: false,
};

export const rosetta: Rosetta = {
  state: "on",
  source: "settings-file",
  runtime: "docker-desktop",
  runtime_version: "4.91.0",
  vmm: "virtualization-framework",
  file: null,
  locked: false,
  why: "Docker Desktop 4.91 uses Rosetta for amd64 programs.",
  steps: [],
  conflicts: [],
};

/** As Archlight says it of a Mac where it can be turned on. */
export const rosettaOff: Rosetta = {
  ...rosetta,
  state: "off",
  file: "/Users/mia/Library/Group Containers/group.com.docker/settings-store.json",
  why: "`/Users/mia/Library/Group Containers/group.com.docker/settings-store.json` says `UseVirtualizationFrameworkRosetta: false`",
  steps: [
    "In Docker Desktop, open Settings → General",
    "Below `Apple Virtualization framework`, turn on `Use Rosetta for x86_64/amd64 emulation on Apple Silicon`",
    "Choose `Apply`, then restart Docker Desktop",
    "Expect the restart to stop running containers; those with a restart policy may come back by themselves",
  ],
  conflicts: [
    "Rosetta is not installed on this Mac, since `/Library/Apple/usr/libexec/oah/libRosettaRuntime` does not exist",
  ],
};

/** As Archlight says it of a Mac where it may not read the settings. */
export const rosettaUnknown: Rosetta = {
  ...rosettaOff,
  state: "unknown",
  why: "`/Users/mia/Library/Group Containers/group.com.docker/settings-store.json` may not be read, so Rosetta's state is not known",
  steps: [
    "To have `~/Library/Group Containers/group.com.docker/settings-store.json` read here, allow it when macOS asks for access to data from other apps, or in System Settings → Privacy & Security",
  ],
  conflicts: [],
};

/** As Archlight says it of a Linux host. */
export const rosettaNotNeeded: Rosetta = {
  ...rosetta,
  state: "not-needed",
  source: "default",
  runtime: "docker-engine",
  runtime_version: null,
  vmm: null,
  why: "Linux has no Rosetta; programs for other processors are translated there by what is registered in `binfmt_misc`, usually QEMU",
};

export const mac: Host = { os: "macos", architecture: "arm64", translated_process: false };
export const linux: Host = { os: "linux", architecture: "amd64", translated_process: false };

export const lost: Problem = {
  kind: "engine-unreachable",
  message: "`Docker Desktop` closed the connection.",
  hint: "Start the runtime, or choose another one with `--context` or `--host`",
};

export const none: Problem = {
  kind: "no-engine",
  message: "No Docker engine answers on this Mac.",
  hint: "Start Docker Desktop or another runtime, name one with `--host` or `--context`",
};

export const refused: Problem = {
  kind: "permission-denied",
  message: "`/var/run/docker.sock` may not be opened by this user.",
  hint: "Add yourself to the group `docker`, then log in again",
};

export const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  state: "connected",
  problem: null,
  engine,
  host: mac,
  rosetta,
  containers: containers(),
  images: images(),
  containers_complete: true,
  images_complete: true,
  ...more,
});

const link = { resolved: null, size: null, platform: null, fault: null, proof: null };

export const diagnosis = (of: Container): Diagnosis => ({
  subject: "container",
  container: of.name,
  image: of.image,
  exit_code: of.exit_code,
  platform: { claimed: of.platform, actual: of.actual },
  cause: of.cause ?? "unknown",
  confidence: of.cause === null ? "none" : "certain",
  summary: "The image says arm64, but the program inside it is built for amd64.",
  command: ["/docker-entrypoint.sh", "/app/server"],
  chain: [
    {
      ...link,
      role: "script",
      via: "kernel",
      mount: null,
      path: "/docker-entrypoint.sh",
      format: "script",
      detail: "script · #!/bin/sh · LF · executable",
    },
    {
      ...link,
      role: "interpreter",
      via: "kernel",
      mount: null,
      path: "/bin/sh",
      resolved: "/bin/busybox",
      format: "elf",
      platform: "linux/arm64",
      detail: "ELF 64-bit arm64, static",
    },
    {
      ...link,
      role: "program",
      via: "kernel",
      mount: null,
      path: "/app/server",
      format: "elf",
      platform: "linux/amd64",
      fault: "wrong-architecture",
      detail: "ELF 64-bit x86-64, needs /lib64/ld-linux-x86-64.so.2",
      proof: { hex: ELF, from: 18, to: 20, meaning: "e_machine = 0x3e, x86-64" },
    },
  ],
  evidence: [
    { kind: "log", text: "rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2" },
    { kind: "label", text: "The image's label says linux/arm64" },
  ],
  remedies: [
    {
      kind: "rerun-platform",
      title: "Re-run as linux/amd64",
      command: "docker run --platform linux/amd64 acme/legacy-api:2.3",
      why: "2.3 has an amd64 build. Name, ports, volumes, networks and env stay. You can undo it.",
      platform: "linux/amd64",
    },
    {
      kind: "use-newer-tag",
      title: "Use a newer native build",
      command: "docker pull acme/legacy-api:2.4",
      why: "2.4 has a real arm64 program, 84 MB, pushed 3 days ago",
      platform: null,
    },
    {
      kind: "fix-build",
      title: "Fix it where it is built",
      command: null,
      why: "Dockerfile line 7 copies a program that another machine built",
      platform: null,
    },
  ],
});

export const plan = (of: Container, to: string): RerunPlan => ({
  container: of.name,
  from: of.platform,
  to,
  steps: [
    `Pull ${of.image} for ${to}`,
    `Stop ${of.name} and rename it`,
    "Create the new container",
    "Connect its networks",
    "Start it and wait",
  ],
  changes: [
    { field: "image", from: of.image, to: of.image, why: "its build for that platform is pulled, 38 MB" },
    { field: "hostname", from: "9b1f02c7d3aa", to: "new container's id", why: "was the default" },
  ],
  warnings: [{ kind: "compose", text: "Compose made this container. Its next “up” would undo the change." }],
  blockers: [],
  command: `docker run -d --name ${of.name} --platform ${to} --network shop_default \\\n  --network-alias cache -p 127.0.0.1:6379:6379 -v 3f9c…a1:/data --restart unless-stopped ${of.image}`,
  kept: [
    "name",
    "2 ports",
    "1 volume",
    "1 network with 2 aliases",
    "6 variables",
    "restart policy",
    "11 labels",
  ],
});

export const lines = (): LogLine[] => [
  { stderr: false, time: "2026-11-24T10:31:05Z", text: "starting /app/server" },
  {
    stderr: true,
    time: "2026-11-24T10:31:06Z",
    text: "rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2",
  },
  { stderr: true, time: "2026-11-24T10:31:06Z", text: "Trace/breakpoint trap" },
];
