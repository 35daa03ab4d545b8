// What of a problem can be done in a window: its hint may name options that only a command line has.
import type { Problem } from "./api";
import { words } from "./words";

const NO_RUNTIME = ["no-engine", "engine-unreachable"];

/** Whether nothing runs that could answer. */
export const noRuntime = (problem: Problem): boolean => NO_RUNTIME.includes(problem.kind);

/** What the reader of a window can do about it. */
export function hintOf(problem: Problem): string {
  if (noRuntime(problem)) return words.startEngine;
  return problem.kind === "not-safe" ? words.planAgain : problem.hint;
}
