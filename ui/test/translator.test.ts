import { screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { Problem } from "../src/api";
import { engine, linux, mac, rosetta, rosettaNotNeeded, rosettaOff } from "../src/fake-data";
import { button, open } from "./window";

const unasked = { rosetta: null };
const onLinux = { rosetta: null, host: linux };
const permission = /may make macOS ask for permission/;
const failure: Problem = { kind: "ended", message: "The session has ended", hint: "Start Archlight again" };

const card = async () => within(await screen.findByRole("region", { name: "Translator" }));

describe("the translator", () => {
  test.each([
    ["on", "settings-file", "Rosetta is on by settings"],
    ["on", "probe", "Rosetta is on"],
    ["off", "settings-file", "Rosetta is off by settings"],
    ["impossible", "default", "Rosetta cannot be used here"],
    ["not-needed", "default", "Rosetta is not needed here"],
    ["unknown", "default", "Rosetta: not known"],
    ["a state of tomorrow", "default", "Rosetta: not known"],
  ])("that is %s by %s is called: %s", async (state, source, said) => {
    await open({ rosetta: { ...rosetta, state, source, why: "Because it is so." } });
    expect((await card()).getByText(said)).toBeInTheDocument();
    expect((await card()).getByText("Because it is so.")).toBeInTheDocument();
    expect((await card()).queryByRole("group")).toBeNull();
  });

  test("folds and unfolds what a narrow window has no room for", async () => {
    const { user } = await open();
    const more = (await card()).getByLabelText("Details of the translator");
    expect(more).toHaveAttribute("aria-expanded", "false");
    await user.click(more);
    expect(more).toHaveAttribute("aria-expanded", "true");
    expect(document.getElementById(more.getAttribute("aria-controls") ?? "")).toHaveClass("unfolded");
  });

  test("says what contradicts it, also twice, and that an administrator decides", async () => {
    const conflicts = ["Two files disagree", "Two files disagree"];
    await open({ rosetta: { ...rosetta, locked: true, conflicts } });
    expect((await card()).getAllByText(/Two files disagree/)).toHaveLength(2);
    expect((await card()).getByText("An administrator decides this.")).toBeInTheDocument();
  });

  test.each([
    ["off", "How to turn it on"],
    ["unknown", "What you can do"],
    ["on", "What you can do"],
  ])("that is %s gives its steps in order under: %s", async (state, heading) => {
    const { user } = await open({ rosetta: { ...rosetta, state, steps: ["Open it", "Turn it", "Turn it"] } });
    const steps = (await card()).getByRole<HTMLDetailsElement>("group");
    expect(steps.open).toBe(false);
    await user.click(within(steps).getByText(heading));
    expect(steps.open).toBe(true);
    const said = within(steps).getAllByRole("listitem");
    expect(said.map((step) => step.textContent)).toEqual(["Open it", "Turn it", "Turn it"]);
  });
});

describe("the translator of the sample engine", () => {
  test.each([linux, mac])("says nothing of this machine, and asks nothing: %o", async (host) => {
    const { fake } = await open({ rosetta: null, host, engine: { ...engine, sample: true } });
    expect((await card()).getByText("Sample engine")).toBeInTheDocument();
    expect((await card()).getByText(/nothing is translated here/)).toBeInTheDocument();
    fake.send({ kind: "rosetta", rosetta: rosettaOff });
    await expect.poll(() => screen.queryByText(/by settings/)).toBeNull();
    expect(screen.queryByRole("button", { name: /Check/ })).toBeNull();
    expect(fake.times("rosetta")).toBe(0);
  });
});

describe("the translator on a Mac", () => {
  test("is read only when the reader says so, who is told that macOS may ask", async () => {
    const { fake, user } = await open(unasked);
    expect((await card()).getByText(permission)).toBeInTheDocument();
    expect(fake.times("rosetta")).toBe(0);
    await user.click(await button("Check Rosetta"));
    expect(await (await card()).findByText("Rosetta is off by settings")).toBeInTheDocument();
    expect((await card()).queryByText(permission)).toBeNull();
    expect(fake.times("rosetta")).toBe(1);
    expect(await button("Check again")).toHaveFocus();
  });

  test("is read again after the steps were followed", async () => {
    const { fake, user } = await open({ rosetta: rosettaOff });
    fake.answers["rosetta"] = () => {
      fake.send({ kind: "rosetta", rosetta });
      return rosetta;
    };
    await user.click(await button("Check again"));
    expect(await (await card()).findByText("Rosetta is on by settings")).toBeInTheDocument();
  });

  test("shows what another face asked for", async () => {
    const { fake } = await open(unasked);
    await card();
    fake.send({ kind: "rosetta", rosetta });
    expect(await (await card()).findByText("Rosetta is on by settings")).toBeInTheDocument();
  });

  test("shows a wait that is felt, as long as macOS asks", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    let allow = (): void => {};
    const answer = () => new Promise((done) => (allow = () => done(rosetta)));
    const { user } = await open(unasked, { rosetta: answer });
    await user.click(await button("Check Rosetta"));
    await vi.advanceTimersByTimeAsync(600);
    expect((await card()).getByRole("status")).toHaveTextContent("Reading the settings");
    expect(await button("Check Rosetta")).toHaveAttribute("aria-disabled", "true");
    allow();
    await expect.poll(() => screen.queryByText("Reading the settings")).toBeNull();
    vi.useRealTimers();
  });

  test("says why it could not be read, and can be asked again", async () => {
    const { user } = await open(unasked, { rosetta: () => Promise.reject(failure) });
    await user.click(await button("Check Rosetta"));
    expect(await (await card()).findByRole("alert")).toHaveTextContent("The session has ended");
    expect(await button("Check Rosetta")).toHaveAttribute("aria-disabled", "false");
  });
});

describe("the translator on Linux", () => {
  test("is read by itself once the engine is connected", async () => {
    const { fake } = await open({ ...onLinux, state: "connecting", engine: null });
    expect(await screen.findByRole("region", { name: "Looking for an engine" })).toBeInTheDocument();
    expect(fake.times("rosetta")).toBe(0);
    fake.send({ kind: "engine", state: "connected", why: "", engine, problem: null });
    expect(await (await card()).findByText("Rosetta is not needed here")).toBeInTheDocument();
    expect(fake.times("rosetta")).toBe(1);
    expect(screen.queryByText(permission)).toBeNull();
    expect(screen.queryByRole("button", { name: /Check/ })).toBeNull();
  });

  test("is read by itself only once, also when that failed", async () => {
    const { fake, user } = await open(onLinux, { rosetta: () => Promise.reject(failure) });
    expect(await (await card()).findByRole("alert")).toHaveTextContent("Start Archlight again");
    fake.send({ kind: "engine", state: "lost", why: "closed", engine: null, problem: failure });
    await button("Try again");
    fake.send({ kind: "engine", state: "connected", why: "", engine, problem: null });
    await expect.poll(() => screen.queryByRole("button", { name: "Try again" })).toBeNull();
    expect(fake.times("rosetta")).toBe(1);
    delete fake.answers["rosetta"];
    await user.click(await button("Check Rosetta"));
    expect(await screen.findByText("Rosetta is not needed here")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("is not read again when it is known", async () => {
    const { fake } = await open({ rosetta: rosettaNotNeeded, host: linux });
    expect((await card()).getByText("Rosetta is not needed here")).toBeInTheDocument();
    expect(fake.times("rosetta")).toBe(0);
  });
});
