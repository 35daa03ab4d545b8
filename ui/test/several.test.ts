import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { Problem, RerunOptions, RerunPlan } from "../src/api";
import { byCompose, container, id, plan, rerunContainers, rerunDone } from "../src/fake-data";
import { range, toggled } from "../src/selection";
import { button, open, row } from "./window";

const broken: Problem = {
  kind: "engine-refused",
  message: "`acme/two:1` has no build for linux/arm64.",
  hint: "Choose another tag",
};

const foreign = { platform: "linux/amd64", translation: "emulated", rerun_platform: "linux/arm64" } as const;
const one = container("one", "acme/one:1", foreign);
const two = container("two", "acme/two:1", foreign);
const three = container("three", "acme/three:1", foreign);
const home = container("home", "acme/home:1");
const containers = [one, two, three, home];

const planned = (name: string, more: Partial<RerunPlan> = {}): RerunPlan => ({
  ...plan(container(name, "a:1", foreign), "linux/arm64"),
  warnings: [],
  blockers: [],
  pull: { reference: `acme/${name}@sha256:${id(name)}`, size: 20_000_000 },
  ...more,
});
const nameOf = (of: string) => containers.find((it) => it.id === of)?.name ?? "";
type Asked = { id: string; options: RerunOptions };
const plan_rerun = ({ id: of }: { id: string }) => planned(nameOf(of));

type User = Awaited<ReturnType<typeof open>>["user"];

async function addEach(user: User, ...names: string[]) {
  for (const name of names) {
    await user.keyboard("{Control>}");
    await user.click(await row(new RegExp(` ${name} acme`)));
    await user.keyboard("{/Control}");
  }
}

const selected = () =>
  screen
    .getAllByRole("option")
    .filter((it) => it.ariaSelected === "true" || it.getAttribute("aria-selected") === "true")
    .map((it) => it.dataset.row);

async function openSheet(answers = {}, ...names: string[]) {
  const opened = await open({ containers }, { plan_rerun, ...answers });
  await addEach(opened.user, ...names);
  await opened.user.click(await button(/^Re-run \d containers?…$/));
  const dialog = await screen.findByRole("dialog");
  return { ...opened, dialog, sheet: within(dialog) };
}

