// Where the reader is: what is open, and what was just done. Lost on reload, and no loss.
import type { Checklist, Container, Turn } from "./api";
import { Asking } from "./asking.svelte";

export type View = "containers" | "images" | "setup";

/** What a write is about: a container of the list, or one of which only a re-run's journal knows. */
export type Subject = Pick<Container, "id" | "name" | "kept_for"> & {
  undo_file?: string | null;
  only_new?: boolean;
};

/**
 * A sheet that stands before a write, or the one about the translator, from which one comes. Without containers, `several`
 * shows what goes on.
 */
export type Sheet =
  | { kind: "rerun"; container: Subject; platform: string | null }
  | { kind: "several"; containers: Container[] }
  | { kind: "undo"; container: Subject; from?: Sheet }
  | { kind: "discard"; container: Subject }
  | { kind: "translator" }
  | { kind: "turn"; turn: Turn };

/** A quiet line about what was done; `undo` is the container that can be put back. */
export type Notice = { text: string; undo: string | null };

export class Page {
  view = $state.raw<View>("containers");
  /** The container that is open. */
  selected = $state.raw<string | null>(null);
  /** The containers that are selected together, while none is open. */
  chosen = $state.raw<readonly string[]>([]);
  sheet = $state.raw<Sheet | null>(null);
  notice = $state.raw<Notice | null>(null);
  /** The last look at the set-up, kept while the reader is elsewhere. */
  readonly setup = new Asking<Checklist>();

  go(view: View): void {
    this.view = view;
    this.open(null);
  }

  /** Opens one container, or none; what was selected together is not any more. */
  open(id: string | null): void {
    this.selected = id;
    this.chosen = [];
  }

  /** Selects several together. */
  choose(ids: readonly string[]): void {
    this.selected = null;
    this.chosen = ids;
  }

  /** Opens a container, from wherever the reader is. */
  show(id: string): void {
    this.go("containers");
    this.open(id);
  }

  /** A write is over: its sheet gives way to the one that it came from, and what is there now is shown. */
  done(selected: string | null, notice: Notice, next: Sheet | null = null): void {
    this.sheet = next;
    this.open(selected);
    this.notice = notice;
  }
}
