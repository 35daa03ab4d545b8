// Which rows are selected together.
import type { Container } from "./api";

/** Whether somebody holds the key that adds to a selection: ⌘ on a Mac, Ctrl elsewhere. */
export const adds = (event: MouseEvent | KeyboardEvent): boolean => event.metaKey || event.ctrlKey;

/** `ids` with `id` if it was not among them, else without it; in the order of the list, those that it does not show last. */
export function toggled(rows: readonly string[], ids: readonly string[], id: string): string[] {
  const now = ids.includes(id) ? ids.filter((it) => it !== id) : [...ids, id];
  const place = (it: string) => (rows.includes(it) ? rows.indexOf(it) : rows.length);
  return now.toSorted((a, b) => place(a) - place(b));
}

/** The rows from one to another, in the order of the list; the other alone when the one is not there. */
export function range(rows: readonly string[], from: string | null, to: string): string[] {
  const [start, end] = [from === null ? -1 : rows.indexOf(from), rows.indexOf(to)];
  if (start < 0) return [to];
  return rows.slice(Math.min(start, end), Math.max(start, end) + 1);
}

export type Offered = Container & { rerun_platform: string };

/** Whether a re-run for another platform is worth offering for it. */
export const isOffered = (container: Container): container is Offered =>
  container.rerun_platform !== null && container.kept_for === null;