describe("several rows", () => {
  test("are selected with the key that adds, and one press alone selects one again", async () => {
    const { user } = await open({ containers });
    expect(await screen.findByRole("listbox")).toHaveAttribute("aria-multiselectable", "true");
    await user.click(await row(/ one acme/));
    await addEach(user, "three");
    expect(selected()).toEqual([one.id, three.id]);
    expect(screen.getByText("2 containers selected", { selector: "[role=status]" })).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "2 containers selected" })).toBeInTheDocument();
    await addEach(user, "three");
    expect(selected()).toEqual([one.id]);
    await addEach(user, "three");
    await user.click(await row(/ two acme/));
    expect(selected()).toEqual([two.id]);
    expect(screen.getByRole("heading", { name: "two" })).toBeInTheDocument();
    expect(screen.queryByText(/containers? selected/)).toBeNull();
  });

  test("are selected as a range with Shift, from the one that was pressed", async () => {
    const { user } = await open({ containers });
    await user.click(await row(/ one acme/));
    await user.keyboard("{Shift>}");
    await user.click(await row(/ two acme/));
    await user.keyboard("{/Shift}");
    // By name: home, one, three, two.
    expect(selected()).toEqual([one.id, three.id, two.id]);
    await user.keyboard("{Shift>}");
    await user.click(await row(/ home acme/));
    await user.keyboard("{/Shift}");
    expect(selected()).toEqual([home.id, one.id]);
  });

  test("are selected by the keyboard alone, and let go of by Escape", async () => {
    const { user } = await open({ containers });
    (await row(/ one acme/)).focus();
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{ArrowUp}{/Shift}");
    expect(selected()).toEqual([one.id, three.id]);
    expect(await row(/ three acme/)).toHaveFocus();
    await user.keyboard("{ArrowUp}{ArrowUp}{Control>} {/Control}");
    expect(selected()).toEqual([home.id, one.id, three.id]);
    await user.keyboard("{Escape}");
    expect(selected()).toEqual([]);
    expect(await row(/ home acme/)).toHaveFocus();
    await user.keyboard("{Control>}a{/Control}");
    expect(selected()).toHaveLength(4);
    expect(screen.getByRole("heading", { name: "4 containers selected" })).toBeInTheDocument();
    await user.keyboard("{Escape}{Meta>}a{/Meta}");
    expect(selected()).toHaveLength(4);
  });

  test("are those of the list that is shown", async () => {
    const { user } = await open({ containers });
    await user.type(await screen.findByRole("searchbox"), "o");
    await user.keyboard("{Control>}a{/Control}");
    expect(selected()).toEqual([]);
    (await row(/ one acme/)).focus();
    await user.keyboard("{Control>}a{/Control}");
    expect(selected()).toEqual([home.id, one.id, two.id]);
  });

  test("are told in the inspector's place, with what each would be re-run for", async () => {
    const { user } = await open({ containers });
    await addEach(user, "one", "home");
    const list = within(await screen.findByRole("list", { name: "What is selected" }));
    expect(list.getByText("linux/amd64 → linux/arm64")).toBeInTheDocument();
    expect(list.getByText("No other platform is worth a re-run")).toBeInTheDocument();
    expect(screen.getByText(/One has no other platform to be re-run for/)).toBeInTheDocument();
    expect(await button("Re-run 1 container…")).toHaveAttribute("aria-disabled", "false");
    await user.click(list.getByRole("button", { name: "home" }));
    expect(screen.getByRole("heading", { name: "home" })).toBeInTheDocument();
  });

  test("cannot be re-run when none of them has another platform, and the button says so", async () => {
    const { user } = await open({ containers: [...rerunContainers(), home] });
    await addEach(user, "home");
    const off = await button("Re-run…");
    expect(off).toHaveAttribute("aria-disabled", "true");
    expect(off).toHaveAccessibleDescription("None of them has another platform to be re-run for");
  });

  test("cannot be re-run while the engine does not answer", async () => {
    const { fake, user } = await open({ containers });
    await addEach(user, "one", "two");
    fake.send({ kind: "engine", state: "lost", why: "closed", engine: null, problem: broken });
    await waitFor(async () =>
      expect(await button("Re-run 2 containers…")).toHaveAccessibleDescription("The engine does not answer"),
    );
  });
});

test("a range is that of the rows, whichever end is first, and one row where its begin is gone", () => {
  expect(range(["a", "b", "c"], "c", "b")).toEqual(["b", "c"]);
  expect(range(["a", "b", "c"], "gone", "b")).toEqual(["b"]);
  expect(range(["a", "b", "c"], null, "b")).toEqual(["b"]);
  expect(toggled(["a", "b", "c"], ["hidden", "c"], "a")).toEqual(["a", "c", "hidden"]);
  expect(toggled(["a", "b"], ["a", "b"], "a")).toEqual(["b"]);
});

