// Which lines of a log are shown, and which of them the evidence names.
import type { Evidence, LogLine } from "./api";
import { asQuoted, visibleLine } from "./visible";

/** As many lines as stand beside a cause without pushing away what can be done. */
const BESIDE = 12;

/** As much of a log as goes onto the clipboard: its end. */
const MOST_COPIED = 500_000;

/** Shorter quotes are words that any line may have. */
const SHORTEST = 8;

/** What the evidence quotes of somebody's words. */
function quotes(evidence: Evidence[]): string[] {
  return evidence
    .filter((it) => it.kind === "log")
    .flatMap((it) => it.text.split("`").filter((_, place, all) => all.length === 1 || place % 2 === 1))
    .map((quote) => quote.replace(/…$/, "").trim())
    .filter((quote) => quote.length >= SHORTEST);
}

/** The last lines, each with whether the evidence names it. */
export function beside(lines: LogLine[], evidence: Evidence[]): { line: LogLine; named: boolean }[] {
  const quoted = quotes(evidence);
  return lines
    .slice(-BESIDE)
    .map((line) => ({ line, text: asQuoted(line.text) }))
    .map(({ line, text }) => ({ line, named: quoted.some((quote) => text.includes(quote)) }));
}

/** The lines that have `search` in them, upper and lower case alike. */
export function found(lines: LogLine[], search: string): LogLine[] {
  const needle = search.trim().toLowerCase();
  return needle === "" ? lines : lines.filter((line) => line.text.toLowerCase().includes(needle));
}

/** `text` in pieces, each with whether it is what is searched for. */
export function hits(text: string, search: string): { text: string; hit: boolean }[] {
  const needle = search.trim().toLowerCase();
  const lower = text.toLowerCase();
  // Some letters change their length with their case: then places would be others.
  if (needle === "" || lower.length !== text.length) return [{ text, hit: false }];
  const pieces: { text: string; hit: boolean }[] = [];
  let at = 0;
  for (let next = lower.indexOf(needle); next >= 0; next = lower.indexOf(needle, at)) {
    pieces.push({ text: text.slice(at, next), hit: false });
    at = next + needle.length;
    pieces.push({ text: text.slice(next, at), hit: true });
  }
  pieces.push({ text: text.slice(at), hit: false });
  return pieces.filter((piece) => piece.text !== "");
}

/** Lines as text for the clipboard. */
export const asText = (lines: LogLine[]): string =>
  lines
    .map((line) => visibleLine(line.text))
    .join("\n")
    .slice(-MOST_COPIED);
