// What is said of the links of a chain, and which are shown at first.
import type { Link } from "./api";
import { visible } from "./visible";
import { words } from "./words";

/** Longer chains are mostly libraries that are fine: these many links of them are shown at first. */
const MANY = 8;
const FIRST = 4;

/** As much of a command as a card bears: a script may be in it. */
const LONGEST = 400;

/** The links to show before all are asked for: the first, and each that is wrong with the one that led to it. */
export function shownLinks(chain: Link[]): Link[] {
  if (chain.length <= MANY) return chain;
  const wrong = (link: Link | undefined) => link !== undefined && link.fault !== null;
  return chain
    .filter((link, place) => place < FIRST || wrong(link) || wrong(chain[place + 1]))
    .slice(0, MANY);
}

/** The sign of each verdict. */
export const marks: Record<Link["verdict"], string> = { fine: "✓", wrong: "✕", absent: "–", unknown: "?" };

/** A command as a Dockerfile writes one. */
export function asConfigured(command: string[]): string {
  const text = visible(`[${command.map((word) => JSON.stringify(word)).join(", ")}]`);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** On what a link lies when that is not the image. */
export function mountOf({ mount }: Link): string | null {
  if (mount === null) return null;
  return (words.mount[mount.kind] ?? words.mountOther)(visible(mount.source), visible(mount.destination));
}

/** Who asked for a link when it was not the kernel, and on what it lies. */
export const whereabouts = (link: Link): string[] =>
  [words.via[link.via], mountOf(link)].filter((it): it is string => Boolean(it));

/** The link whose bytes are shown first: the first that is wrong, or what led to it, or else the first that has any. */
export function provenLink(chain: Link[]): Link | undefined {
  const wrong = chain.findIndex((link) => link.fault !== null);
  const proven = (link: Link) => link.proof !== null;
  return chain.slice(0, wrong + 1).findLast(proven) ?? chain.find(proven);
}
