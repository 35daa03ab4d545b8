// Answers in the place of Archlight, through Tauri's own mock: for tests, and for a plain browser.
import type { Channel } from "@tauri-apps/api/core";
import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type {
  Became,
  Container,
  Diagnosis,
  OneOfSeveral,
  Problem,
  ProbeReport,
  Protected,
  RerunDone,
  RerunOptions,
  RerunPlan,
  Restarting,
  Restored,
  Rosetta,
  SettingChange,
  Several,
  Snapshot,
  Turn,
  Update,
} from "./api";
import * as data from "./fake-data";

type Arguments = {
  id: string;
  reference: string;
  options: RerunOptions;
  reruns: OneOfSeveral[];
  turn: Turn;
  restarting: Restarting;
  settings: Protected;
  channel: Channel<Update>;
};
export type Answers = Record<string, (given: Arguments) => unknown>;

/** A stand-in session: it keeps a snapshot, changes it when asked, and says so on the channel. */
export class Fake {
  readonly calls: { command: string; given: Arguments }[] = [];
  /** Waits between the steps of a re-run; a test has none. */
  pause: () => Promise<unknown> = async () => {};
  #channels: Channel<Update>[] = [];

  constructor(
    public snapshot: Snapshot,
    readonly answers: Answers = {},
  ) {
    const answer = async (command: string, given: unknown) => this.#answer(command, given as Arguments);
    mockIPC(answer, { shouldMockEvents: true });
  }

  send(update: Update): void {
    if (update.kind === "container") this.#keep(update.container);
    for (const channel of this.#channels) channel.onmessage(update);
  }

  change(name: string, change: Partial<Container>): void {
    this.send({ kind: "container", container: { ...this.#named(name), ...change } });
  }

  /** The menu bar asks for a container. */
  readonly show = (id: string): Promise<void> => emit("show-container", id);

  times(command: string): number {
    return this.calls.filter((call) => call.command === command).length;
  }

  #answer(command: string, given: Arguments): unknown {
    this.calls.push({ command, given });
    const answer = this.answers[command] ?? this.#own[command];
    if (answer === undefined) throw new Error(`no such command: ${command}`);
    return answer(given);
  }

  readonly #own: Answers = {
    subscribe: ({ channel }) => {
      this.#channels = [channel];
      channel.onmessage({ kind: "snapshot", ...this.snapshot });
      return null;
    },
    diagnose: ({ id }) => data.diagnosis(this.#find(id)),
    diagnosis_markdown: ({ id }) => `### Diagnosis of \`${this.#find(id).name}\`\n`,
    diagnose_image: ({ reference }) => this.#diagnoseImage(reference),
    image_markdown: ({ reference }) => `### Diagnosis of \`${reference}\`\n`,
    look_at_images: () => null,
    logs: ({ id }) => data.lines(this.#find(id)),
    plan_rerun: ({ id, options }) => this.#plan(id, options),
    rerun: ({ id, options }) => this.#rerun(id, options),
    rerun_several: ({ reruns }) => this.#rerunSeveral(reruns),
    stop_several: () => this.snapshot.several && this.#show({ ...this.snapshot.several, stops: true }),
    forget_several: () => this.#show(null),
    undo: ({ id }) => this.#undo(id),
    discard: ({ id }) => this.#discard(id),
    rosetta: () => this.#readRosetta(),
    plan_turn: ({ turn }) => data.settingChange(turn),
    turn: ({ turn, restarting }) => this.#turn(turn, restarting),
    probe: () => this.#probe(),
    probe_once: () => null,
    checklist: () => data.checklist(),
    checklist_markdown: () => "### Set-up for containers\n",
    reconnect: () => this.#begin(data.snapshot()),
    use_sample: () =>
      this.#begin(data.snapshot({ engine: { ...data.engine, name: "Sample engine", sample: true } })),
  };

  async #probe(): Promise<ProbeReport> {
    this.send({ kind: "translator", translator: this.snapshot.translator, probing: true });
    await this.pause();
    const before = this.snapshot.translator?.foreign[0]?.at ?? 0;
    const foreign = data.translator.foreign.map((it) => ({ ...it, at: Math.max(it.at, before + 1) }));
    const translator = { ...data.translator, foreign };
    this.snapshot = { ...this.snapshot, translator };
    this.send({ kind: "translator", translator, probing: false });
    return translator;
  }

  #readRosetta(): Rosetta {
    const rosetta = this.snapshot.host.os === "linux" ? data.rosettaNotNeeded : data.rosettaOff;
    this.send({ kind: "rosetta", rosetta });
    return rosetta;
  }

  async #turn(turn: Turn, restarting: Restarting): Promise<SettingChange> {
    const plan = data.settingChange(turn);
    for (const step of [`Writing \`${plan.file}\``, ...plan.commands.map((it) => `Running \`${it}\``)]) {
      this.send({ kind: "progress", container: plan.title, step, fraction: null });
      await this.pause();
    }
    const rosetta = plan.to ? data.rosetta : data.rosettaOff;
    this.send({ kind: "rosetta", rosetta });
    const restart = plan.restart && { ...plan.restart, done: restarting === "now" };
    return { ...plan, restart, applied: true, state_after: rosetta.state };
  }

  #diagnoseImage(reference: string): Diagnosis {
    const image = this.snapshot.images.find((it) => it.references.includes(reference));
    const { id } = image ?? { id: "" };
    const of = data.container(reference, reference, { id, cause: "mislabelled-image" });
    const answer = { ...data.diagnosis(of), subject: "image" };
    const { cause, summary } = answer;
    if (image) this.send({ kind: "image", image: { ...image, cause, summary } });
    return answer;
  }

