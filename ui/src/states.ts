// The state of a container as a shape and a word.
import type { Container } from "./api";
import { needsYou } from "./lists";
import { words } from "./words";

export type Look = "running" | "emulated" | "crashed" | "stopped" | "paused" | "busy";

const LOOKS: Record<string, Look> = {
  running: "running",
  paused: "paused",
  restarting: "busy",
  removing: "busy",
};

/** The dot of a container: its shape, and the word for those who cannot see it. */
export function dotOf(container: Container): { look: Look; word: string } {
  if (needsYou(container)) {
    return { look: "crashed", word: container.state === "running" ? words.runningBad : words.crashed };
  }
  if (container.state === "running" && container.translation === "emulated") {
    return { look: "emulated", word: words.emulatedState };
  }
  return {
    look: LOOKS[container.state] ?? "stopped",
    word: words.state[container.state] ?? container.state,
  };
}
