import { screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { Problem } from "../src/api";
import { container, diagnosis, id } from "../src/fake-data";
import { button, open, row } from "./window";

const legacy = container("legacy-api", "acme/legacy-api:2.3");

/** The summary with its path in a `<code>` of its own. */
const summary = (_: string, element: Element | null) =>
  element?.tagName === "P" &&
  element.textContent.includes("/app/server is built for amd64, inside an image for arm64");

const gone: Problem = {
  kind: "engine-timeout",
  message: "The files of `worker` could not be read.",
  hint: "Try again",
};

describe("why it crashed", () => {
  test("tells the cause, the exit code, the chain with its verdicts, the bytes and the evidence", async () => {
    const { user } = await open();
    await user.click(await row(/legacy-api/));
    const panel = within(await screen.findByRole("tabpanel", { name: "Why it crashed" }));
    expect(await panel.findByText(summary)).toBeInTheDocument();
    expect(panel.queryByText(/Exit code/)).toBeNull();
    expect(panel.getByText("Exited (126) 10 seconds ago")).toBeInTheDocument();
    expect(panel.getByText("/bin/sh → /usr/bin/dash")).toBeInTheDocument();
    const command = '["/docker-entrypoint.sh", "/app/server", "--listen", ":8080"]';
    expect(panel.getByText(command)).toBeInTheDocument();
    expect(panel.getByText("/lib64/ld-linux-x86-64.so.2", { selector: ".path" })).toBeInTheDocument();
    expect(panel.getAllByText("Fine")).toHaveLength(3);
    expect(panel.getAllByText("Wrong")).toHaveLength(1);
    expect(panel.getAllByText("Not there")).toHaveLength(1);
    expect(panel.getByText("e_machine = 0x3e, x86-64")).toBeInTheDocument();
    const marked = [...document.querySelectorAll("mark")].map((it) => it.textContent);
    expect(marked).toEqual(["3e", "00"]);
    expect(panel.getAllByText(/3: exec: \/app\/server: Exec format error/)).toHaveLength(2);
  });

  test("says what is fine in a chain, and where its links lead", async () => {
    const { user } = await open();
    await user.click(await row(/Crashed thumbs/));
    const panel = within(await screen.findByRole("tabpanel", { name: "Why it crashed" }));
    expect(await panel.findByText("/bin/sh → /usr/bin/dash")).toBeInTheDocument();
    expect(panel.getAllByText("Fine")).toHaveLength(5);
    expect(panel.getAllByText("Wrong")).toHaveLength(1);
    expect(panel.getByText(/sharp-linux-arm64\.node$/, { selector: ".faulty .path" })).toBeInTheDocument();
  });

  test("proves only the first fault, or else what comes first", async () => {
    const { chain, ...rest } = diagnosis(legacy);
    const proven = (fault: string | null, meaning: string) =>
      chain.slice(0, 1).map((link) => ({ ...link, fault, proof: { hex: "7f", from: 0, to: 1, meaning } }));
    const links = [...proven(null, "fine"), ...proven("a-fault", "first"), ...proven("a-fault", "second")];
    const { fake, user } = await open({}, { diagnose: () => ({ ...rest, chain: links }) });
    await user.click(await row(/legacy-api/));
    expect(await screen.findByText("first")).toBeInTheDocument();
    expect(screen.getAllByRole("group", { name: "The bytes that prove it" })).toHaveLength(1);
    fake.answers["diagnose"] = () => ({ ...rest, chain: links.slice(0, 1) });
    await user.click(await row(/Crashed worker/));
    expect(await screen.findByText("fine")).toBeInTheDocument();
  });

  test("offers the remedies best first, and copies a command", async () => {
    const { user } = await open();
    await user.click(await row(/legacy-api/));
    expect(await button("Re-run as linux/amd64")).toBeInTheDocument();
    await user.click(await row(/Crashed worker/));
    expect(await button("Re-run as linux/arm64")).toBeInTheDocument();
    await user.click(await button("Copy command"));
    expect(await navigator.clipboard.readText()).toBe(
      "docker run --privileged --rm tonistiigi/binfmt --install riscv64",
    );
    expect(await button("Copied")).toBeInTheDocument();
  });

  test.each(["linux/arm/v7", "linux/s390x"])("re-runs for a remedy's own platform: %s", async (platform) => {
    const [first] = diagnosis(legacy).remedies;
    const remedies = ["linux/arm/v7", "linux/s390x"].map((to) => ({ ...first, platform: to }));
    const { fake, user } = await open({}, { diagnose: () => ({ ...diagnosis(legacy), remedies }) });
    await user.click(await row(/legacy-api/));
    await user.click(await button(`Re-run as ${platform}`));
    const title = `Re-run legacy-api as ${platform}?`;
    expect(await screen.findByRole("dialog", { name: title })).toBeInTheDocument();
    const asked = fake.calls.filter((call) => call.command === "plan_rerun");
    expect(asked.map((call) => call.given.options.platform)).toEqual([platform]);
  });

  test("leaves the platform of a re-run to the diagnosis when the remedy names none", async () => {
    const [first] = diagnosis(legacy).remedies;
    const remedies = [{ ...first, platform: null }];
    const { fake, user } = await open({}, { diagnose: () => ({ ...diagnosis(legacy), remedies }) });
    await user.click(await row(/legacy-api/));
    await user.click(await button("Re-run"));
    await screen.findByRole("dialog");
    expect(fake.calls.at(-1)).toMatchObject({
      command: "plan_rerun",
      given: { options: { platform: null } },
    });
  });

  test("asks again when the container changed, and not when only its status line did", async () => {
    const { fake, user } = await open();
    const asked = () => fake.calls.filter((call) => call.command === "diagnose").length;
    await user.click(await row(/legacy-api/));
    await button("Re-run as linux/amd64");
    fake.change("legacy-api", { status: "Exited (126) 2 minutes ago" });
    await screen.findByText("Exited (126) 2 minutes ago");
    expect(asked()).toBe(1);
    fake.change("legacy-api", { exit_code: 133, status: "Dead" });
    await screen.findByText("Exit code 133 · Dead");
    await expect.poll(asked).toBe(2);
  });

  test("shows a wait that is felt, and nothing before", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    let finish = (): void => {};
    const answers = {
      diagnose: () => new Promise((done) => (finish = () => done(diagnosis(legacy)))),
    };
    const { user } = await open({}, answers);
    await user.click(await row(/legacy-api/));
    expect(screen.queryByText("Reading the files that were to run")).toBeNull();
    await vi.advanceTimersByTimeAsync(600);
    expect(await screen.findByText("Reading the files that were to run")).toBeInTheDocument();
    finish();
    expect(await button("Re-run as linux/amd64")).toBeInTheDocument();
    expect(screen.queryByText("Reading the files that were to run")).toBeNull();
    vi.useRealTimers();
  });

  test("shows a failure in one place, with what can be done", async () => {
    const refuse = () => Promise.reject(gone);
    const { user } = await open({}, { diagnose: refuse });
    await user.click(await row(/Crashed worker/));
    const alerts = await screen.findAllByRole("alert");
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toHaveTextContent("The files of worker could not be read. Try again");
  });

  test("never shows the answer for a container that is no longer open", async () => {
    const slow = (given: { id: string }) =>
      given.id === id("legacy-api")
        ? new Promise((done) => setTimeout(() => done(diagnosis(legacy)), 20))
        : Promise.reject(gone);
    const { user } = await open({}, { diagnose: slow });
    await user.click(await row(/legacy-api/));
    await user.click(await row(/Crashed worker/));
    await screen.findByRole("alert");
    await new Promise((done) => setTimeout(done, 40));
    expect(screen.queryByText(summary)).toBeNull();
  });
});

