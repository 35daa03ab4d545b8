// What was found: the proof as a line, who asked for a link, doubts, remedies, the log beside it, files, the report.
import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { Diagnosis, Link, LogLine, Remedy } from "../src/api";
import { container, diagnosis, id } from "../src/fake-data";
import { button, open, row } from "./window";

const legacy = container("legacy-api", "acme/legacy-api:2.3");

const link = (more: Partial<Link> = {}): Link => ({
  role: "program",
  via: "kernel",
  path: "/app/run",
  resolved: null,
  format: "elf",
  size: 20_000,
  platform: null,
  verdict: more.fault ? "wrong" : "fine",
  fault: null,
  detail: "a file",
  proof: null,
  mount: null,
  ...more,
});

const remedy = (more: Partial<Remedy>): Remedy => ({
  kind: "fix-build",
  title: "Do something",
  command: null,
  why: "It helps",
  platform: null,
  ...more,
});

const logged = (text: string): LogLine => ({ stderr: true, time: "2026-11-24T10:31:06Z", text });

/** Opens `legacy-api` with this much of a diagnosis. */
async function find(more: Partial<Diagnosis>, lines: LogLine[] = []) {
  const answer = { ...diagnosis(legacy), command: [], chain: [], evidence: [], remedies: [], ...more };
  const page = await open({}, { diagnose: () => answer, logs: () => lines });
  await page.user.click(await row(/legacy-api/));
  const panel = await screen.findByRole("tabpanel");
  return { ...page, panel: within(panel) };
}

const hex = (bytes: number[]) => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
const bytes = (text: string) => [...new TextEncoder().encode(text)];
const proofOf = (of: number[], from: number, to: number) => ({ hex: hex(of), from, to, meaning: "so it is" });

describe("the proof of a text", () => {
  const shown = async (of: number[], from: number, to: number) => {
    const chain = [link({ format: "script", fault: "wrong", proof: proofOf(of, from, to) })];
    const { panel } = await find({ chain });
    return panel.findByRole("group", { name: "The line that they are" });
  };
  const marks = (line: HTMLElement) => [...line.querySelectorAll("mark")].map((it) => it.textContent);

  test("marks the carriage return, and keeps the bytes", async () => {
    const line = await shown(bytes("#!/bin/sh\r\n"), 9, 10);
    expect(line).toHaveTextContent("#!/bin/sh\\r carriage return \\n line feed");
    expect(marks(line)).toEqual(["\\r carriage return "]);
    const hexes = within(screen.getByRole("group", { name: "The bytes that prove it" }));
    expect(hexes.getAllByText("0d").map((it) => it.tagName)).toEqual(["MARK"]);
  });

  test.each([
    [[0xef, 0xbb, 0xbf, 0x23], "<BOM> byte order mark #"],
    [[0xff, 0xfe, 0x23, 0], "<BOM> byte order mark #\\0 NUL"],
    [[0x09, 0x1b, 0x80, 0xc3], "\\t tab \\u{1b} escape \\x80 \\x80 \\xc3 \\xc3"],
    [bytes("ö‮x"), "ö\\u{202e} \\u{202e} x"],
    [bytes("a\u00a0b"), "a\\u{a0} \\u{a0} b"],
    [bytes("\\r<BOM>"), "\\r<BOM>"],
  ])("writes %j as %s", async (of, text) => {
    expect(await shown(of, 0, 1)).toHaveTextContent(text);
  });

  test("is no line where the bytes are a program's", async () => {
    const { panel } = await find({ chain: [link({ proof: proofOf([0x7f, 0x45], 0, 1) })] });
    await panel.findByRole("group", { name: "The bytes that prove it" });
    expect(panel.queryByRole("group", { name: "The line that they are" })).toBeNull();
  });
});

test("what led to a file that is not there proves that it is not", async () => {
  const proof = { hex: "23 21", from: 0, to: 2 };
  const chain = [
    link({ path: "/first", proof: { ...proof, meaning: "the first" } }),
    link({ path: "/script", proof: { ...proof, meaning: "names it" } }),
    link({ path: "/bin/gone", format: "missing", fault: "not there" }),
    link({ path: "/after", proof: { ...proof, meaning: "after it" } }),
  ];
  const { panel } = await find({ chain });
  expect(await panel.findByText("names it")).toBeInTheDocument();
  expect(panel.queryByText("the first")).toBeNull();
});

