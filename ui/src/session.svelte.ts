// What the channel sent, kept by key. Nothing here is decided by the page.
import { SvelteMap } from "svelte/reactivity";
import type {
  Became,
  Container,
  Engine,
  EngineState,
  Host,
  Image,
  Interrupted,
  Problem,
  Progress,
  Rosetta,
  Several,
  Snapshot,
  Translator,
  Update,
} from "./api";

/** Steps of a re-run that are kept for the sheet; a re-run has about ten. */
const MOST_STEPS = 100;

export class Session {
  state = $state.raw<EngineState>("connecting");
  problem = $state.raw<Problem | null>(null);
  engine = $state.raw<Engine | null>(null);
  host = $state.raw<Host | null>(null);
  rosetta = $state.raw<Rosetta | null>(null);
  translator = $state.raw<Translator | null>(null);
  probing = $state.raw(false);
  containersComplete = $state.raw(false);
  imagesComplete = $state.raw(false);
  progress = $state.raw<Progress[]>([]);
  interrupted = $state.raw<Interrupted[]>([]);
  several = $state.raw<Several | null>(null);
  readonly containers = new SvelteMap<string, Container>();
  readonly images = new SvelteMap<string, Image>();

  /** The engine's platform: what is native is asked of it, never assumed. */
  get platform(): string | null {
    return this.engine?.platform ?? null;
  }

  /** Takes in one message of the channel. */
  readonly apply = (update: Update): void => {
    switch (update.kind) {
      case "snapshot":
        return this.#replace(update);
      case "container":
        return void this.containers.set(update.container.id, update.container);
      case "removed":
        return void this.containers.delete(update.id);
      case "image":
        return void this.images.set(update.image.id, update.image);
      case "image-removed":
        return void this.images.delete(update.id);
      case "complete":
        this.containersComplete = update.containers;
        this.imagesComplete = update.images;
        return;
      case "engine":
        this.state = update.state;
        this.engine = update.engine ?? this.engine;
        this.problem = update.problem;
        return;
      case "progress":
        this.progress = [...this.progress, update].slice(-MOST_STEPS);
        return;
      case "interrupted":
        this.interrupted = update.reruns;
        return;
      case "several":
        this.several = update.several;
        return;
      case "one-of-several":
        return this.#oneOfSeveral(update.place, update.became);
      case "rosetta":
        this.rosetta = update.rosetta;
        return;
      case "translator":
        this.translator = update.translator;
        this.probing = update.probing;
        return;
    }
  };

  /** The channel itself could not be opened. */
  readonly fail = (problem: Problem): void => {
    this.state = "lost";
    this.problem = problem;
  };

  /** Before a re-run: what an earlier one said is over. */
  forgetProgress(): void {
    this.progress = [];
  }

  #oneOfSeveral(place: number, became: Became): void {
    if (this.several === null) return;
    const reruns = this.several.reruns.map((each, at) => (at === place ? { ...each, became } : each));
    this.several = { ...this.several, reruns };
  }

  #replace(all: Snapshot): void {
    this.state = all.state;
    this.problem = all.problem;
    this.engine = all.engine;
    this.host = all.host;
    this.rosetta = all.rosetta;
    this.translator = all.translator;
    this.probing = all.probing;
    this.interrupted = all.interrupted ?? [];
    this.several = all.several;
    this.containersComplete = all.containers_complete;
    this.imagesComplete = all.images_complete;
    this.containers.clear();
    for (const container of all.containers) this.containers.set(container.id, container);
    this.images.clear();
    for (const image of all.images) this.images.set(image.id, image);
  }
}
