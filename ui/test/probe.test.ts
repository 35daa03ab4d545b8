import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { Problem, ProbeReport, Translator } from "../src/api";
import { engine, rosettaOff, translator } from "../src/fake-data";
import { button, open } from "./window";

const failure: Problem = { kind: "ended", message: "The session has ended", hint: "Start Archlight again" };
const probed = async () => within(await screen.findByRole("region", { name: "What runs foreign programs" }));

/** What was found out, with some of it otherwise. */
function known(more: Partial<Translator["foreign"][number]>): Translator {
  const [first] = translator.foreign;
  if (!first) throw new Error("the sample has none");
  return { ...translator, foreign: [{ ...first, ...more }] };
}

describe("what a probe found out", () => {
  test("is shown beside what the settings say, with its time, its speed and what is missing", async () => {
    await open({ rosetta: rosettaOff, translator });
    const said = await probed();
    expect(said.getByText("Rosetta translates linux/amd64 programs")).toBeInTheDocument();
    expect(said.getByText("About 1.3 times slower than native programs")).toBeInTheDocument();
    expect(said.getByText(/Measured .*\d\d:\d\d\. Without AVX and AVX2\./)).toBeInTheDocument();
    expect(screen.getByText("Rosetta is off by settings")).toBeInTheDocument();
    expect(said.queryByText(/⚠/)).toBeNull();
  });

  test("claims no speed that was not measured, and names no lack of what does not run", async () => {
    const nothing = { runs: false, speed: null, relative_speed: null, pace: null, dynamic: null };
    const why = "Nothing here runs linux/amd64 programs";
    await open({ translator: known({ ...nothing, why, hint: "Turn on `Rosetta`", features: {} }) });
    const said = await probed();
    expect(said.getByText(why)).toBeInTheDocument();
    expect(said.getByText("Rosetta", { selector: "code" })).toBeInTheDocument();
    expect(said.queryByText(/slower/)).toBeNull();
    expect(said.queryByText(/Without/)).toBeNull();
  });

  test("warns of programs that need a loader and fail", async () => {
    const why = "Static linux/amd64 programs run, and those that need a loader, which most do, fail";
    await open({ translator: known({ dynamic: { runs: false, known: true, why } }) });
    expect((await probed()).getByText(new RegExp(why))).toHaveTextContent("⚠");
  });

  test("is found out again by a press, which cannot be made twice", async () => {
    let done: (report: ProbeReport) => void = () => {};
    const answer = () => new Promise((resolve) => (done = resolve));
    const { fake, user } = await open({ translator: null }, { probe: answer });
    await user.click(await button("Find out what runs foreign programs"));
    fake.send({ kind: "translator", translator: null, probing: true });
    expect(await (await probed()).findByRole("status")).toHaveTextContent("Running a small program");
    expect(await button("Find out what runs foreign programs")).toHaveAttribute("aria-disabled", "true");
    fake.send({ kind: "translator", translator, probing: false });
    done(translator);
    expect(await (await probed()).findByText(/About 1.3 times slower/)).toBeInTheDocument();
    await expect.poll(() => screen.queryByText("Running a small program")).toBeNull();
    expect(await button("Probe again")).toHaveAttribute("aria-disabled", "false");
    expect(fake.times("probe")).toBe(1);
  });

  test("says why nothing could be found out", async () => {
    const { user } = await open({}, { probe: () => Promise.reject(failure) });
    await user.click(await button("Probe again"));
    expect(await (await probed()).findByRole("alert")).toHaveTextContent("The session has ended");
  });

  test("is gone when the engine was started anew", async () => {
    const { fake } = await open();
    expect((await probed()).getByText(/Rosetta translates/)).toBeInTheDocument();
    fake.send({ kind: "translator", translator: null, probing: false });
    await expect.poll(() => screen.queryByText(/Rosetta translates/)).toBeNull();
  });
});

describe("a probe that nobody asked for", () => {
  test("is begun after the lists, once for each connection", async () => {
    const { fake } = await open({ containers_complete: false, translator: null });
    await button("Find out what runs foreign programs");
    expect(fake.times("probe_once")).toBe(0);
    fake.send({ kind: "complete", containers: true, images: true });
    await expect.poll(() => fake.times("probe_once")).toBe(1);
    fake.send({ kind: "translator", translator, probing: false });
    await button("Probe again");
    expect(fake.times("probe_once")).toBe(1);
    fake.send({ kind: "engine", state: "lost", why: "closed", engine: null, problem: failure });
    await expect.poll(() => screen.queryByRole("button", { name: "Probe again" })).toBeNull();
    fake.send({ kind: "engine", state: "connected", why: "", engine, problem: null });
    await expect.poll(() => fake.times("probe_once")).toBe(2);
  });
});
