// Which rows there are, in which order and under which heading.
import type { Container, Image, Translation } from "./api";
import { words } from "./words";

export type Filter = "all" | "crashed" | "emulated" | "native";
export type Group = { key: string; title: string; rows: Container[] };

/** What a re-run kept is history: it is not counted and needs nobody. */
const isKept = (container: Container): boolean => container.kept_for !== null;
export const needsYou = (container: Container): boolean => container.crashed && !isKept(container);

const FILTERS: Record<Filter, (container: Container) => boolean> = {
  all: () => true,
  crashed: needsYou,
  emulated: (container) => container.translation === "emulated" && !isKept(container),
  native: (container) => container.translation === "native" && !isKept(container),
};

export const filters = Object.keys(FILTERS) as Filter[];

export const count = (containers: Container[], filter: Filter): number =>
  containers.filter(FILTERS[filter]).length;

const holds = (needle: string, texts: (string | null)[]): boolean =>
  texts.some((text) => text?.toLowerCase().includes(needle));

/** Whether every word of the search is somewhere in these texts. */
const matches = (search: string, texts: (string | null)[]): boolean =>
  search
    .toLowerCase()
    .split(/\s+/)
    .every((needle) => holds(needle, texts));

const byName = new Intl.Collator("en", { numeric: true });

function groupOf(container: Container): { key: string; title: string } {
  if (needsYou(container)) return { key: "needs", title: words.needsYou };
  const project = container.compose_project;
  return project === null
    ? { key: "others", title: words.others }
    : { key: `compose ${project}`, title: words.compose(project) };
}

const RANKS: Record<string, number> = { needs: 0, others: 2 };
const rank = (group: Group): number => RANKS[group.key] ?? 1;

/** The list as it is shown: those that need somebody, compose projects, the others. */
export function grouped(containers: Container[], filter: Filter, search: string): Group[] {
  const groups = new Map<string, Group>();
  for (const container of containers) {
    const { name, image, summary, compose_project, platform } = container;
    if (!FILTERS[filter](container)) continue;
    if (!matches(search, [name, image, summary, compose_project, platform])) continue;
    const { key, title } = groupOf(container);
    const group = groups.get(key) ?? { key, title, rows: [] };
    group.rows.push(container);
    groups.set(key, group);
  }
  const ordered = [...groups.values()].map((group) => ({
    ...group,
    rows: group.rows.toSorted((a, b) => byName.compare(a.name, b.name)),
  }));
  return ordered.toSorted((a, b) => rank(a) - rank(b) || byName.compare(a.title, b.title));
}

/** An id as Docker shows it: its algorithm left out, twelve digits. */
const shortId = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

/** What an image is called: its first reference, or its id when it has none. */
export const nameOf = (image: Image): string => image.references[0] ?? shortId(image.id);

export type ImageFilter = "all" | Extract<Translation, "emulated" | "native">;
export const imageFilters: ImageFilter[] = ["all", "emulated", "native"];

export const countImages = (images: Image[], filter: ImageFilter): number =>
  images.filter((image) => filter === "all" || image.translation === filter).length;

/** The images that are asked for, by their first reference. */
export function chosenImages(images: Image[], filter: ImageFilter, search: string): Image[] {
  return images
    .filter((image) => filter === "all" || image.translation === filter)
    .filter((image) =>
      matches(search, [...image.references, ...image.platforms.map((it) => it.platform), image.id]),
    )
    .toSorted((a, b) => byName.compare(a.references[0] ?? a.id, b.references[0] ?? b.id));
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes as Docker writes them, in steps of a thousand. */
export function bytes(size: number | null): string {
  if (size === null || !(size >= 0)) return words.unknownSize;
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(size, 1)) / 3));
  const value = size / 1000 ** step;
  return `${value >= 100 || step === 0 ? value.toFixed(0) : value.toPrecision(3)} ${UNITS[step]}`;
}
