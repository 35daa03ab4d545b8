// Where the reader is: what is open, and what was just done. Lost on reload, and no loss.
import type { Checklist, Container } from "./api";
import { Asking } from "./asking.svelte";

export type View = "containers" | "images" | "setup";

/** What a write is about: a container of the list, or one of which only a re-run's journal knows. */
export type Subject = Pick<Container, "id" | "name" | "kept_for"> & { undo_file?: string | null };

/** A sheet that stands before a write, or the one about the translator. */
export type Sheet =
  | { kind: "rerun"; container: Subject; platform: string | null }
  | { kind: "undo"; container: Subject }
  | { kind: "discard"; container: Subject }
  | { kind: "translator" };

/** A quiet line about what was done; `undo` is the container that can be put back. */
export type Notice = { text: string; undo: string | null };

export class Page {
  view = $state.raw<View>("containers");
  selected = $state.raw<string | null>(null);
  sheet = $state.raw<Sheet | null>(null);
  notice = $state.raw<Notice | null>(null);
  /** The last look at the set-up, kept while the reader is elsewhere. */
  readonly setup = new Asking<Checklist>();

  go(view: View): void {
    this.view = view;
    this.selected = null;
  }

  /** Opens a container, from wherever the reader is. */
  show(id: string): void {
    this.go("containers");
    this.selected = id;
  }

  /** A write is over: its sheet closes, and what is there now is shown. */
  done(selected: string | null, notice: Notice): void {
    this.sheet = null;
    this.selected = selected;
    this.notice = notice;
  }
}
