import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { Problem } from "../src/api";
import { onLines } from "../src/command";
import type { RerunOptions } from "../src/api";
import { byCompose, container, id, plan, rerunContainers, rerunDone } from "../src/fake-data";
import { button, open, row } from "./window";

const cache = container("shop-cache-1", "redis:7", { platform: "linux/amd64" });
const broken: Problem = {
  kind: "engine-refused",
  message: "`redis:7` has no build for linux/arm64.",
  hint: "Choose another tag",
};

async function openSheet(answers = {}) {
  const { fake, user } = await open({}, answers);
  await user.click(await row(/shop-cache-1/));
  await user.click(await button("Re-run as linux/arm64"));
  const dialog = await screen.findByRole("dialog");
  return { fake, user, dialog, sheet: within(dialog) };
}

const BY_HAND = "Re-create by hand instead";

/** Compose made the sample's container, and its files are on no disk. */
async function openByHand(answers = {}) {
  const opened = await openSheet(answers);
  await opened.user.click(await opened.sheet.findByRole("checkbox", { name: BY_HAND }));
  await opened.sheet.findByRole("list", { name: "To know before" });
  return opened;
}

describe("volumes", () => {
  const DATABASE = { kind: "database", text: "Redis wrote the files at /data on one architecture" };
  const COPY = "Copy its volumes first, and use the copies";
  const openDatabase = () =>
    openByHand({
      plan_rerun: ({ options }: { options: RerunOptions }) => ({
        ...plan(cache, "linux/arm64", "by-hand"),
        blockers: options.way === "usual" ? [DATABASE] : [],
        by_compose: options.way === "usual" ? byCompose : null,
        warnings: options.volumes === "shared" ? [DATABASE] : [{ kind: "other", text: "Copies are used" }],
      }),
    });

  test("are copied where a database's files are in them and somebody chose that", async () => {
    const { fake, user, sheet } = await openDatabase();
    const choice = await sheet.findByRole("checkbox", { name: COPY });
    expect(choice).not.toBeChecked();
    await user.click(choice);
    expect(await sheet.findByText("Copies are used")).toBeInTheDocument();
    expect(sheet.getByRole("checkbox", { name: COPY })).toBeChecked();
    await user.click(sheet.getByRole("button", { name: "Re-run" }));
    expect(fake.calls.find((call) => call.command === "rerun")?.given).toMatchObject({
      options: { way: "by-hand", volumes: "copied" },
    });
  });

  test("of what is no database are not asked about", async () => {
    const { sheet } = await openByHand({
      plan_rerun: () => ({
        ...plan(cache, "linux/arm64"),
        by_compose: byCompose,
        warnings: [{ kind: "x", text: "y" }],
      }),
    });
    expect(sheet.queryByRole("checkbox", { name: COPY })).toBeNull();
  });
});

describe("the sheet for what Compose made", () => {
  const made = { ...plan(cache, "linux/arm64"), by_compose: byCompose };

  test("offers the file and what Compose does with it, and re-creates by hand only when that is chosen", async () => {
    const { fake, user, sheet } = await openSheet({
      plan_rerun: ({ options }: { options: RerunOptions }) =>
        options.way === "usual" ? made : plan(cache, "linux/arm64"),
    });
    const file = await sheet.findByLabelText("The file /Users/ada/shop/compose.override.yaml");
    expect(file).toHaveTextContent('"cache": platform: "linux/arm64"');
    expect(sheet.getByText(/^Compose makes the service cache of shop anew/)).toBeInTheDocument();
    expect(sheet.getByLabelText("The same as a command")).toHaveTextContent(/^docker compose -p shop/);
    const choice = sheet.getByRole("checkbox", { name: BY_HAND });
    expect(choice).not.toBeChecked();
    await user.click(choice);
    expect(await sheet.findByText(/renamed and kept until you discard it/)).toBeInTheDocument();
    expect(sheet.queryByLabelText(/^The file/)).toBeNull();
    expect(sheet.getByRole("checkbox", { name: BY_HAND })).toBeChecked();
    await user.click(choice);
    await sheet.findByLabelText(/^The file/);
    await user.click(sheet.getByRole("button", { name: "Re-run" }));
    expect(fake.calls.find((call) => call.command === "rerun")?.given).toMatchObject({
      options: { way: "usual" },
    });
  });

  test("says why Compose cannot do it, and offers to do it by hand", async () => {
    const { fake, user, sheet } = await openSheet();
    const list = await sheet.findByRole("list", { name: "Why it cannot be done" });
    expect(list).toHaveTextContent("Compose made shop-cache-1, and cannot make it anew from here");
    expect(sheet.getByRole("button", { name: "Re-run" })).toHaveAttribute("aria-disabled", "true");
    await user.click(sheet.getByRole("checkbox", { name: BY_HAND }));
    await waitFor(() =>
      expect(sheet.queryByRole("list", { name: "Why it cannot be done" })).not.toBeInTheDocument(),
    );
    await user.click(sheet.getByRole("button", { name: "Re-run" }));
    expect(fake.calls.find((call) => call.command === "rerun")?.given).toMatchObject({
      options: { way: "by-hand" },
    });
  });

  test("is taken back with its file, which is named before", async () => {
    const containers = [{ ...cache, compose_project: "shop", undo_file: byCompose.file }];
    const { user } = await open({ containers });
    await user.click(await row(/shop-cache-1/));
    expect(screen.getByText("Compose re-ran it")).toBeInTheDocument();
    await user.click(await button("Undo…"));
    const dialog = await screen.findByRole("dialog", { name: "Undo the re-run of shop-cache-1?" });
    expect(dialog).toHaveTextContent(`${byCompose.file} is taken back`);
  });
});

