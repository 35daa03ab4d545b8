// An arm64 Mac with Docker Desktop, for the tests and for a plain browser. Never in a build. What a session says of the
// sample engine comes from it (`sample-data.json` is written by a test of `companion`); only what no sample can show is
// made by hand: problems, Rosetta's states, and rows that are hard to draw.
import type {
  ByCompose,
  Checklist,
  Container,
  Diagnosis,
  Engine,
  Host,
  Image,
  LogLine,
  Problem,
  RerunDone,
  RerunPlan,
  Rosetta,
  SettingChange,
  Snapshot,
  Translation,
  Translator,
  Turn,
  Way,
} from "./api";
import written from "./sample-data.json";

type Sample = {
  snapshot: Snapshot;
  translator: Translator;
  checklist: Checklist;
  diagnoses: Record<string, Diagnosis>;
  plans: Record<string, RerunPlan>;
  plans_by_hand: Record<string, RerunPlan>;
  logs: Record<string, LogLine[]>;
  rerun: { done: RerunDone; containers: Container[] };
};

/** A copy, so that nobody changes what another test is shown. */
const sample = (): Sample => structuredClone(written) as unknown as Sample;

/** The id of the sample's container of that name, else 64 hexadecimal digits that are the same for the same text. */
export function id(text: string): string {
  const known = sample().snapshot.containers.find((it) => it.name === text);
  return known?.id ?? made(text);
}

function made(text: string): string {
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
    undo_file: null,
    rerun_platform: null,
    ...more,
  };
}

const LONG =
  "registry.internal.example.com:5000/platform/teams/payments/services/settlement-reconciliation-worker:2026.11.24-rc.7-g0d1e2f3";

/** Rows that are hard to draw. */
const odd = (): Container[] => [
  container("mystery", "3f9c1d20b7aa", {
    platform: null,
    translation: "unknown",
    state: "created",
    status: "Created",
  }),
  container(
    "a-name-that-somebody-generated-from-a-branch-and-a-ticket-and-a-date-2026-11-24t10-31-07z-feature-really-long",
    LONG,
    { status: "Up 9 minutes" },
  ),
];

export const containers = (): Container[] => [...sample().snapshot.containers, ...odd()];

/** After `shop-cache-1` was re-run: the new one and what was kept of the old one are among them. */
export const rerunContainers = (): Container[] => sample().rerun.containers;
export const rerunDone = (): RerunDone => sample().rerun.done;

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
  platforms: platforms.map((it) => ({ platform: `linux/${it.replace("?", "")}`, local: !it.endsWith("?") })),
  cause: null,
  summary: null,
});

export const images = (): Image[] => [
  ...sample().snapshot.images,
  image(
    "tools",
    ["acme/tools:2", "acme/tools:latest", "acme/tools:stable"],
    192_400_000,
    "native",
    "arm64",
    "amd64?",
  ),
  image("many", ["acme/many:1"], 117_000_000, "native", "arm64", "amd64?", "arm/v7?", "ppc64le?", "s390x?"),
  image("alien", ["acme/alien:1"], 9_120_000, "impossible", "riscv64"),
  image("3f9c", [], 1_204_000_000, "unknown"),
  image("77", [LONG], 3_870_000_000, "native", "arm64"),
];

const connected = sample().snapshot;
if (connected.engine === null) throw new Error("the sample has no engine");
export const engine: Engine = connected.engine;

/** What was found out on the sample engine. */
export const translator: Translator = sample().translator;

export const rosetta: Rosetta = {
  state: "on",
  turns_on_here: false,
  source: "settings-file",
  confidence: "likely",
  decides: "settings",
  works: null,
  runtime: "docker-desktop",
  instance: null,
  runtime_version: "4.91.0",
  vmm: "virtualization-framework",
  file: null,
  key: null,
  value: null,
  socket: "/Users/mia/.docker/run/docker.sock",
  locked: false,
  why: "Docker Desktop 4.91 uses Rosetta for amd64 programs.",
  steps: [],
  conflicts: [],
  unseen: [],
  probed: null,
  runtimes: [],
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

/** What Archlight says of a running Docker Desktop that is turned on or off. */
export function settingChange(turn: Turn, more: Partial<SettingChange> = {}): SettingChange {
  const key = "UseVirtualizationFrameworkRosetta";
  const to = turn === "on";
  const file = "/Users/mia/Library/Group Containers/group.com.docker/settings-store.json";
  return {
    aim: turn === "back" ? "before" : turn,
    runtime: "docker-desktop",
    title: "Docker Desktop",
    machine: null,
    runtime_version: "4.91.0",
    state: to ? "off" : "on",
    way: "file",
    file,
    key,
    from: !to,
    to,
    diff: `--- ${file}\n+++ ${file}\n@@ -16,1 +16,1 @@\n-  "${key}": ${!to}\n+  "${key}": ${to}\n`,
    commands: [],
    warnings: [],
    refusals: [],
    steps: [],
    restart: {
      how: "next-start",
      commands: [],
      text: "It counts from the next start of Docker Desktop, which does not run now",
      done: false,
    },
    stops: null,
    backup: `${file}.archlight-backup`,
    already: false,
    applied: false,
    state_after: null,
    seal: `seal-${turn}`,
    ...more,
  };
}

/** As Archlight says it of a Docker Desktop that runs. */
export const runningChange = (turn: Turn): SettingChange =>
  settingChange(turn, {
    way: "backend",
    file: null,
    key: "useVirtualizationFrameworkRosetta",
    diff: "",
    backup: null,
    stops: ["db", "web"],
    warnings: [
      {
        kind: "stops-containers",
        text: "The restart that it needs stops all running containers; those with a restart policy may come back by themselves",
      },
    ],
    restart: {
      how: "commands",
      commands: ["docker desktop restart"],
      text: "It counts once Docker Desktop is restarted, which stops all running containers",
      done: false,
    },
  });

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

export const mac: Host = connected.host;
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
  ...sample().snapshot,
  rosetta,
  translator,
  interrupted: [],
  several: null,
  containers: containers(),
  images: images(),
  ...more,
});

/** What the session says of it; of a container that the sample does not hold, what it says of `legacy-api`. */
export function diagnosis(of: Container): Diagnosis {
  const { diagnoses } = sample();
  const said = diagnoses[of.name] ?? diagnoses["legacy-api"];
  if (!said) throw new Error("the sample has no diagnosis");
  return { ...said, container: of.name, image: of.image };
}

/** The session's plan; for a container or a platform that the sample does not plan, that of `shop-cache-1` by hand. */
export function plan(of: Container, to: string, way: Way = "by-hand"): RerunPlan {
  const { plans, plans_by_hand } = sample();
  const known = (way === "usual" ? plans : plans_by_hand)[of.name];
  const said = known?.to === to ? known : plans_by_hand["shop-cache-1"];
  if (!said) throw new Error("the sample has no plan");
  return { ...said, container: of.name, from: of.platform, to };
}

/** What is said of a Mac's files, with the sample as its engine. */
export const checklist = (more: Partial<Checklist> = {}): Checklist => ({ ...sample().checklist, ...more });

/** What no sample has: the files of a Compose project on this disk. */
export const byCompose: ByCompose = {
  file: "/Users/ada/shop/compose.override.yaml",
  content: 'services:\n  "cache":\n    platform: "linux/arm64"\n',
  command: "docker compose -p shop --project-directory /Users/ada/shop up -d --no-deps --no-build cache",
  project: "shop",
  service: "cache",
  later: "Each later `docker compose up` takes the file by itself",
};

export const lines = (of: Container): LogLine[] => sample().logs[of.name] ?? [];