  #begin(snapshot: Snapshot): null {
    this.snapshot = snapshot;
    this.send({ kind: "snapshot", ...snapshot });
    return null;
  }

  #plan(id: string, { platform, way }: RerunOptions): RerunPlan {
    return data.plan(this.#find(id), platform ?? "linux/arm64", way);
  }

  async #rerun(id: string, options: RerunOptions) {
    const old = this.#find(id);
    const plan = this.#plan(id, options);
    const platform = plan.to;
    for (const [place, step] of plan.steps.entries()) {
      this.send({ kind: "progress", container: old.name, step, fraction: place / plan.steps.length });
      await this.pause();
    }
    const next = { ...data.container(old.name, old.image), id: data.id(`new-${old.name}`) };
    const kept = {
      ...old,
      name: `${old.name}.kept-for-${next.id.slice(0, 12)}`,
      kept_for: next.id,
      state: "exited",
    };
    this.send({ kind: "container", container: kept });
    const { compose_project } = old;
    const translation = platform === this.snapshot.engine?.platform ? "native" : "emulated";
    const made = { ...next, platform, translation, compose_project, undo_to: old.id } as const;
    this.send({ kind: "container", container: { ...made, status: "Up 1 second" } });
    return { ...plan, old_id: id, new_id: next.id, kept_as: kept.name, state: "running", differences: [] };
  }

  #show(several: Several | null): null {
    this.snapshot = { ...this.snapshot, several };
    this.send({ kind: "several", several });
    return null;
  }

  #became(place: number, became: Became): void {
    const { several } = this.snapshot;
    const reruns = several?.reruns.map((each, at) => (at === place ? { ...each, became } : each)) ?? [];
    this.snapshot = { ...this.snapshot, several: several && { ...several, reruns } };
    this.send({ kind: "one-of-several", place, became });
  }

  #rerunSeveral(wanted: OneOfSeveral[]): null {
    const each = ({ id, container, options }: OneOfSeveral) => {
      return { container, id, platform: options.platform };
    };
    const reruns = wanted.map((one) => ({ ...each(one), became: { state: "waiting" } as const }));
    this.#show({ reruns, stops: false });
    void this.#oneAfterTheOther(wanted);
    return null;
  }

  async #oneAfterTheOther(wanted: OneOfSeveral[]): Promise<void> {
    for (const [place, one] of wanted.entries()) {
      if (this.snapshot.several?.stops) this.#became(place, { state: "stopped" });
      else this.#became(place, await this.#oneOfSeveral(place, one));
    }
  }

  async #oneOfSeveral(place: number, one: OneOfSeveral): Promise<Became> {
    this.#became(place, { state: "running", step: "Making the new container", fraction: null });
    await this.pause();
    const rerun = this.answers["rerun"] ?? (() => this.#rerun(one.id, one.options));
    try {
      const done = (await rerun(one as unknown as Arguments)) as RerunDone;
      return { state: "done", done };
    } catch (problem) {
      return { state: "failed", problem: problem as Problem };
    }
  }

  #undo(id: string): Restored {
    const made = this.#find(id);
    const old = this.#find(made.undo_to ?? "");
    this.#remove(made.id);
    this.send({ kind: "container", container: { ...old, name: made.name, kept_for: null } });
    return { container: made.name, id: old.id, removed_id: made.id, state: old.state, file: null };
  }

  #discard(id: string): Restored {
    const made = this.#find(id);
    const removed = made.undo_to ?? "";
    this.#remove(removed);
    this.send({ kind: "container", container: { ...made, undo_to: null } });
    return { container: made.name, id, removed_id: removed, state: made.state, file: null };
  }

  #find(id: string): Container {
    const found = this.snapshot.containers.find((it) => it.id === id);
    const gone: Problem = { kind: "not-found", message: "It is gone.", hint: "Choose another" };
    if (!found) throw gone;
    return found;
  }

  #named(name: string): Container {
    return this.#find(this.snapshot.containers.find((it) => it.name === name)?.id ?? name);
  }

  #keep(container: Container): void {
    const others = this.snapshot.containers.filter((it) => it.id !== container.id);
    this.snapshot = { ...this.snapshot, containers: [...others, container] };
  }

  #remove(id: string): void {
    const containers = this.snapshot.containers.filter((it) => it.id !== id);
    this.snapshot = { ...this.snapshot, containers };
    this.send({ kind: "removed", id });
  }
}