describe("the sheet before a re-run", () => {
  test("says what changes, what stays, what to know and the command, before anything is done", async () => {
    const { fake, sheet } = await openByHand();
    expect(
      await sheet.findByRole("heading", { name: "Re-run shop-cache-1 as linux/arm64?" }),
    ).toBeInTheDocument();
    const table = within(sheet.getByRole("table", { name: "What changes" }));
    expect(table.getByRole("row", { name: /Platform linux\/amd64 → linux\/arm64/ })).toBeInTheDocument();
    expect(table.getByRole("row", { name: /Kept as it is name, 1 volume, 1 network/ })).toBeInTheDocument();
    expect(sheet.getByRole("list", { name: "To know before" })).toHaveTextContent(
      "Compose project shop made this container",
    );
    expect(sheet.getByLabelText("The same as a command")).toHaveTextContent(
      "docker run \\ --detach \\ --name shop-cache-1 \\ --platform linux/arm64",
    );
    expect(
      table.getByRole("row", { name: new RegExp(`^Hostname ${cache.id.slice(0, 12)}`) }),
    ).toBeInTheDocument();
    expect(fake.calls.some((call) => call.command === "rerun")).toBe(false);
  });

  test("closes by Escape and by Cancel, and gives the focus back", async () => {
    const { user, sheet } = await openSheet();
    await user.click(await sheet.findByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(await button("Re-run as linux/arm64")).toHaveFocus();
    await user.keyboard("{Enter}");
    (await screen.findByRole("button", { name: "Cancel" })).focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("heading", { name: "shop-cache-1" })).toBeInTheDocument();
  });

  test("refuses with a reason when something blocks it", async () => {
    const blockers = [{ kind: "swarm", text: "A swarm service owns this container." }];
    const { fake, user, sheet } = await openSheet({
      plan_rerun: () => ({ ...plan(cache, "linux/arm64"), blockers }),
    });
    const list = await sheet.findByRole("list", { name: "Why it cannot be done" });
    expect(list).toHaveTextContent("A swarm service owns this container.");
    const go = sheet.getByRole("button", { name: "Re-run" });
    expect(go).toHaveAttribute("aria-disabled", "true");
    expect(go).toHaveAccessibleDescription("It cannot be done for the reason above");
    await user.click(go);
    expect(fake.calls.some((call) => call.command === "rerun")).toBe(false);
  });

  test("shows a wait for the plan that is felt, and nothing before", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    let finish = (): void => {};
    const answer = () => new Promise((done) => (finish = () => done(plan(cache, "linux/arm64"))));
    const { sheet } = await openSheet({ plan_rerun: answer });
    expect(sheet.queryByText("Working out what would change")).toBeNull();
    await vi.advanceTimersByTimeAsync(600);
    expect(sheet.getByRole("status")).toHaveTextContent("Working out what would change");
    expect(sheet.getByRole("button", { name: "Re-run" })).toHaveAttribute("aria-disabled", "true");
    finish();
    expect(await sheet.findByRole("table", { name: "What changes" })).toBeInTheDocument();
    expect(sheet.queryByText("Working out what would change")).toBeNull();
    vi.useRealTimers();
  });

  test("says why there is no plan", async () => {
    const { sheet } = await openSheet({ plan_rerun: () => Promise.reject(broken) });
    expect(await sheet.findByRole("alert")).toHaveTextContent("redis:7 has no build for linux/arm64.");
    expect(sheet.getByRole("button", { name: "Re-run" })).toHaveAttribute("aria-disabled", "true");
  });
});

