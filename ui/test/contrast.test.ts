// Text on its ground, in both themes and with more contrast: at least 4.5 to 1 (WCAG 2.2, level AA).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const sheet = readFileSync(join(import.meta.dirname, "../src/tokens.css"), "utf8");
const blocks = sheet
  .split("@media")
  .map(
    (block) =>
      new Map(
        [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [
          name ?? "",
          value ?? "",
        ]),
      ),
  );
/** The blocks that hold in each case, in the order of the cascade. */
const cases = {
  light: [0],
  dark: [0, 1],
  "light with more contrast": [0, 2],
  "dark with more contrast": [0, 1, 2, 3],
};
const themes = Object.entries(cases).map(
  ([name, places]) => [name, new Map(places.flatMap((place) => [...(blocks[place] ?? [])]))] as const,
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const pairs = ["side", "ground", "card", "row-chosen", "row-over"]
  .flatMap((ground) => ["ink", "muted", "bad"].map((text) => [text, ground]))
  .concat([
    ["faint", "card"],
    ["accent", "card"],
    ["accent-ink", "accent"],
    ["bad-ink", "bad"],
    ["pill-ink", "pill"],
    ["nav-ink", "nav-chosen"],
    ["good", "good-soft"],
    ["slow", "slow-soft"],
    ["bad", "bad-soft"],
    ["muted", "quiet-soft"],
  ]);

describe.each(themes)("in %s", (_, theme) => {
  test.each(pairs)("%s can be read on %s", (text, ground) => {
    const ratio = contrast(theme.get(text ?? "") ?? "", theme.get(ground ?? "") ?? "");
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  });
});
