// The rules of this folder that no compiler knows.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }));
const pages = files.filter(({ path }) => path.endsWith(".svelte"));
const fake = (path: string) => path.startsWith("fake");

const faults = (of: typeof files, isFault: (text: string, path: string) => boolean) =>
  of.filter(({ text, path }) => isFault(text, path)).map(({ path }) => path);
const imports = (text: string) => [...text.matchAll(/from "([^"]+)"/g)].map((found) => found[1] ?? "");
const markup = (text: string) =>
  text.replace(/<(script|style)[\s\S]*?<\/\1>/g, "").replace(/<!--[\s\S]*?-->/g, "");
/** What stands between tags and outside of braces. */
const literals = (text: string) => {
  let plain = markup(text);
  for (let before = ""; before !== plain;) {
    before = plain;
    plain = plain.replace(/\{[^{}]*\}/g, "");
  }
  return plain.replace(/<[^>]*>/g, "");
};

describe("the page", () => {
  test("has files to look at", () => {
    expect(pages.length).toBeGreaterThan(20);
  });

  test("never sets text as markup", () => {
    const risky = /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write/;
    expect(faults(files, (text) => risky.test(text))).toEqual([]);
  });

  test("reaches the other side only through its door", () => {
    const reaches = (text: string) => imports(text).some((it) => /@tauri-apps|\/bindings$/.test(it));
    expect(faults(files, (text, path) => reaches(text) && !fake(path)).toSorted()).toEqual([
      "api.ts",
      "bindings.ts",
    ]);
    expect(faults(files, (text) => /\bfetch\(|XMLHttpRequest|WebSocket|localStorage/.test(text))).toEqual([]);
  });

  test("imports downward only: views, then parts, then plain modules", () => {
    const upward = (text: string, path: string) =>
      imports(text).some((it) => {
        if (path === "main.ts" || path === "App.svelte") return false;
        if (it.includes("App.svelte") || it.includes("views/")) return true;
        if (path.startsWith("views/")) return it.startsWith("./");
        return !path.startsWith("parts/") && it.endsWith(".svelte") && /parts\//.test(it);
      });
    expect(faults(files, upward)).toEqual([]);
  });

  test("says nothing that is not in the words", () => {
    expect(faults(pages, (text) => /\p{L}/u.test(literals(text)))).toEqual([]);
    const spoken = /\s(aria-label|title|placeholder|alt|label)="[^"{]*\p{L}[^"{]*"/u;
    expect(faults(pages, (text) => spoken.test(markup(text)))).toEqual([]);
  });

  test("takes its colours from the tokens", () => {
    const colour = /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|color-mix)\(/i;
    const style = (text: string) => text.slice(text.indexOf("<style"));
    expect(faults(pages, (text) => colour.test(style(text)))).toEqual([]);
    const sheet = files.find(({ path }) => path === "app.css");
    expect(sheet?.text).not.toMatch(colour);
  });

  test("has no inline style, which the window's policy would drop", () => {
    expect(faults(pages, (text) => /\sstyle="/.test(markup(text)))).toEqual([]);
  });

  test("keeps its files short", () => {
    const lengths = pages.map(({ text }) => text.split("\n").length).toSorted((a, b) => a - b);
    expect(lengths.at(-1)).toBeLessThanOrEqual(200);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(70);
  });

  test("leaves the fake out of a build", { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "page-"));
    const { NODE_ENV: _, ...env } = process.env;
    const vite = join(root, "../node_modules/vite/bin/vite.js");
    const { status, stderr } = spawnSync(
      process.execPath,
      [vite, "build", "--outDir", folder, "--emptyOutDir"],
      {
        cwd: join(root, ".."),
        encoding: "utf8",
        env,
      },
    );
    expect(status, stderr).toBe(0);
    const built = readdirSync(join(folder, "assets")).map((name) =>
      readFileSync(join(folder, "assets", name), "utf8"),
    );
    rmSync(folder, { recursive: true });
    const holds = (text: string) => built.some((file) => file.includes(text));
    expect(holds("plan_rerun")).toBe(true);
    expect(["legacy-api", "no such command", "mockIPC"].filter(holds)).toEqual([]);
  });
});
