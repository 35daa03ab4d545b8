// Every text that the page itself says, so that it can be translated in one place.
// Texts about a container, a cause or a problem come from the other side.
const chipName = (name: string | null): string => name ?? "?";

/** A time of today as such, another one with its day. */
function moment(seconds: number): string {
  const at = new Date(seconds * 1000);
  const day =
    at.toDateString() === new Date().toDateString() ? {} : ({ day: "numeric", month: "short" } as const);
  return at.toLocaleString("en-GB", { ...day, hour: "2-digit", minute: "2-digit" });
}

export const words = {
  app: "Archlight",
  containers: "Containers",
  images: "Images",
  views: "Views",
  sample: "Sample",
  sampleHere: "This is the built-in sample engine. Nothing here runs, and nothing is changed.",
  sampleShort: "Nothing here runs.",
  sampleTranslator: "Sample engine",
  sampleTranslates: "Its foreign containers are shown as they are under Rosetta; nothing is translated here.",
  lookForEngine: "Look for an engine",
  tryAgain: "Try again",
  useSample: "Look around with the sample engine",
  back: "Back",
  close: "Close",
  cancel: "Cancel",
  dismiss: "Dismiss",
  copy: "Copy",
  copyCommand: "Copy command",
  copied: "Copied",
  copyFailed: "Could not copy",
  copyReport: "Copy as Markdown",
  refresh: "Refresh",
  windowFault: (what: string) => `The window could not reach Archlight: ${what}`,
  windowHint: "Quit Archlight and open it again",

  engine: {
    connecting: "Looking for an engine",
    connected: "Connected",
    lost: "Not answering",
    none: "No engine",
    line: (platform: string, version: string) => `${platform} · Engine ${version}`,
  },
  noEngine: "No engine answers",
  planAgain: "Look at its plan again: something has changed since",
  startEngine: "Start Docker Desktop or another runtime, then try again",
  refused: "The engine refused to talk to this user",
  lostBanner: "The engine stopped answering. This is what was last known.",
  lostReason: "The engine does not answer",

  crashedCount: (count: number) => `${count} crashed`,
  filter: {
    all: "All",
    crashed: "Crashed",
    emulated: "Emulated",
    native: "Native",
  },
  filterBy: "Show",
  search: (shortcut: string) => `${shortcut} Filter`,
  searchContainers: "Filter containers",
  searchImages: "Filter images",
  needsYou: "Needs you",
  others: "Others",
  compose: (project: string) => `${project} · compose`,
  keptForUndo: "Kept for undo",
  finding: "Finding out why",
  loading: "Loading",
  stillListing: "Still listing",
  noContainers: "No containers yet",
  noContainersHint: "Start one, and it shows here at once",
  noImages: "No images yet",
  noImagesHint: "Pull or build one, and it shows here at once",
  noMatch: "Nothing matches",
  clearFilter: "Clear the filter",

  state: {
    created: "Created",
    running: "Running",
    paused: "Paused",
    restarting: "Restarting",
    removing: "Being removed",
    exited: "Exited",
    dead: "Dead",
  } as Record<string, string>,
  crashed: "Crashed",
  runningBad: "Running, but not as it should",
  runningBut: (what: string) => `Running, but: ${what}`,
  emulatedState: "Running, emulated",

  chip: {
    native: chipName,
    emulated: (name: string | null) => `${chipName(name)} → translated`,
    impossible: (name: string | null) => `${chipName(name)} ✕`,
    unknown: (name: string | null) => (name === null ? "?" : `${name} ?`),
    holds: (claimed: string, held: string) => `${claimed} · holds ${held}`,
  },
  spoken: {
    native: (name: string | null) => `${name ?? "unknown platform"}, native`,
    emulated: (name: string | null) => `${name ?? "unknown platform"}, translated`,
    impossible: (name: string | null) => `${name ?? "unknown platform"}, cannot run here`,
    unknown: (name: string | null) =>
      name === null ? "platform not known" : `${name}, not known how it runs here`,
    holds: (claimed: string, held: string) => `labelled ${claimed}, holds ${held}`,
  },
  platformTitle: {
    native: (name: string | null, engine: string | null) =>
      `Built for ${name ?? "an unknown platform"}, which this engine${engine ? ` (${engine})` : ""} runs itself`,
    emulated: (name: string | null, engine: string | null) =>
      `Built for ${name ?? "an unknown platform"}; a translator runs it on this ${engine ?? ""} engine`,
    impossible: (name: string | null, engine: string | null) =>
      `Built for ${name ?? "an unknown platform"}; nothing on this ${engine ?? ""} engine translates it`,
    unknown: (name: string | null) =>
      name === null
        ? "Nothing tells for which platform it is built"
        : `Built for ${name}; not known how it runs here`,
    holds: (claimed: string, held: string) =>
      `The image says ${claimed}, and the program inside it is built for ${held}`,
  },

  whyTab: "Why it crashed",
  wrongTab: "What is wrong",
  statusTab: "Status",
  logsTab: "Logs",
  filesTab: "Files",
  tabs: "About this container",
  details: "Details",
  diagnosingImage: "Reading the image's files",
  imageNeverRan: "Read from its files; nothing was started",
  askImage: (wrong: boolean) => (wrong ? "Why not?" : "Would it start?"),
  askImageOf: (name: string, wrong: boolean) =>
    wrong ? `Why would ${name} not start?` : `Would ${name} start?`,
  diagnosing: "Reading the files that were to run",
  exitCode: (code: number) => `Exit code ${code}`,
  chain: "What the kernel tried to start",
  chainOfImage: "What the kernel would start",
  chainEmpty: "Nothing could be read of what it was to start.",
  links: { fine: "Fine", wrong: "Wrong", absent: "Not there", unknown: "Not read" },
  linkCommand: "the command as it is configured",
  allLinks: (count: number) => `Show all ${count} steps`,
  fewerLinks: "Show fewer",
  via: {
    env: "looked up by env",
    shell: "started by the shell",
    launcher: "started by a launcher such as tini",
    loader: "needed by the program",
    words: "named in the log",
    "health-check": "started for the health check",
  } as Record<string, string | undefined>,
  mount: {
    bind: (source: string, at: string) => `on ${at}, mounted from the folder ${source}`,
    volume: (source: string, at: string) => `on ${at}, the volume ${source}`,
    tmpfs: (_: string, at: string) => `on ${at}, which is memory`,
  } as Record<string, ((source: string, at: string) => string) | undefined>,
  mountOther: (_: string, at: string) => `on the mount ${at}`,
  likely: "Likely",
  likelyLog: "only the log says so, no bytes show it.",
  likelyImage: "whether something translates it shows only when it is started.",
  likelyWords: "only words say so, no bytes show it.",
  likelyStart: "what happens before shows only when it is started.",
  likelyBytes: "its bytes agree, and whether it ended of this is not certain.",
  proof: "The bytes that prove it",
  proofLine: "The line that they are",
  hidden: {
    nul: "NUL",
    tab: "tab",
    newline: "line feed",
    carriageReturn: "carriage return",
    escape: "escape",
    mark: "byte order mark",
  },
  lastLines: "The last it wrote",
  toLogs: "All of the log",
  lineNamed: "The line that shows it",
  evidence: "What shows it",
  remedies: "What you can do",
  showHow: "Show how",
  hideHow: "Show less",
  translatorHow: "How to turn it on…",
  rerun: "Re-run",
  rerunAs: (platform: string) => `Re-run as ${platform}`,
  rerunOffer: "Its settings, data and name stay, and it can be undone.",
  fact: {
    state: "State",
    platform: "Platform",
    actual: "Program inside",
    image: "Image",
    project: "Compose project",
    exit: "Exit code",
    id: "Id",
  },
  unknown: "Not known",
  runs: {
    native: "It runs natively.",
    emulated: "It is emulated: a translator runs every instruction, which is slower and sometimes fails.",
    impossible: "Nothing on this engine runs programs for its platform.",
    unknown: "It is not known how its platform runs here.",
  },

  logsEmpty: "It wrote nothing",
  logsLoading: "Reading the log",
  logsCount: (count: number) => (count === 1 ? "The last line" : `The last ${count} lines`),
  stderr: "err",
  stderrSpoken: "standard error",
  copyLog: "Copy log",
  searchLog: "Search the log",
  logsFound: (count: number, all: number) => `${count} of ${all} lines`,
  logsNothing: "No line has that in it",

  files: "The files that it was to start, and their first bytes",
  filesEmpty: "No file of it could be read.",
  file: {
    path: "Asked for",
    resolved: "Found at",
    format: "Format",
    size: "Size",
    platform: "Platform",
    mount: "Mount",
    via: "Asked by",
  },
  format: {
    elf: "ELF, a Linux program",
    script: "Script",
    "mach-o": "Mach-O, a macOS program",
    pe: "PE, a Windows program",
    text: "Text",
    empty: "Empty",
    directory: "Folder",
    missing: "Not there",
    other: "Something else",
  } as Record<string, string>,
  byKernel: "the kernel",

  keptTitle: "Kept for undo",
  keptHere: "A re-run replaced this container, and kept it as it was.",
  undoTitle: "The old container is kept",
  undoHere: "This container was re-run. The old one is kept until you discard it.",
  composeTitle: "Compose re-ran it",
  composeHere: (file: string) => `${file} says its platform. An undo takes that file back.`,
  interrupted: "A re-run was interrupted",
  takeBack: "Take it back…",
  finish: "Finish it…",
  undo: "Undo",
  undoMore: "Undo…",
  discard: "Discard",
  discardMore: "Discard the old one…",

  sheet: {
    title: (name: string, platform: string) => `Re-run ${name} as ${platform}?`,
    titleOpen: (name: string) => `Re-run ${name}?`,
    lead: "The container is renamed and kept until you discard it. Nothing is deleted.",
    planning: "Working out what would change",
    platform: "Platform",
    kept: "Kept as it is",
    mounts: "Mounted as before",
    service: "The same as a Compose file",
    everything: "everything else",
    steps: "What is done, in order",
    command: "The same as a command",
    changes: "What changes",
    warnings: "To know before",
    blockers: "Why it cannot be done",
    blocked: "It cannot be done for the reason above",
    unplanned: "There is no plan yet",
    running: "Re-running",
    leadCompose: (service: string, project: string) =>
      `Compose makes the service ${service} of ${project} anew, as one more file says. An undo takes that file back.`,
    file: (file: string) => `The file ${file}`,
    byHand: "Re-create by hand instead",
    copyVolumes: "Copy its volumes first, and use the copies",
    done: (name: string, platform: string) => `${name} runs as ${platform} now.`,
    doneState: (name: string, platform: string, state: string) =>
      `${name} was re-run as ${platform} and is ${state} now.`,
    isKept: "The old one is kept.",
    inFile: (file: string) => `${file} says so.`,
    surprises: (fields: string) => `These settings differ though the plan did not say so: ${fields}.`,
  },
  chosen: {
    count: (count: number) => (count === 1 ? "1 container selected" : `${count} containers selected`),
    rerun: (count: number) => (count === 1 ? "Re-run 1 container…" : `Re-run ${count} containers…`),
    rerunNone: "Re-run…",
    lead: (left: number) =>
      `They are planned together, and nothing is done before you say yes.${words.chosen.leftOut(left)}`,
    leftOut: (left: number) => {
      if (left === 0) return "";
      return left === 1
        ? " One has no other platform to be re-run for."
        : ` ${left} have no other platform to be re-run for.`;
    },
    none: "None of them has another platform to be re-run for",
    to: (from: string, to: string) => `${from} → ${to}`,
    nothing: "No other platform is worth a re-run",
    kept: "Kept for undo",
    selected: "What is selected",
  },
  several: {
    title: (count: number) => (count === 1 ? "Re-run 1 container?" : `Re-run ${count} containers?`),
    lead: "They are re-run one after the other. What they were is kept until you discard it; one that fails is put back as it was, and the others go on.",
    planning: (count: number, all: number) => `Working out what would change: ${count} of ${all}`,
    plans: "Each container",
    unplanned: "Not planned yet",
    changes: (count: number) => (count === 1 ? "1 change" : `${count} changes`),
    warnings: (count: number) => (count === 1 ? "1 to know before" : `${count} to know before`),
    leftOut: "Left out",
    leftOutCount: (count: number) =>
      count === 1
        ? "One of them cannot be re-run. It is left out, and nothing is done with it."
        : `${count} of them cannot be re-run. They are left out, and nothing is done with them.`,
    noneLeft: "None of them can be re-run, for the reasons above",
    together: (name: string) => `Compose makes it anew together with ${name}`,
    pullNothing: "Nothing needs to be pulled.",
    pull: (size: string, builds: number) =>
      builds === 1 ? `To pull: ${size} at most.` : `To pull: ${size} at most, for ${builds} images.`,
    pullSome: (size: string, unknown: number) =>
      unknown === 1
        ? `To pull: ${size} at most, and an image whose size is not known.`
        : `To pull: ${size} at most, and ${unknown} images whose sizes are not known.`,
    pullUnknown: (builds: number) =>
      builds === 1
        ? "To pull: an image whose size is not known."
        : `To pull: ${builds} images whose sizes are not known.`,
    go: (count: number) => (count === 1 ? "Re-run 1 container" : `Re-run ${count} containers`),
    goNone: "Re-run",
    busy: "Others are being re-run",
    running: (place: number, all: number) => `Re-running ${place} of ${all}`,
    ended: (done: number, all: number) =>
      done === all
        ? all === 1
          ? "It was re-run"
          : `All ${all} were re-run`
        : `${done} of ${all} ${done === 1 ? "was" : "were"} re-run`,
    and: (failed: number, stopped: number) =>
      [
        failed === 0 ? "" : `${failed} could not be`,
        stopped === 0 ? "" : `${stopped} ${stopped === 1 ? "was" : "were"} not begun`,
      ]
        .filter((it) => it !== "")
        .join(", "),
    step: (container: string, step: string) => `${container}: ${step}`,
    results: "What came of each",
    progress: "How many are over",
    waiting: "Waits for its turn",
    stopped: "It was not begun, and is as it was.",
    asItWas: "It is as it was.",
    undone: "It was taken back, and is as it was.",
    undoOf: (name: string) => `Undo the re-run of ${name}`,
    stop: "Stop after this one",
    stopping: "It stops after the one that is under way",
    goesOn: "Closing this stops nothing.",
    show: "Show",
    failed: "Failed",
    done: "Done",
  },
  undoSheet: {
    title: (name: string) => `Undo the re-run of ${name}?`,
    lead: "The old container gets its name back and is started if it ran. The new one is removed, with what it wrote outside its volumes.",
    leadFile: (file: string) =>
      `${file} is taken back, and Compose makes the service as it was. What the container wrote outside its volumes is lost.`,
    go: "Undo the re-run",
    done: (name: string) => `${name} is back as it was.`,
  },
  discardSheet: {
    title: (name: string) => `Discard the old ${name}?`,
    lead: "The kept container is removed, with what it wrote outside its volumes. The re-run can then not be undone.",
    leadFile: (file: string) => `${file} stays and is yours. The re-run can then not be undone.`,
    go: "Discard it",
    done: (name: string) => `The old ${name} is gone.`,
    doneFile: (file: string) => `${file} stays.`,
  },
  working: "Working",

  platforms: "Platforms",
  onlyNamed: "named only",
  onlyNamedTitle: (platform: string) => `${platform}: the index names it, its content is not here`,
  localTitle: (platform: string) => `${platform}: its content is here`,
  untagged: "Untagged",
  more: (count: number) => `+${count} more`,
  runsHere: {
    native: "native",
    emulated: "translated",
    impossible: "cannot run here",
    unknown: "not known",
  },
  unknownSize: "size not known",

  rosetta: {
    on: "Rosetta is on by settings",
    off: "Rosetta is off by settings",
    impossible: "Rosetta cannot be used here",
    "not-needed": "Rosetta is not needed here",
    unknown: "Rosetta: not known",
  } as Record<string, string>,
  rosettaProbed: { on: "Rosetta is on", off: "Rosetta is not used" } as Record<string, string>,
  rosettaUnread: "Rosetta: not read yet",
  rosettaAsks: "Reading Docker Desktop's settings may make macOS ask for permission.",
  rosettaCheck: "Check Rosetta",
  rosettaCheckAgain: "Check again",
  rosettaReading: "Reading the settings",
  rosettaSteps: (state: string) => (state === "off" ? "How to turn it on" : "What you can do"),
  rosettaLocked: "An administrator decides this.",
  turn: {
    open: { on: "Turn Rosetta on…", off: "Turn Rosetta off…", back: "Undo the last change…" },
    title: { on: "Turn Rosetta on?", off: "Turn Rosetta off?", back: "Undo the last change of Rosetta?" },
    go: { on: "Turn on", off: "Turn off", back: "Undo" },
    planning: "Looking at what would change",
    unplanned: "There is no plan yet",
    refused: "It cannot be done for the reason above",
    working: "Changing the setting",
    lead: (runtime: string) => `This is what changes in ${runtime}. It can be undone.`,
    leadBack: (runtime: string) => `This puts the setting of ${runtime} back as it was.`,
    already: (runtime: string) => `Nothing has to be changed in ${runtime}.`,
    file: "File",
    backup: "Kept as",
    diff: "The lines that change",
    commands: "What is run, in order",
    by: "How",
    ways: {
      backend: "told through its own socket, and read back",
      file: "written while it does not run",
      commands: "by its own commands",
    } as Record<string, string>,
    absent: "not there",
    warnings: "To know before",
    refusals: "Why it is not done here",
    byHand: "What you can do",
    restart: (runtime: string) => `Restart ${runtime} now`,
    stops: (names: string) => `These running containers stop: ${names}`,
    stopsNone: "No container is running.",
    done: (runtime: string, state: string) => `Done. By the settings of ${runtime}, Rosetta is ${state} now.`,
    restarted: (runtime: string) => `${runtime} was restarted.`,
  },
  probed: "What runs foreign programs",
  probe: "Find out what runs foreign programs",
  probeAgain: "Probe again",
  probing: "Running a small program",
  probedAt: (seconds: number) => `Measured ${moment(seconds)}.`,
  probedWithout: (features: string[]) => `Without ${features.map((it) => it.toUpperCase()).join(" and ")}.`,
  translator: "Translator",
  translatorMore: "Details of the translator",
};

/** `text` with its first letter as sentences have it. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A word such as `missing-loader` as people write it; a sentence stays as it is. */
export const plain = (word: string): string => (word.includes(" ") ? word : word.replaceAll("-", " "));