describe("a command", () => {
  test.each([
    ["docker run -d --name a --rm b", "docker run -d \\\n  --name a \\\n  --rm b"],
    ["docker run \\\n  --name a", "docker run \\\n  --name a"],
    ["run -e 'A=b --c' --d", "run -e 'A=b --c' \\\n  --d"],
    ["run -e 'it'\\''s --c' --d", "run -e 'it'\\''s --c' \\\n  --d"],
  ])("is shown on lines, and stays what it is: %s", (command, shown) => {
    expect(onLines(command)).toBe(shown);
  });

  test("is copied as it came", async () => {
    const { user, sheet } = await openByHand();
    await user.click(await sheet.findByRole("button", { name: "Copy command" }));
    expect(await navigator.clipboard.readText()).toBe(plan(cache, "linux/arm64").command);
  });
});

describe("a re-run", () => {
  test("says by name what is mounted as before, and shows the same as a Compose file", async () => {
    const { user, sheet } = await openByHand();
    expect(
      await sheet.findByRole("row", {
        name: /^Mounted as before a volume without a name \(9e3779b97f4a\) at \/data$/,
      }),
    ).toBeVisible();
    await user.click(sheet.getByText("The same as a Compose file"));
    expect(sheet.getByLabelText("The same as a Compose file")).toHaveTextContent(
      /^services: "shop-cache-1": image: "redis:7"/,
    );
  });

  test("shows its steps and cannot be left before it is over", async () => {
    const { fake, user, sheet } = await openByHand();
    let go = (): void => {};
    fake.pause = () => new Promise<void>((done) => (go = done));
    await user.click(await sheet.findByRole("button", { name: "Re-run" }));
    expect(await sheet.findByText("Pull redis:7 for linux/arm64")).toBeInTheDocument();
    go();
    expect(
      await sheet.findByText("Make a new container for linux/arm64 beside the old one"),
    ).toBeInTheDocument();
    const steps = sheet.getByRole("log", { name: "Re-running" });
    expect(steps).toHaveTextContent("Pull redis:7 for linux/arm64");
    await user.keyboard("{Escape}");
    expect(screen.getByRole("dialog")).toBeInTheDocument();
    expect(sheet.getByRole("button", { name: "Cancel" })).toHaveAttribute("aria-disabled", "true");
  });

  test("opens the new container when it is done, says so and offers to undo it", async () => {
    const { fake, user, sheet } = await openByHand();
    await user.click(await sheet.findByRole("button", { name: "Re-run" }));
    expect(await screen.findByText(/shop-cache-1 runs as linux\/arm64 now/)).toBeInTheDocument();
    expect(fake.calls.find((call) => call.command === "rerun")?.given).toMatchObject({
      id: id("shop-cache-1"),
      options: { platform: "linux/arm64", volumes: "shared" },
    });
    expect(await row(/shop-cache-1 redis:7.*arm64, native/)).toHaveAttribute("aria-selected", "true");
    await expect.poll(() => document.activeElement?.id).toBe(`row-${id("new-shop-cache-1")}`);
    expect(screen.getByText("The old container is kept")).toBeInTheDocument();
    expect(await button("Undo")).toBeInTheDocument();
  });

  test("names settings that changed though the plan did not say so", async () => {
    const difference = { field: "HostConfig.Memory", old: "1", new: "2", expected: false };
    const { user, sheet } = await openByHand({
      rerun: () => ({
        ...plan(cache, "linux/arm64"),
        old_id: cache.id,
        new_id: id("x"),
        kept_as: "kept",
        state: "exited",
        differences: [difference],
      }),
    });
    await user.click(await sheet.findByRole("button", { name: "Re-run" }));
    expect(await screen.findByText(/is exited now.*HostConfig\.Memory/)).toBeInTheDocument();
  });

  test("says what a window has for it when something came in between", async () => {
    const unsafe = { kind: "not-safe", message: "It is paused", hint: "Run the same with `--dry-run`" };
    const { user, sheet } = await openByHand({ rerun: () => Promise.reject(unsafe) });
    await user.click(await sheet.findByRole("button", { name: "Re-run" }));
    const alert = await sheet.findByRole("alert");
    expect(alert).toHaveTextContent("It is paused Look at its plan again: something has changed since");
  });

  test("stays open with the reason when it fails, and can be tried again", async () => {
    const { user, sheet } = await openByHand({ rerun: () => Promise.reject(broken) });
    await user.click(await sheet.findByRole("button", { name: "Re-run" }));
    const alert = await sheet.findByRole("alert");
    expect(alert).toHaveTextContent("redis:7 has no build for linux/arm64. Choose another tag");
    expect(screen.getAllByRole("alert")).toHaveLength(1);
    expect(sheet.getByRole("button", { name: "Re-run" })).toHaveAttribute("aria-disabled", "false");
  });
});

