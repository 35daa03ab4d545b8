// What a re-run came to, in one line.
import type { RerunDone } from "./api";
import type { Notice } from "./page.svelte";
import { words } from "./words";

/** The line after a re-run; settings that changed though the plan did not say so are named. */
export function outcome(done: RerunDone): Notice {
  const { container, to, state, differences, new_id } = done;
  const surprises = differences.filter((it) => !it.expected).map((it) => it.field);
  const after = done.by_compose ? words.sheet.inFile(done.by_compose.file) : words.sheet.isKept;
  const how =
    state === "running"
      ? words.sheet.done(container, to)
      : words.sheet.doneState(container, to, words.state[state]?.toLowerCase() ?? state);
  const said = `${how} ${after}`;
  const text = surprises.length === 0 ? said : `${said} ${words.sheet.surprises(surprises.join(", "))}`;
  return { text, undo: new_id };
}
