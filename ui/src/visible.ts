// Characters that cannot be seen, made visible: foreign text may hold what a page would obey or hide.
import type { Proof } from "./api";
import { words } from "./words";

/** Some text of a line; what could not be seen is `hidden`, and has a name for those who listen. */
export type Piece = { text: string; hidden: boolean; name: string; from: number; to: number };

/** Control characters, marks of writing direction, and all blanks but the usual one: of no width, unbreakable, wide. */
const UNSEEN = /(?! )[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/u;
const UNSEEN_ALL = new RegExp(UNSEEN, "gu");

/** What sentences write in another way: these, marks that join the letter before, what has no form, and back-quotes. */
const ESCAPED_ALL = /(?! )[\p{C}\p{Z}\p{Grapheme_Extend}`]/gu;

/** The written forms that are short, as sentences have them too. */
const SHORT: Record<number, string | undefined> = { 0x00: "\\0", 0x09: "\\t", 0x0a: "\\n", 0x0d: "\\r" };

const NAMES: Record<number, string | undefined> = {
  0x00: words.hidden.nul,
  0x09: words.hidden.tab,
  0x0a: words.hidden.newline,
  0x0d: words.hidden.carriageReturn,
  0x1b: words.hidden.escape,
  0xfeff: words.hidden.mark,
};

function written(letter: string): string {
  const point = letter.codePointAt(0) ?? 0;
  return SHORT[point] ?? `\\u{${point.toString(16)}}`;
}

const named = (letter: string): string => NAMES[letter.codePointAt(0) ?? 0] ?? written(letter);

/** `text` with a written form in the place of each character that cannot be seen. */
export const visible = (text: string): string => text.replace(UNSEEN_ALL, written);

/** The same for a line of a log, whose tabs are as wide as they are meant to be. */
export const visibleLine = (text: string): string => text.split("\t").map(visible).join("\t");

/** `text` as a sentence of a diagnosis quotes it. */
export const asQuoted = (text: string): string => text.replace(ESCAPED_ALL, written);

/** The bytes of a proof. */
export const bytesOf = (proof: Proof): number[] =>
  proof.hex
    .split(/\s+/)
    .filter(Boolean)
    .map((digits) => Number.parseInt(digits, 16) & 0xff);

/** The marks of UTF-8 and UTF-16 at the start of a text. */
const MARKS = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
];

const startsWith = (bytes: number[], start: number[]): boolean =>
  start.every((byte, place) => bytes[place] === byte);

/** How long a character of UTF-8 is that begins with this byte. */
const lengthOf = (byte: number): number => (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: number[]): string | null {
  try {
    return utf8.decode(new Uint8Array(bytes));
  } catch {
    return null;
  }
}

/** The piece that begins at `from`. */
function pieceAt(bytes: number[], from: number): Piece {
  const mark = from === 0 ? MARKS.find((start) => startsWith(bytes, start)) : undefined;
  if (mark) return { text: "<BOM>", hidden: true, name: words.hidden.mark, from, to: mark.length };
  const first = bytes[from] ?? 0;
  const to = from + lengthOf(first);
  const letter = to <= bytes.length ? decoded(bytes.slice(from, to)) : null;
  if (letter === null) {
    const text = `\\x${first.toString(16).padStart(2, "0")}`;
    return { text, hidden: true, name: text, from, to: from + 1 };
  }
  if (!UNSEEN.test(letter)) return { text: letter, hidden: false, name: "", from, to };
  return { text: written(letter), hidden: true, name: named(letter), from, to };
}

/** Bytes as a line to read: what can be seen in as few pieces as may be, the rest one by one. */
export function piecesOf(bytes: number[], decides: (place: number) => boolean): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length;) {
    const piece = pieceAt(bytes, at);
    const last = pieces.at(-1);
    const joins = last && !last.hidden && !piece.hidden && decides(last.from) === decides(piece.from);
    if (joins) Object.assign(last, { text: last.text + piece.text, to: piece.to });
    else pieces.push(piece);
    at = piece.to;
  }
  return pieces;
}