describe("the sheet before several re-runs", () => {
  test("has one plan with a section for each, and what is pulled in all", async () => {
    const { fake, user, sheet } = await openSheet({}, "one", "two");
    expect(await sheet.findByText("To pull: 40.0 MB at most, for 2 images.")).toBeInTheDocument();
    expect(sheet.getByRole("heading", { name: "Re-run 2 containers?" })).toBeInTheDocument();
    const section = (name: string) => sheet.getByText(name, { selector: "summary *" }).closest("details");
    expect(section("one")).toHaveTextContent(/one.*linux\/amd64 → linux\/arm64.*3 changes/);
    await user.click(sheet.getByText("two", { selector: "summary *" }));
    expect(section("one")?.open).toBe(false);
    expect(section("two")?.open).toBe(true);
    expect(within(section("two") as HTMLElement).getByRole("table", { name: "What changes" })).toBeVisible();
    expect(fake.times("plan_rerun")).toBe(2);
    expect(fake.times("rerun_several")).toBe(0);
  });

  test("counts a build that two share once, and says of which no size is known", async () => {
    const shared = { reference: "acme/shared@sha256:1", size: 1_500_000 };
    const sizes: Record<string, Partial<RerunPlan>> = {
      one: { pull: shared },
      two: { pull: shared },
      three: { pull: { reference: "acme/three:1", size: null } },
    };
    const { sheet } = await openSheet(
      { plan_rerun: ({ id: of }: { id: string }) => planned(nameOf(of), sizes[nameOf(of)]) },
      "one",
      "two",
      "three",
    );
    expect(
      await sheet.findByText("To pull: 1.50 MB at most, and an image whose size is not known."),
    ).toBeInTheDocument();
  });

  test("shows what cannot be done, leaves it out, and does nothing for it", async () => {
    const blockers = [{ kind: "paused", text: "two is paused." }];
    const { fake, user, sheet } = await openSheet(
      {
        plan_rerun: ({ id: of }: { id: string }) => {
          if (of === three.id) throw broken;
          return planned(nameOf(of), of === two.id ? { blockers } : {});
        },
      },
      "one",
      "two",
      "three",
    );
    expect(await sheet.findByText(/^2 of them cannot be re-run\. They are left out/)).toBeInTheDocument();
    expect(sheet.getByText("two is paused.", { selector: ".left" })).toBeInTheDocument();
    expect(sheet.getByText(/has no build for linux\/arm64/, { selector: ".left" })).toBeInTheDocument();
    await user.click(sheet.getByRole("button", { name: "Re-run 1 container" }));
    expect(await screen.findByRole("heading", { name: "It was re-run" })).toBeInTheDocument();
    const asked = fake.calls.find((call) => call.command === "rerun_several")?.given.reruns;
    const options = { platform: "linux/arm64", way: "usual", volumes: "shared" };
    expect(asked).toEqual([{ id: one.id, container: "one", options }]);
  });

  test("refuses when none of them can be done", async () => {
    const blockers = [{ kind: "paused", text: "It is paused." }];
    const { fake, user, sheet } = await openSheet(
      { plan_rerun: () => planned("x", { blockers }) },
      "one",
      "two",
    );
    await sheet.findByText(/^2 of them cannot be re-run/);
    const go = sheet.getByRole("button", { name: "Re-run" });
    expect(go).toHaveAccessibleDescription("None of them can be re-run, for the reasons above");
    await user.click(go);
    expect(fake.times("rerun_several")).toBe(0);
  });

  test("lets one of them be re-created by hand, where Compose cannot make it", async () => {
    const blockers = [{ kind: "compose-not-here", text: "Compose made it elsewhere." }];
    const { fake, user, sheet } = await openSheet(
      {
        plan_rerun: ({ id: of, options: { way } }: Asked) =>
          planned(nameOf(of), of === two.id && way === "usual" ? { blockers } : {}),
      },
      "one",
      "two",
    );
    await sheet.findByText(/^One of them cannot be re-run/);
    const choice = sheet.getByRole("checkbox", { name: "Re-create by hand instead" });
    await user.click(choice);
    await waitFor(() => expect(choice).toBeChecked());
    expect(choice).toHaveFocus();
    await user.click(await sheet.findByRole("button", { name: "Re-run 2 containers" }));
    const asked = fake.calls.find((call) => call.command === "rerun_several")?.given.reruns;
    expect(asked?.map((it) => it.options.way)).toEqual(["usual", "by-hand"]);
  });

  test("lets one of them write into copies of its volumes", async () => {
    const warnings = [{ kind: "database", text: "Redis wrote the files." }];
    const { fake, user, sheet } = await openSheet(
      { plan_rerun: ({ id: of }: Asked) => planned(nameOf(of), of === two.id ? { warnings } : {}) },
      "one",
      "two",
    );
    await user.click(await sheet.findByText("two", { selector: "summary *" }));
    await user.click(sheet.getByRole("checkbox", { name: /cop/i }));
    await user.click(await sheet.findByRole("button", { name: "Re-run 2 containers" }));
    const asked = fake.calls.find((call) => call.command === "rerun_several")?.given.reruns;
    expect(asked?.map((it) => it.options.volumes)).toEqual(["shared", "copied"]);
  });

  test("asks Compose once for a service of which two containers are selected", async () => {
    const { fake, user, sheet } = await openSheet(
      { plan_rerun: ({ id: of }: { id: string }) => planned(nameOf(of), { by_compose: byCompose }) },
      "one",
      "two",
    );
    expect(await sheet.findByText("Compose makes it anew together with one")).toBeInTheDocument();
    await user.click(sheet.getByRole("button", { name: "Re-run 1 container" }));
    expect(fake.calls.find((call) => call.command === "rerun_several")?.given.reruns).toHaveLength(1);
  });

  test("can be read while plans are still awaited, and left, which ends the asking", async () => {
    let answer = (): void => {};
    const { fake, user, sheet } = await openSheet(
      {
        plan_rerun: ({ id: of }: { id: string }) =>
          of === one.id ? planned("one") : new Promise((done) => (answer = () => done(planned(nameOf(of))))),
      },
      "one",
      "two",
      "three",
    );
    expect(await sheet.findByText("Working out what would change: 1 of 3")).toBeInTheDocument();
    expect(sheet.getByText("3 changes")).toBeInTheDocument();
    expect(sheet.getByRole("button", { name: "Re-run" })).toHaveAccessibleDescription("There is no plan yet");
    sheet.getByRole("button", { name: "Cancel" }).focus();
    await user.keyboard("{Escape}");
    answer();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(selected()).toHaveLength(3);
    expect(await button("Re-run 3 containers…")).toHaveFocus();
    expect(fake.times("plan_rerun")).toBe(2);
  });
});