const nothing = { containers: [], images: [] };
const unknown = { ...nothing, engine: null, rosetta: null, translator: null };
const STATES: Record<string, Partial<Snapshot>> = {
  lost: { state: "lost", problem: data.lost },
  none: { ...unknown, state: "lost", problem: data.none },
  refused: { ...unknown, state: "lost", problem: data.refused },
  empty: nothing,
  unasked: { rosetta: null },
  unprobed: { translator: null },
  off: { rosetta: data.rosettaOff },
  unread: { rosetta: data.rosettaUnknown },
  linux: { rosetta: null, host: data.linux },
  sample: { engine: { ...data.engine, name: "Sample engine", sample: true } },
  connecting: { ...unknown, state: "connecting", containers_complete: false, images_complete: false },
  loading: {
    containers: data.containers().slice(3, 6),
    images: [],
    containers_complete: false,
    images_complete: false,
  },
};

/** In a plain browser: `?state=lost`, `?text=200`, and `?press=…` with names of things to press, one after another. */
export function startFromAddress(search: string): void {
  const asked = new URLSearchParams(search);
  const fake = new Fake(data.snapshot(STATES[asked.get("state") ?? ""]));
  fake.pause = () => new Promise((done) => setTimeout(done, 900));
  document.documentElement.style.fontSize = asked.has("text") ? `${asked.get("text")}%` : "";
  const names = asked.get("press")?.split("|") ?? [];
  const pressing = setInterval(() => {
    const name = names.shift();
    if (name === undefined) return clearInterval(pressing);
    const all = [...document.querySelectorAll<HTMLElement>("button, summary")];
    all.findLast((it) => it.textContent.includes(name) || it.ariaLabel === name)?.click();
  }, 150);
}
