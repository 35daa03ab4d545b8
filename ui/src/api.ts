// The only door to the engine's side: every command, and the channel that the session listens to.
import { Channel } from "@tauri-apps/api/core";
import { commands, type Problem, type Update } from "./bindings";
import { words } from "./words";

export type * from "./bindings";

/** What a command gave: the value, or the one problem to show. */
export type Answer<T> = { value: T; problem?: never } | { value?: never; problem: Problem };

type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Problem };

async function answer<T>(outcome: Promise<Outcome<T>>): Promise<Answer<T>> {
  try {
    const result = await outcome;
    return result.status === "ok" ? { value: result.data } : { problem: result.error };
  } catch (error) {
    return { problem: { kind: "window", message: words.windowFault(String(error)), hint: words.windowHint } };
  }
}

/** Hands everything, then every change, to `listen`. */
export function subscribe(listen: (update: Update) => void): Promise<Answer<null>> {
  return answer(commands.subscribe(new Channel<Update>(listen)));
}

export const diagnose = (id: string) => answer(commands.diagnose(id));
export const logs = (id: string) => answer(commands.logs(id));
export const planRerun = (id: string, platform: string | null) => answer(commands.planRerun(id, platform));
export const rerun = (id: string, platform: string) => answer(commands.rerun(id, platform));
export const undo = (id: string) => answer(commands.undo(id));
export const discard = (id: string) => answer(commands.discard(id));
export const reconnect = () => answer(commands.reconnect());
export const useSample = () => answer(commands.useSample());

/** Puts text on the clipboard, and says whether that worked. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
