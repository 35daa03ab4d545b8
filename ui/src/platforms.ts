// How a platform is said in few words. Which one is foreign is the engine's to say.
import type { Container, Translation } from "./api";
import { words } from "./words";

export type Tone = "good" | "slow" | "bad" | "quiet";

/** What a chip shows, its colour's meaning, and the same in words. */
export type ChipFace = { text: string; tone: Tone; spoken: string; title: string };

/** `linux/arm64` as `arm64`; what is not for Linux keeps its name. */
export const short = (platform: string): string => platform.replace(/^linux\//, "");

const TONES: Record<Translation, Tone> = {
  native: "good",
  emulated: "slow",
  impossible: "bad",
  unknown: "quiet",
};

type Claims = Pick<Container, "platform" | "actual" | "translation">;

/** The chip of a container: its label, what its bytes say against it, and how it runs here. */
export function chipOf(claims: Claims, engine: string | null): ChipFace {
  const { platform, actual, translation } = claims;
  if (platform !== null && actual !== null && platform !== actual) {
    const [claimed, held] = [short(platform), short(actual)];
    const said = { text: words.chip.holds(claimed, held), spoken: words.spoken.holds(claimed, held) };
    return { ...said, tone: "bad", title: words.platformTitle.holds(claimed, held) };
  }
  const name = platform === null ? null : short(platform);
  return {
    text: words.chip[translation](name),
    spoken: words.spoken[translation](name),
    tone: name === null ? "quiet" : TONES[translation],
    title: words.platformTitle[translation](name, engine === null ? null : short(engine)),
  };
}

/** The chip of one file: the engine's own platform is good, another is what is wrong when the link failed. */
export function linkChip(platform: string, engine: string | null, faulty: boolean): ChipFace {
  const name = short(platform);
  const tone = platform === engine ? "good" : faulty ? "bad" : "slow";
  return { text: name, spoken: name, tone, title: platform };
}
