// The only door to the engine's side: every command, the channel of the session, and what the menu bar asks for.
import { Channel } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import {
  commands,
  type OneOfSeveral,
  type Problem,
  type Protected,
  type RerunOptions,
  type Restarting,
  type Turn,
  type Update,
} from "./bindings";
import { words } from "./words";

export type * from "./bindings";

/** What a command gave: the value, or the one problem to show. */
export type Answer<T> = { value: T; problem?: never } | { value?: never; problem: Problem };

type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Problem };

const SHOW_CONTAINER = "show-container";

async function answer<T>(outcome: Promise<Outcome<T>>): Promise<Answer<T>> {
  try {
    const result = await outcome;
    return result.status === "ok" ? { value: result.data } : { problem: result.error };
  } catch (error) {
    return { problem: { kind: "window", message: words.windowFault(String(error)), hint: words.windowHint } };
  }
}

/** Hands everything, then every change, to `take`. */
export function subscribe(take: (update: Update) => void): Promise<Answer<null>> {
  return answer(commands.subscribe(new Channel<Update>(take)));
}

/**
 * Hands the id of each container that the menu bar wants shown to `show`, as long as the window is there. A window that
 * was opened for one has its id behind the `#` of its address: no event could have reached it before it was loaded.
 */
export function whenAskedToShow(show: (id: string) => void): Promise<Answer<null>> {
  const first = location.hash.slice(1);
  if (first !== "") show(first);
  const listening = listen<string>(SHOW_CONTAINER, ({ payload }) => show(payload));
  return answer(listening.then(() => ({ status: "ok", data: null })));
}

export const diagnose = (id: string) => answer(commands.diagnose(id));
export const diagnoseImage = (reference: string, platform: string | null) =>
  answer(commands.diagnoseImage(reference, platform));
export const lookAtImages = () => answer(commands.lookAtImages());
export const logs = (id: string) => answer(commands.logs(id));
export const planRerun = (id: string, options: RerunOptions) => answer(commands.planRerun(id, options));
export const rerun = (id: string, options: RerunOptions) => answer(commands.rerun(id, options));
export const rerunSeveral = (reruns: OneOfSeveral[]) => answer(commands.rerunSeveral(reruns));
export const stopSeveral = () => answer(commands.stopSeveral());
export const forgetSeveral = () => answer(commands.forgetSeveral());
export const undo = (id: string) => answer(commands.undo(id));
export const discard = (id: string) => answer(commands.discard(id));
export const rosetta = () => answer(commands.rosetta());
export const planTurn = (turn: Turn) => answer(commands.planTurn(turn, null));
export const turnRosetta = (turn: Turn, seal: string, restarting: Restarting) =>
  answer(commands.turn(turn, null, seal, restarting));
export const probe = () => answer(commands.probe());
export const probeOnce = () => answer(commands.probeOnce());
export const checklist = (settings: Protected) => answer(commands.checklist(settings));
export const reconnect = () => answer(commands.reconnect());
export const useSample = () => answer(commands.useSample());

/** Diagnoses as Markdown, to be copied; a problem is thrown. */
export const diagnosisMarkdown = (id: string) => orThrow(answer(commands.diagnosisMarkdown(id)));
export const imageMarkdown = (reference: string, platform: string | null) =>
  orThrow(answer(commands.imageMarkdown(reference, platform)));

/** The set-up checklist as Markdown; a problem is thrown. */
export const checklistMarkdown = () => orThrow(answer(commands.checklistMarkdown()));

async function orThrow<T>(asked: Promise<Answer<T>>): Promise<T> {
  const given = await asked;
  if (given.problem) throw new Error(given.problem.message);
  return given.value;
}

/** Puts text on the clipboard, and says whether that worked. What is still to come is handed over as a promise. */
export async function copy(text: string | (() => Promise<string>)): Promise<boolean> {
  try {
    await (typeof text === "string" ? navigator.clipboard.writeText(text) : copyLater(text()));
    return true;
  } catch {
    return false;
  }
}

/** A web view allows writing only while a press is fresh: a promise that is given to it in time may take longer. */
async function copyLater(text: Promise<string>): Promise<void> {
  if (typeof ClipboardItem === "undefined") return navigator.clipboard.writeText(await text);
  const blob = text.then((it) => new Blob([it], { type: "text/plain" }));
  await Promise.all([blob, navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })])]);
}
