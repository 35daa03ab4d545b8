import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { Problem } from "../src/api";
import { engine, rosettaOff, runningChange, settingChange } from "../src/fake-data";
import { button, open } from "./window";

const full: Problem = { kind: "disk-full", message: "There is no room on the disk", hint: "Make room" };
const KEY = "UseVirtualizationFrameworkRosetta";

async function openSheet(answers = {}, more = {}) {
  const { fake, user } = await open({ rosetta: rosettaOff, ...more }, answers);
  await user.click(await button("Turn Rosetta on…"));
  const dialog = await screen.findByRole("dialog", { name: "Turn Rosetta on?" });
  return { fake, user, sheet: within(dialog) };
}

const given = (fake: Awaited<ReturnType<typeof openSheet>>["fake"]) =>
  fake.calls.filter((call) => call.command === "turn").map((call) => call.given);

describe("the way to turn Rosetta on", () => {
  test.each([
    ["on", "Turn Rosetta off…"],
    ["off", "Turn Rosetta on…"],
  ])("stands below a translator that is %s", async (state, name) => {
    await open({ rosetta: { ...rosettaOff, state } });
    expect(await button(name)).toBeInTheDocument();
  });

  test.each(["impossible", "not-needed", "unknown"])("is not there when it is %s", async (state) => {
    await open({ rosetta: { ...rosettaOff, state } });
    await screen.findByRole("region", { name: "Translator" });
    expect(screen.queryByRole("button", { name: /Turn Rosetta/ })).toBeNull();
  });

  test("is not there on the sample engine", async () => {
    await open({ rosetta: rosettaOff, engine: { ...engine, sample: true } });
    expect(screen.queryByRole("button", { name: /Turn Rosetta/ })).toBeNull();
  });
});

describe("the sheet before Rosetta is turned on", () => {
  test("shows file, key, lines and backup, and does nothing before a yes", async () => {
    const { fake, user, sheet } = await openSheet();
    expect(await sheet.findByText(KEY)).toBeInTheDocument();
    expect(sheet.getByText("false").tagName).toBe("DEL");
    expect(sheet.getByText("true").tagName).toBe("INS");
    expect(sheet.getByText(/settings-store\.json\.archlight-backup$/)).toBeInTheDocument();
    expect(sheet.getByLabelText("The lines that change")).toHaveTextContent(`+ "${KEY}": true`);
    await user.click(sheet.getByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(fake.times("turn")).toBe(0);
  });

  test("carries out what was shown, says what came of it, and can be undone", async () => {
    const { fake, user, sheet } = await openSheet();
    await sheet.findByText(KEY);
    await user.click(sheet.getByRole("button", { name: "Turn on" }));
    expect(await sheet.findByRole("status")).toHaveTextContent("Rosetta is on now");
    expect(sheet.getByText(/next start of Docker Desktop/)).toBeInTheDocument();
    expect(given(fake)).toMatchObject([{ turn: "on", seal: "seal-on", restarting: "later" }]);
    expect(await button("Turn Rosetta off…")).toBeInTheDocument();
    await user.click(sheet.getByRole("button", { name: "Undo the last change…" }));
    const undo = within(await screen.findByRole("dialog", { name: "Undo the last change of Rosetta?" }));
    await user.click(await undo.findByRole("button", { name: "Undo" }));
    expect(await undo.findByRole("status")).toHaveTextContent("Rosetta is off now");
    expect(given(fake)[1]).toMatchObject({ turn: "back", seal: "seal-back" });
  });

  test("restarts only when that is chosen, and names what stops then", async () => {
    const { fake, user, sheet } = await openSheet({ plan_turn: () => runningChange("on") });
    const choice = await sheet.findByRole("checkbox", { name: "Restart Docker Desktop now" });
    expect(choice).not.toBeChecked();
    expect(sheet.queryByText(/These running containers stop/)).toBeNull();
    await user.click(choice);
    expect(sheet.getByText("These running containers stop: db, web")).toBeInTheDocument();
    await user.click(sheet.getByRole("button", { name: "Turn on" }));
    await sheet.findByRole("status");
    expect(given(fake)).toMatchObject([{ restarting: "now" }]);
  });

  test("shows the commands of a runtime that is turned on by its own", async () => {
    const commands = ["colima stop", "colima start --vm-type vz --vz-rosetta"];
    const plan = settingChange("on", { title: "Colima", way: "commands", commands, diff: "", restart: null });
    const { sheet } = await openSheet({ plan_turn: () => plan });
    expect(await sheet.findByLabelText("What is run, in order")).toHaveTextContent(commands.join(" "));
  });

  test("says why it is refused and what can be done, and cannot be pressed", async () => {
    const refusals = [{ kind: "locked", text: "An administrator decides this, by `/Library/x.json`" }];
    const plan = settingChange("on", { refusals, steps: ["Ask the administrator"] });
    const { fake, user, sheet } = await openSheet({ plan_turn: () => plan });
    const list = await sheet.findByRole("list", { name: "Why it is not done here" });
    expect(list).toHaveTextContent("An administrator decides this");
    expect(sheet.getByRole("list", { name: "What you can do" })).toHaveTextContent("Ask the administrator");
    const go = sheet.getByRole("button", { name: "Turn on" });
    expect(go).toHaveAttribute("aria-disabled", "true");
    expect(go).toHaveAccessibleDescription("It cannot be done for the reason above");
    await user.click(go);
    expect(fake.times("turn")).toBe(0);
  });

  test("says what failed, and looks at the plan anew", async () => {
    const { fake, user, sheet } = await openSheet({ turn: () => Promise.reject(full) });
    await sheet.findByText(KEY);
    await user.click(sheet.getByRole("button", { name: "Turn on" }));
    expect(await sheet.findByRole("alert")).toHaveTextContent("There is no room on the disk");
    expect(fake.times("plan_turn")).toBe(2);
  });

  test("offers nothing to press where nothing has to be done", async () => {
    const { sheet } = await openSheet({ plan_turn: () => settingChange("on", { already: true }) });
    expect(await sheet.findByText("Nothing has to be changed in Docker Desktop.")).toBeInTheDocument();
    expect(sheet.queryByRole("button", { name: "Turn on" })).toBeNull();
  });
});