describe("several re-runs", () => {
  /** Holds each until it is let go. */
  async function begin(answers = {}, ...names: string[]) {
    const opened = await openSheet(answers, ...names);
    let go = (): void => {};
    opened.fake.pause = () => new Promise<void>((done) => (go = done));
    await opened.user.click(await opened.sheet.findByRole("button", { name: /^Re-run \d/ }));
    await screen.findByRole("heading", { name: /^Re-running 1 of/ });
    const results = () =>
      within(screen.getByRole("list", { name: "What came of each" })).getAllByRole("listitem");
    return { ...opened, next: () => go(), results };
  }
  const succeeding = ({ id: of }: { id: string }) => ({
    ...rerunDone(),
    container: nameOf(of),
    new_id: id(`new-${nameOf(of)}`),
  });
  const failing = (of: { id: string }) => {
    if (of.id === two.id) throw broken;
    return succeeding(of);
  };

  test("say how far they are and what is done now, and what came of each", async () => {
    const { next, results, user, fake } = await begin({ rerun: failing }, "one", "two", "three");
    expect(screen.getByText("one: Making the new container")).toBeInTheDocument();
    expect(screen.getByRole("progressbar", { name: "How many are over" })).toHaveAttribute("max", "3");
    expect(results()[1]).toHaveTextContent("Waits for its turn");
    next();
    expect(await screen.findByRole("heading", { name: "Re-running 2 of 3" })).toBeInTheDocument();
    next();
    expect(await screen.findByRole("heading", { name: "Re-running 3 of 3" })).toBeInTheDocument();
    next();
    expect(await screen.findByRole("heading", { name: "2 of 3 were re-run" })).toBeInTheDocument();
    expect(screen.getByText("1 could not be")).toBeInTheDocument();
    expect(results()[0]).toHaveTextContent(/one.*runs as linux\/arm64 now/);
    expect(results()[2]).toHaveTextContent(
      /two.*acme\/two:1 has no build.*Choose another tag.*It is as it was\./,
    );
    expect(results()[1]).toHaveTextContent(/three.*runs as linux\/arm64 now/);
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.queryByText("2 of 3 were re-run")).toBeNull();
    expect(fake.times("forget_several")).toBe(2);
  });

  test("does not say that one is as it was when it is not", async () => {
    const rerun = () => {
      const more = {
        old_id: one.id,
        new_id: null,
        platform: "linux/arm64",
        left: "old",
        text: "It was interrupted",
      };
      opened.fake.send({ kind: "interrupted", reruns: [{ container: "one", ...more }] });
      throw broken;
    };
    const opened = await begin({ rerun }, "one", "two");
    opened.next();
    await screen.findByRole("heading", { name: "Re-running 2 of 2" });
    expect(opened.results()[0]).toHaveTextContent("has no build");
    expect(opened.results()[0]).not.toHaveTextContent("It is as it was");
  });

  test("go on when their sheet is closed, are shown above the list, and are shown again", async () => {
    const { next, user } = await begin({ rerun: succeeding }, "one", "two");
    (await button("Close")).focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    const strip = () => screen.getByText(/^Re-running/).closest("[role=status]") as HTMLElement;
    expect(strip()).toHaveTextContent("Re-running 1 of 2 one: Making the new container");
    await addEach(user, "three");
    expect(await button("Re-run 1 container…")).toHaveAccessibleDescription("Others are being re-run");
    next();
    await waitFor(() => expect(strip()).toHaveTextContent("Re-running 2 of 2 two"));
    await user.click(within(strip()).getByRole("button", { name: "Show" }));
    expect(await screen.findByRole("heading", { name: "Re-running 2 of 2" })).toBeInTheDocument();
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close" }));
    next();
    expect(await screen.findByText("All 2 were re-run")).toBeInTheDocument();
    await user.click(await button("Dismiss"));
    await waitFor(() => expect(screen.queryByText("All 2 were re-run")).toBeNull());
  });

  test("stop between two, and leave what was not begun as it was", async () => {
    const { next, results, user } = await begin({ rerun: succeeding }, "one", "two", "three");
    await user.click(await button("Stop after this one"));
    const stop = await button("Stop after this one");
    expect(stop).toHaveAccessibleDescription("It stops after the one that is under way");
    next();
    expect(await screen.findByRole("heading", { name: "1 of 3 was re-run" })).toBeInTheDocument();
    expect(screen.getByText("2 were not begun")).toBeInTheDocument();
    expect(results()[2]).toHaveTextContent("It was not begun, and is as it was.");
  });

  test("can each be undone from what came of them, which is shown again after it", async () => {
    const { next, results, user, fake } = await begin({}, "one", "two");
    fake.pause = async () => {};
    next();
    await screen.findByRole("heading", { name: "All 2 were re-run" });
    await user.click(await button("Undo the re-run of one"));
    await user.click(await button("Cancel"));
    await user.click(await button("Undo the re-run of one"));
    expect(await screen.findByRole("heading", { name: "Undo the re-run of one?" })).toBeInTheDocument();
    await user.click(await button("Undo the re-run"));
    await screen.findByRole("heading", { name: "All 2 were re-run" });
    expect(results()[0]).toHaveTextContent("It was taken back, and is as it was.");
    expect(screen.queryByRole("button", { name: "Undo the re-run of one" })).toBeNull();
    expect(await button("Undo the re-run of two")).toBeInTheDocument();
    expect(fake.times("undo")).toBe(1);
  });

  test("are still there after the page was loaded anew", async () => {
    const reruns = [
      { container: "one", id: one.id, platform: "linux/arm64", became: { state: "done", done: rerunDone() } },
      { container: "two", id: two.id, platform: "linux/arm64", became: { state: "failed", problem: broken } },
    ] as const;
    const { user } = await open({ containers, several: { reruns: [...reruns], stops: false } });
    await user.click(await button("Show"));
    expect(await screen.findByRole("heading", { name: "1 of 2 was re-run" })).toBeInTheDocument();
  });

  test("say why none could be begun, and keep the plan", async () => {
    const busy = { kind: "busy", message: "Several are being re-run already", hint: "Wait for them" };
    const { user, sheet } = await openSheet({ rerun_several: () => Promise.reject(busy) }, "one", "two");
    await user.click(await sheet.findByRole("button", { name: "Re-run 2 containers" }));
    expect(await sheet.findByRole("alert")).toHaveTextContent("Several are being re-run already");
  });
});