describe("undo and discard", () => {
  test("puts the old container back, after a sheet that says what is lost", async () => {
    const { fake, user } = await open({ containers: rerunContainers() });
    await user.click(await row(/shop-cache-1 redis/));
    await user.click(await button("Undo…"));
    const sheet = within(await screen.findByRole("dialog", { name: "Undo the re-run of shop-cache-1?" }));
    expect(fake.calls.some((call) => call.command === "undo")).toBe(false);
    await user.click(sheet.getByRole("button", { name: "Undo the re-run" }));
    expect(await screen.findByText("shop-cache-1 is back as it was.")).toBeInTheDocument();
    expect(await row(/shop-cache-1 redis.*amd64, translated/)).toHaveAttribute("aria-selected", "true");
    expect(screen.queryByText(/kept-for-/)).toBeNull();
  });

  test("asks for the container in use, also from the kept one", async () => {
    const { fake, user } = await open({ containers: rerunContainers() });
    await user.click(await row(/shop-cache-1\.kept-for-/));
    await user.click(await button("Discard the old one…"));
    const sheet = within(await screen.findByRole("dialog", { name: "Discard the old shop-cache-1?" }));
    await user.click(sheet.getByRole("button", { name: "Discard it" }));
    expect(await screen.findByText("The old shop-cache-1 is gone.")).toBeInTheDocument();
    expect(fake.calls.at(-1)).toMatchObject({ command: "discard", given: { id: rerunDone().new_id } });
    expect(screen.queryByText("The old container is kept")).toBeNull();
  });

  test("keeps the sheet with the reason when it fails", async () => {
    const { user } = await open({ containers: rerunContainers() }, { undo: () => Promise.reject(broken) });
    await user.click(await row(/shop-cache-1 redis/));
    await user.click(await button("Undo…"));
    await user.click(await button("Undo the re-run"));
    expect(within(screen.getByRole("dialog")).getByRole("alert")).toHaveTextContent("Choose another tag");
  });
});

describe("A re-run that was interrupted", () => {
  const interrupted = {
    container: "db",
    old_id: "0".repeat(64),
    new_id: null,
    platform: "linux/amd64",
    left: "old",
    text: "The re-run of db for linux/amd64 was interrupted; nothing is lost",
  };

  test("waits until it is taken back or finished", async () => {
    const { fake, user } = await open({ interrupted: [interrupted] });
    expect(await screen.findByText("A re-run was interrupted")).toBeInTheDocument();
    await user.click(await button("Take it back…"));
    expect(await screen.findByRole("heading", { name: "Undo the re-run of db?" })).toBeInTheDocument();
    await user.click(await button("Cancel"));
    await user.click(await button("Finish it…"));
    expect(await screen.findByRole("heading", { name: /^Re-run db/ })).toBeInTheDocument();
    fake.send({ kind: "interrupted", reruns: [] });
    await waitFor(() => expect(screen.queryByText("A re-run was interrupted")).not.toBeInTheDocument());
  });

  test("is settled for the new container where somebody removed the old one", async () => {
    const { user } = await open({ interrupted: [{ ...interrupted, left: "new" }] });
    await user.click(await button("Settle it…"));
    expect(await screen.findByRole("heading", { name: "Keep the new db?" })).toBeInTheDocument();
    expect(await button("Keep the new one")).toBeEnabled();
    expect(screen.queryByRole("button", { name: "Take it back…" })).not.toBeInTheDocument();
  });
});
