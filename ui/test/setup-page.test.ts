import { screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { Check, Checklist, Problem } from "../src/api";
import { checklist, engine, linux, none, rosettaOff } from "../src/fake-data";
import { button, open } from "./window";

const failure: Problem = { kind: "ended", message: "The session has ended", hint: "Start Archlight again" };
const check = (id: string, more: Partial<Check> = {}): Check => ({
  id,
  title: `Title of ${id}`,
  state: "ok",
  detail: `Detail of ${id}`,
  why: `Reason of ${id}`,
  lines: [],
  fix: null,
  ...more,
});
const only = (...checks: Check[]) => ({ checklist: (): Checklist => checklist({ checks }) });
const fix = { kind: "x", command: "true --really", how: "Do it" };

/** Opens the page at the set-up. */
async function openSetup(...given: Parameters<typeof open>) {
  const opened = await open(...given);
  await opened.user.click(await button(/^Set-up/));
  return opened;
}

const row = async (title: string | RegExp) => {
  const rows = await screen.findAllByRole("listitem");
  const found = rows.find((it) => within(it).queryByRole("heading", { name: title }));
  if (!found) throw new Error(`no such check: ${title}`);
  return within(found);
};

describe("the set-up", () => {
  test("is reached from the sidebar, and says there how much is in place", async () => {
    await openSetup();
    const { in_place, counted } = checklist();
    expect(await screen.findByRole("heading", { level: 1, name: "Set up this Mac" })).toBeInTheDocument();
    const entry = await button(`Set-up ${in_place} of ${counted}`);
    expect(entry).toHaveAttribute("aria-current", "page");
  });

  test("is named after a machine that is no Mac", async () => {
    await openSetup({ host: linux });
    expect(await screen.findByRole("heading", { name: "Set up this machine" })).toBeInTheDocument();
  });

  test("shows what was measured, and every check in order", async () => {
    await openSetup();
    expect(await screen.findByText("arm64")).toBeInTheDocument();
    const titles = (await screen.findAllByRole("heading", { level: 2 })).map(
      (it) => it.firstChild?.textContent,
    );
    expect(titles.map((it) => it?.trim())).toEqual(checklist().checks.map((it) => it.title));
  });

  test.each([
    ["ok", "In place"],
    ["todo", "To do"],
    ["warn", "Worth a look"],
    ["unknown", "Not known"],
    ["not-applicable", "Not needed here"],
  ] as const)("says of a check that is %s in words: %s", async (state, word) => {
    await openSetup({}, only(check("one", { state })));
    expect((await row(`Title of one ${word}`)).getByText(word)).toBeInTheDocument();
  });

  test("says what the files of each runtime say where several are here, and what was not seen", async () => {
    const {
      runtimes: _,
      unseen: _unseen,
      decides: _decides,
      works: _works,
      probed: _probed,
      ...own
    } = rosettaOff;
    const runtime = (more: object) => ({ ...own, ...more });
    const runtimes = [
      runtime({
        runtime: "colima",
        instance: "work",
        runtime_version: "0.8.1",
        state: "on",
        why: "It says so",
      }),
      runtime({
        runtime: "podman",
        instance: null,
        runtime_version: null,
        state: "x",
        conflicts: ["Left over"],
      }),
    ];
    await openSetup({ rosetta: { ...rosettaOff, runtimes, unseen: ["No program was run"] } });
    const section = within(await screen.findByRole("region", { name: "Runtimes and Rosetta" }));
    expect(section.getByText("No program was run")).toBeInTheDocument();
    const [colima, podman] = section.getAllByRole("listitem");
    expect(colima).toHaveTextContent("colima work 0.8.1 Rosetta is on");
    expect(colima).toHaveTextContent("It says so");
    expect(podman).toHaveTextContent("podman Rosetta is not known");
    expect(podman).toHaveTextContent("Left over");
  });

  test("shows no list of runtimes where there is one", async () => {
    await openSetup({ rosetta: { ...rosettaOff, runtimes: [], unseen: [] } });
    await screen.findByRole("heading", { level: 1 });
    expect(screen.queryByRole("region", { name: "Runtimes and Rosetta" })).toBeNull();
  });

  test("says why a check matters when asked to", async () => {
    const { user } = await openSetup({}, only(check("one"), check("two")));
    const why = (await row(/one/)).getByRole("button", { name: "Why it matters: Title of one" });
    expect(why).toHaveAttribute("aria-expanded", "false");
    expect(screen.getByText("Reason of one")).not.toBeVisible();
    await user.click(why);
    expect(why).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByText("Reason of one")).toBeVisible();
    expect(screen.getByText("Reason of two")).not.toBeVisible();
  });
});

