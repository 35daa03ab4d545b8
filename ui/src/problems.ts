// What of a problem can be done in a window: its hint may name options that only a command line has.
import type { Problem } from "./api";
import { words } from "./words";

const NO_RUNTIME = ["no-engine", "engine-unreachable"];

/** Whether nothing runs that could answer. */
export const noRuntime = (problem: Problem): boolean => NO_RUNTIME.includes(problem.kind);

/** What the reader of a window can do about it. */
export const hintOf = (problem: Problem): string => (noRuntime(problem) ? words.startEngine : problem.hint);
