// Several re-runs: their plans before one yes, and how far they are after it.
import {
  planRerun,
  type EachRerun,
  type OneOfSeveral,
  type RerunOptions,
  type RerunPlan,
  type Several,
} from "./api";
import { Asking } from "./asking.svelte";
import type { Offered } from "./selection";
import { words } from "./words";

/** One container's plan, and whether it is carried out with the others. */
export class EachPlan {
  readonly asking = new Asking<RerunPlan>();
  /** What was chosen otherwise than is usual. */
  #choice = $state.raw<Partial<RerunOptions>>({});

  constructor(
    readonly container: Offered,
    readonly others: SeveralPlans,
  ) {}

  get options(): RerunOptions {
    return { platform: this.container.rerun_platform, way: "usual", volumes: "shared", ...this.#choice };
  }

  get plan(): RerunPlan | null {
    return this.asking.busy ? null : this.asking.value;
  }

  /** Whether it waits for its plan. */
  get open(): boolean {
    return this.asking.busy || (this.asking.value === null && this.asking.problem === null);
  }

  /** Why nothing is done for it, `null` when something is, or as long as that is not known. */
  get left(): string | null {
    if (this.open) return null;
    if (this.asking.problem) return this.asking.problem.message;
    const first = this.others.sharing(this);
    return this.plan?.blockers[0]?.text ?? (first && words.several.together(first.container.name));
  }

  ask(choice: Partial<RerunOptions> = {}): Promise<unknown> {
    this.#choice = { ...this.#choice, ...choice };
    return this.asking.ask(() => planRerun(this.container.id, this.options));
  }
}

/** What a plan pulls at most, each build once. */
export type ToPull = { bytes: number; builds: number; unknown: number };

export class SeveralPlans {
  readonly each: readonly EachPlan[];
  #ended = false;

  constructor(containers: readonly Offered[]) {
    this.each = containers.map((container) => new EachPlan(container, this));
  }

  /** Asks for one plan after the other, so that the first can be read while others come. */
  async ask(): Promise<void> {
    for (const each of this.each) {
      if (this.#ended) return;
      await each.ask();
    }
  }

  /** Nobody waits any more. */
  end(): void {
    this.#ended = true;
  }

  get open(): boolean {
    return this.each.some((it) => it.open);
  }

  get planned(): number {
    return this.each.filter((it) => !it.open).length;
  }

  get wanted(): EachPlan[] {
    return this.each.filter((it) => it.plan !== null && it.left === null);
  }

  /** An earlier one that Compose makes anew together with this one: it makes all containers of a service. */
  sharing(one: EachPlan): EachPlan | null {
    const by = one.plan?.by_compose;
    if (!by) return null;
    const before = this.each.slice(0, this.each.indexOf(one));
    const same = (it: EachPlan) =>
      it.plan?.by_compose?.project === by.project && it.plan.by_compose.service === by.service;
    return before.find((it) => same(it) && it.plan?.blockers.length === 0) ?? null;
  }

  get pull(): ToPull {
    const pulls = this.wanted.flatMap((it) => it.plan?.pull ?? []);
    const sizes = [...new Map(pulls.map((it) => [it.reference, it.size])).values()];
    return {
      bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
      builds: sizes.length,
      unknown: sizes.filter((size) => size === null).length,
    };
  }

  get request(): OneOfSeveral[] {
    return this.wanted.map(({ container, plan, options }) => ({
      id: container.id,
      container: container.name,
      options: { ...options, platform: plan?.to ?? options.platform },
    }));
  }
}

const counted = (several: Several, ...states: EachRerun["became"]["state"][]): number =>
  several.reruns.filter((it) => states.includes(it.became.state)).length;

/** How far several re-runs are. */
export type HowFar = {
  all: number;
  ended: number;
  done: number;
  failed: number;
  stopped: number;
  over: boolean;
  now: EachRerun | null;
};

export function howFar(several: Several): HowFar {
  const all = several.reruns.length;
  const ended = counted(several, "done", "failed", "stopped");
  return {
    all,
    ended,
    done: counted(several, "done"),
    failed: counted(several, "failed"),
    stopped: counted(several, "stopped"),
    over: ended === all,
    now: several.reruns.find((it) => it.became.state === "running") ?? null,
  };
}

/** What is being done now, for which container. */
export function stepOf(now: EachRerun | null): string {
  if (now?.became.state !== "running") return words.sheet.running;
  return words.several.step(now.container, now.became.step ?? words.sheet.running);
}