describe("a fix", () => {
  test("is shown with its command, which is copied as it is", async () => {
    const { user } = await openSetup({}, only(check("one", { state: "todo", fix })));
    const one = await row(/one/);
    expect(one.getByText("Do it")).toBeInTheDocument();
    expect(one.getByText("true --really")).toBeInTheDocument();
    await user.click(one.getByRole("button", { name: "Copy command" }));
    expect(await navigator.clipboard.readText()).toBe("true --really");
    expect(await one.findByRole("button", { name: "Copied" })).toBeInTheDocument();
  });

  test("of translation opens the translator's sheet", async () => {
    const turnOn = { ...fix, kind: "turn-on-translation" };
    const { user } = await openSetup({ rosetta: rosettaOff }, only(check("one", { fix: turnOn })));
    await user.click((await row(/one/)).getByRole("button", { name: "Turn on…" }));
    expect(await screen.findByRole("dialog", { name: "Translator" })).toBeInTheDocument();
  });

  test("shows the line that it is about, and hides it again", async () => {
    const lines = [{ place: "~/.zshrc", line: 12, text: "DOCKER_HOST=tcp://…@box" }];
    const { user } = await openSetup({}, only(check("one", { state: "warn", lines, fix })));
    const one = await row(/one/);
    expect(one.getByText("~/.zshrc, line 12")).not.toBeVisible();
    await user.click(one.getByRole("button", { name: "Show line" }));
    expect(one.getByText("~/.zshrc, line 12")).toBeVisible();
    expect(one.getByText("DOCKER_HOST=tcp://…@box")).toBeVisible();
    await user.click(one.getByRole("button", { name: "Hide line" }));
    expect(one.getByText("~/.zshrc, line 12")).not.toBeVisible();
  });

  test("sets text from outside as text", async () => {
    await openSetup({}, only(check("<b>one</b>", { detail: "`<i>x</i>`" })));
    expect((await row(/<b>one<\/b>/)).getByText("<i>x</i>")).toBeInTheDocument();
  });
});

describe("protected settings", () => {
  const read = { kind: "read-settings", command: null, how: "Let Archlight read it" };
  const asked = (fake: Awaited<ReturnType<typeof open>>["fake"]) =>
    fake.calls.filter((it) => it.command === "checklist").map((it) => it.given.settings);

  test("are left alone until the reader asks for them", async () => {
    const { fake, user } = await openSetup(
      { rosetta: null },
      only(check("one", { state: "unknown", fix: read })),
    );
    await user.click((await row(/one/)).getByRole("button", { name: "Read the settings" }));
    expect(asked(fake)).toEqual(["leave", "read"]);
  });

  test("are read again once they were read", async () => {
    const { fake, user } = await openSetup({ rosetta: rosettaOff });
    await row(/macOS/);
    await user.click(await button("Check all again"));
    expect(asked(fake)).toEqual(["leave", "read"]);
  });

  test("are left alone by another look where nobody asked for them", async () => {
    const { fake, user } = await openSetup({ rosetta: null });
    await row(/macOS/);
    await user.click(await button("Check all again"));
    expect(asked(fake)).toEqual(["leave", "leave"]);
  });
});

describe("a look at the set-up", () => {
  test("that takes its time shows a skeleton, and cannot be asked for twice", async () => {
    let answer = (): void => {};
    const later = () => new Promise((done) => (answer = () => done(checklist())));
    await openSetup({}, { checklist: later });
    expect(await screen.findByRole("status", { name: "Checking the set-up" })).toBeInTheDocument();
    expect(await button("Check all again")).toHaveAttribute("aria-disabled", "true");
    answer();
    expect(await screen.findByText("arm64")).toBeInTheDocument();
    expect(screen.queryByRole("status", { name: "Checking the set-up" })).toBeNull();
  });

  test("that fails says why, and can be asked for again", async () => {
    const answers = { checklist: (): unknown => Promise.reject(failure) };
    const { fake, user } = await openSetup({}, answers);
    expect(await screen.findByRole("alert")).toHaveTextContent("The session has ended");
    delete fake.answers["checklist"];
    await user.click(await button("Check all again"));
    expect(await screen.findByText("arm64")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("without an engine says what could not be seen, and is repeated when one answers", async () => {
    const unseen = { why: "Nothing answers at `unix:///x`", checks: ["builder"] };
    const nobody = { engine: null, rosetta: null, containers: [], images: [] };
    const { fake } = await openSetup(
      { ...nobody, state: "lost", problem: none },
      {
        checklist: () => checklist({ unseen }),
      },
    );
    expect(await screen.findByText(/No engine answered, so some of it/)).toBeInTheDocument();
    delete fake.answers["checklist"];
    fake.send({ kind: "engine", state: "connected", why: "", engine, problem: null });
    await expect.poll(() => screen.queryByText(/No engine answered/)).toBeNull();
  });

  test("is kept while the reader is elsewhere", async () => {
    const { user } = await openSetup();
    await row(/macOS/);
    await user.click(await button(/^Containers/));
    expect(await button(/^Set-up \d+ of \d+/)).toBeInTheDocument();
  });

  test("is copied as Markdown", async () => {
    const write = vi.spyOn(navigator.clipboard, "write").mockResolvedValue();
    const { fake, user } = await openSetup();
    await row(/macOS/);
    await user.click(await button("Copy as Markdown"));
    expect(await button("Copied")).toBeInTheDocument();
    expect(fake.times("checklist_markdown")).toBe(1);
    write.mockRestore();
  });
});

test("a program is tried where a check asks for it, and what it shows is looked at", async () => {
  const prove = { kind: "prove-translation", command: "archlight probe", how: "Run a small program" };
  const { fake, user } = await openSetup({}, only(check("one", { state: "unknown", fix: prove })));
  const looks = () => fake.calls.filter((call) => call.command === "checklist").length;
  const before = looks();
  await user.click((await row(/one/)).getByRole("button", { name: "Find out what runs foreign programs" }));
  await vi.waitFor(() => expect(fake.calls.some((call) => call.command === "probe")).toBe(true));
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(before));
});
