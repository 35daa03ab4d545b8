// What of a problem can be done in a window: its hint may name options that only a command line has.
import type { Problem } from "./api";
import { words } from "./words";

const NO_RUNTIME = ["no-engine", "engine-unreachable"];

/** What a window has where the command line has a command. */
const HINTS: Record<string, string> = { "not-safe": words.planAgain };

/** Whether nothing runs that could answer. */
export const noRuntime = (problem: Problem): boolean => NO_RUNTIME.includes(problem.kind);

/** What the reader of a window can do about it. */
export function hintOf(problem: Problem): string {
  if (noRuntime(problem)) return words.startEngine;
  return HINTS[problem.kind] ?? problem.hint;
}