describe("the chain", () => {
  test.each([
    ["env", "looked up by env"],
    ["shell", "started by the shell"],
    ["launcher", "started by a launcher such as tini"],
    ["loader", "needed by the program"],
    ["words", "named in the log"],
    ["health-check", "started for the health check"],
  ])("says who asked for a link: %s", async (via, said) => {
    const { panel } = await find({ chain: [link({ via })] });
    expect(await panel.findByText(new RegExp(said))).toBeInTheDocument();
  });

  test.each([
    ["bind", "/Users/mia/src", "on /src, mounted from the folder /Users/mia/src"],
    ["volume", "data", "on /src, the volume data"],
    ["tmpfs", "", "on /src, which is memory"],
    ["other", "", "on the mount /src"],
  ])("says on what a link lies: %s", async (kind, source, said) => {
    const { panel } = await find({ chain: [link({ mount: { kind, source, destination: "/src" } })] });
    expect(await panel.findByText(new RegExp(said))).toBeInTheDocument();
  });

  test("says so when nothing could be read", async () => {
    const { panel } = await find({});
    expect(await panel.findByText(/Nothing could be read/)).toBeInTheDocument();
  });

  test("folds a long chain, and never what is wrong with it", async () => {
    const chain = Array.from({ length: 30 }, (_, place) =>
      link({ path: `/lib/${place}.so`, fault: place === 20 ? "not there" : null }),
    );
    const { panel, user } = await find({ chain });
    expect(await panel.findByText("/lib/20.so")).toBeInTheDocument();
    expect(panel.getByText("/lib/19.so")).toBeInTheDocument();
    expect(panel.queryByText("/lib/10.so")).toBeNull();
    await user.click(await button("Show all 30 steps"));
    expect(panel.getByText("/lib/10.so")).toBeInTheDocument();
    await user.click(await button("Show fewer"));
    expect(panel.queryByText("/lib/10.so")).toBeNull();
  });

  test("writes out what a path hides, and leaves it text", async () => {
    const { panel } = await find({ chain: [link({ path: "/a\r‮<b>x" })], command: ["x", "a\nb"] });
    expect(await panel.findByText("/a\\r\\u{202e}<b>x")).toBeInTheDocument();
    expect(panel.getByText('["x", "a\\nb"]')).toBeInTheDocument();
  });
});

describe("doubt", () => {
  test("is said in words when only the log tells", async () => {
    const evidence = [{ kind: "log", text: "`exec format error`" }];
    const { panel } = await find({ confidence: "likely", evidence });
    expect(await panel.findByText(/only the log says so/)).toHaveTextContent(/^Likely:/);
  });

  test("is not said when bytes show it", async () => {
    const { panel } = await find({ confidence: "certain", remedies: [remedy({})] });
    await panel.findByText("Do something");
    expect(panel.queryByText(/Likely/)).toBeNull();
  });
});