describe("the other tabs", () => {
  test("gives the status of a healthy container, and a re-run where one is worth offering", async () => {
    const { user } = await open();
    await user.click(await row(/shop-cache-1/));
    expect(await screen.findByRole("tab", { name: "Status" })).toHaveAttribute("aria-selected", "true");
    expect(screen.getByText("linux/amd64")).toBeInTheDocument();
    expect(await button("Re-run as linux/arm64")).toBeInTheDocument();
    await user.click(await row(/shop-web-1/));
    expect(screen.queryByRole("button", { name: /Re-run/ })).toBeNull();
  });

  test("shows the log, and says which lines came by standard error", async () => {
    const { user } = await open();
    await user.click(await row(/shop-web-1/));
    (await screen.findByRole("tab", { name: "Status" })).focus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByRole("tab", { name: "Logs" })).toHaveFocus();
    expect(await screen.findByText("The last 3 lines")).toBeInTheDocument();
    expect(screen.getByText(/^\/docker-entrypoint\.sh: Configuration complete/)).toBeInTheDocument();
    expect(screen.getAllByText(/standard error/)).toHaveLength(2);
  });

  test("says when there is no log, and when it cannot be read", async () => {
    const { fake, user } = await open({}, { logs: () => [] });
    await user.click(await row(/legacy-api/));
    await user.click(await screen.findByRole("tab", { name: "Logs" }));
    expect(await screen.findByText("It wrote nothing")).toBeInTheDocument();
    fake.answers["logs"] = () => Promise.reject(gone);
    await user.click(await button("Refresh"));
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be read");
  });

  test("closes when its container goes", async () => {
    const { fake, user } = await open();
    await user.click(await row(/mailpit/));
    await screen.findByRole("heading", { name: "mailpit" });
    fake.send({ kind: "removed", id: id("mailpit") });
    await expect.poll(() => screen.queryByRole("heading", { name: "mailpit" })).toBeNull();
  });
});