describe("a remedy", () => {
  test("leads to the translator where the window has a place for it", async () => {
    const steps = remedy({ kind: "turn-on-translation", command: "archlight rosetta" });
    const { user } = await find({ remedies: [steps] });
    await user.click(await button("How to turn it on…"));
    const sheet = within(await screen.findByRole("dialog", { name: "Translator" }));
    expect(sheet.getByText("Docker Desktop 4.91 uses Rosetta for amd64 programs.")).toBeInTheDocument();
    await user.click(sheet.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("copies any other command, also of a translator", async () => {
    const command = "docker run --privileged --rm tonistiigi/binfmt --install amd64";
    const { user } = await find({ remedies: [remedy({ kind: "turn-on-translation", command })] });
    await user.click(await button("Copy command"));
    expect(await navigator.clipboard.readText()).toBe(command);
  });

  test("unfolds a long explanation, and needs no button for a short one", async () => {
    const long = remedy({ title: "Long", why: "word ".repeat(60) });
    const { user, panel } = await find({ remedies: [long, remedy({})] });
    await user.click(await button("Show how"));
    expect(await button("Show less")).toHaveAttribute("aria-expanded", "true");
    expect(panel.getAllByRole("button", { name: /Show/ })).toHaveLength(1);
  });
});

describe("the log beside the cause", () => {
  const lines = Array.from({ length: 40 }, (_, place) => logged(`line number ${place}`));

  test("has the last lines, and marks the one that the evidence names", async () => {
    const evidence = [{ kind: "log", text: "`line number 38`" }];
    const { panel, user } = await find({ evidence }, lines);
    const beside = within(await panel.findByRole("region", { name: "The last it wrote" }));
    expect(beside.getAllByRole("listitem")).toHaveLength(12);
    const named = beside.getAllByRole("listitem").filter((it) => it.textContent.includes("shows it"));
    expect(named).toHaveLength(1);
    expect(named[0]).toHaveTextContent("err The line that shows it: standard error: line number 38");
    await user.click(beside.getByRole("button", { name: "All of the log" }));
    expect(screen.getByRole("tab", { name: "Logs" })).toHaveAttribute("aria-selected", "true");
  });

  test.each([
    ["/bin/sh: 1: exec: nope\r: not found", "/bin/sh: 1: exec: nope\\r: not found"],
    ["\u001b[31mno \u202esuch\u200b file\u00a0here", "\\u{1b}[31mno \\u{202e}such\\u{200b} file\\u{a0}here"],
    ["\ufeffcafe\u0301 is closed", "\\u{feff}cafe\\u{301} is closed"],
  ])("marks a line whose unseen characters the evidence writes out: %j", async (text, quote) => {
    const { panel } = await find({ evidence: [{ kind: "log", text: `\`${quote}\`` }] }, [logged(text)]);
    const beside = within(await panel.findByRole("region", { name: "The last it wrote" }));
    const item = beside.getByRole("listitem");
    expect(item).toHaveTextContent("shows it");
    // An accent can be seen where it belongs.
    expect(item.textContent).toContain(quote.replace("\\u{301}", "\u0301"));
  });

  test("keeps tabs as wide as they are", async () => {
    const { panel } = await find({}, [logged("a\tb")]);
    expect((await panel.findByRole("listitem")).textContent).toContain("a\tb");
  });

  test("can be searched and copied where all of it is", async () => {
    const { user } = await find({}, lines);
    await user.click(await screen.findByRole("tab", { name: "Logs" }));
    await user.type(await screen.findByRole("searchbox", { name: "Search the log" }), "NUMBER 3");
    expect(await screen.findByText("11 of 40 lines")).toBeInTheDocument();
    await user.click(await button("Copy log"));
    expect((await navigator.clipboard.readText()).split("\n")).toHaveLength(11);
    await user.type(screen.getByRole("searchbox", { name: "Search the log" }), "nothing");
    expect(await screen.findByText("No line has that in it")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(await screen.findByText("The last 40 lines")).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "legacy-api" })).toBeInTheDocument();
  });
});

describe("the files", () => {
  test("are shown with their sizes, formats and bytes, also of a healthy container", async () => {
    const proof = proofOf([0x7f, 0x45], 0, 1);
    const mount = { kind: "volume", source: "data", destination: "/app" };
    const { user, fake } = await find({ chain: [link({ resolved: "/app/real", proof, mount })] });
    const before = fake.times("diagnose");
    await user.click(await row(/mailpit/));
    expect(fake.times("diagnose")).toBe(before);
    await user.click(await screen.findByRole("tab", { name: "Files" }));
    await screen.findByRole("heading", { name: "/app/real" });
    const file = within(screen.getByRole("tabpanel", { name: "Files" }));
    for (const text of ["/app/run", "20.0 kB", "ELF, a Linux program", "on /app, the volume data"]) {
      expect(file.getByText(text)).toBeInTheDocument();
    }
    expect(file.getByRole("group", { name: "The bytes that prove it" })).toBeInTheDocument();
    expect(fake.times("diagnose")).toBe(before + 1);
  });

  test("are not read twice when the cause is known already", async () => {
    const { user, fake } = await find({ chain: [link()] });
    await user.click(await screen.findByRole("tab", { name: "Files" }));
    await screen.findByRole("heading", { name: "/app/run" });
    expect(fake.times("diagnose")).toBe(1);
  });
});

describe("the report", () => {
  test("is copied as Markdown", async () => {
    const { user } = await find({});
    await user.click(await button("Copy as Markdown"));
    expect(await button("Copied")).toBeInTheDocument();
    expect(await navigator.clipboard.readText()).toContain("### Diagnosis of `legacy-api`");
  });

  test("says so when it cannot be had", async () => {
    const { user, fake } = await find({});
    fake.answers["diagnosis_markdown"] = () => Promise.reject(new Error("gone"));
    await user.click(await button("Copy as Markdown"));
    expect(await button("Could not copy")).toBeInTheDocument();
  });
});

test("a container that runs, and not as it should, is told from one that crashed", async () => {
  const more = {
    crashed: true,
    cause: "foreign-module",
    summary: "It hangs",
    status: "Up 2 hours (unhealthy)",
  };
  const { fake, user } = await open({}, { diagnose: () => ({ ...diagnosis(legacy), summary: "It hangs" }) });
  fake.change("mailpit", more);
  const option = await row(/Running, but not as it should mailpit/);
  expect(option).toHaveTextContent("Running, but: It hangs");
  expect(option.closest("[role=group]")).toHaveAccessibleName("Needs you");
  await user.click(option);
  const panel = within(await screen.findByRole("tabpanel", { name: "What is wrong" }));
  expect(panel.getByText("Running, but: It hangs")).toBeInTheDocument();
  expect(panel.getByText("Up 2 hours (unhealthy)")).toBeInTheDocument();
  expect(id("mailpit")).toBe(fake.calls.find((call) => call.command === "diagnose")?.given.id);
});
