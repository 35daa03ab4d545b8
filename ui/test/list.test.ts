import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { container, containers, id } from "../src/fake-data";
import { button, open, row, rows } from "./window";

describe("the list of containers", () => {
  test("puts those that need somebody first, then compose projects, then the others", async () => {
    await open();
    const groups = (await screen.findAllByRole("group")).map((it) => it.getAttribute("aria-label"));
    expect(groups).toEqual(["Show", "Needs you", "shop · compose", "Others"]);
    const first = within(screen.getByRole("group", { name: "Needs you" }));
    expect(first.getAllByRole("option")).toHaveLength(8);
  });

  test("says state, name, cause and platform of a row without relying on colour", async () => {
    await open();
    const name =
      /^Crashed legacy-api acme\/legacy-api:2\.3 \/app\/server is built for amd64.*labelled arm64, holds amd64$/;
    expect(await row(name)).toBeInTheDocument();
    expect(
      await row(/^Crashed billing .*The image says arm64.*labelled arm64, holds amd64$/),
    ).toBeInTheDocument();
    expect(
      await row(/^Running, but not as it should feeds .*Running, but: .*arm64, native$/),
    ).toBeInTheDocument();
    expect(await row(/^Running, emulated shop-db-1 .*amd64, translated$/)).toBeInTheDocument();
    expect(await row(/worker.*riscv64, cannot run here/)).toBeInTheDocument();
    expect(await row(/mystery.*platform not known/)).toBeInTheDocument();
  });

  test("follows the stream with its badge", async () => {
    const { fake } = await open();
    expect(await screen.findByRole("button", { name: "Containers 8 crashed" })).toBeInTheDocument();
    fake.change("pg", { crashed: true, state: "exited", exit_code: 137, summary: "Out of memory" });
    expect(await screen.findByRole("button", { name: "Containers 9 crashed" })).toBeInTheDocument();
    fake.send({ kind: "removed", id: id("pg") });
    expect(await screen.findByRole("button", { name: "Containers 8 crashed" })).toBeInTheDocument();
  });

  test("keeps the focus on a row that changes, also when it moves to another group", async () => {
    const { fake } = await open();
    (await row(/mailpit/)).focus();
    fake.change("mailpit", { status: "Up 3 days" });
    expect(await row(/mailpit.*Up 3 days/)).toHaveFocus();
    fake.change("mailpit", { crashed: true, state: "exited", summary: "Its loader is missing" });
    const moved = await row(/Crashed mailpit.*Its loader is missing/);
    await expect.poll(() => document.activeElement).toBe(moved);
  });

  test("moves with the arrow keys, Home and End, and opens with Enter", async () => {
    const { user } = await open();
    const all = (await screen.findAllByRole("option")).map((it) => it as HTMLElement);
    all[0]?.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowUp}");
    expect(all[1]).toHaveFocus();
    await user.keyboard("{End}");
    expect(all.at(-1)).toHaveFocus();
    await user.keyboard("{Home}{Enter}");
    expect(await screen.findByRole("heading", { name: "billing" })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("heading", { name: "billing" })).toBeNull();
    expect(all[0]).toHaveFocus();
  });

  test("can be reached by one press of Tab, at one row", async () => {
    await open();
    await row(/legacy-api/);
    const reachable = screen.getAllByRole("option").filter((it) => it.tabIndex === 0);
    expect(reachable).toHaveLength(1);
  });

  test("shows what a re-run kept in its group, not among those that need somebody", async () => {
    await open({ containers: [container("old", "a:1", { crashed: true, kept_for: id("new") })] });
    expect(await row(/old.*Kept for undo/)).toBeInTheDocument();
    expect(screen.queryByRole("group", { name: "Needs you" })).toBeNull();
    expect(screen.getByRole("button", { name: "Crashed 0" })).toBeInTheDocument();
  });

  test("takes what is native from the engine", async () => {
    const { fake } = await open();
    const platform = "linux/amd64";
    fake.send({
      kind: "snapshot",
      ...fake.snapshot,
      engine: fake.snapshot.engine && { ...fake.snapshot.engine, platform },
      containers: [
        container("home", "a:1", { platform }),
        container("abroad", "a:1", { platform: "linux/arm64", translation: "emulated" }),
      ],
    });
    expect(await row(/home.*amd64, native/)).toBeInTheDocument();
    expect(await row(/abroad.*arm64, translated/)).toBeInTheDocument();
  });
});

describe("the filter", () => {
  test("counts and shows the crashed, the emulated and the native ones", async () => {
    const { user } = await open();
    await user.click(await button("Emulated 2"));
    expect(screen.getByRole("button", { name: "Emulated 2" })).toHaveAttribute("aria-pressed", "true");
    expect(rows()).toEqual([id("shop-cache-1"), id("shop-db-1")]);
    await user.click(await button("Crashed 8"));
    expect(rows()).toHaveLength(8);
  });

  test.each(["{Control>}f{/Control}", "{Meta>}f{/Meta}"])("is reached by %s", async (keys) => {
    const { user } = await open();
    await user.keyboard(keys);
    expect(screen.getByRole("searchbox", { name: "Filter containers" })).toHaveFocus();
    await user.keyboard("MYSQL shop");
    expect(rows()).toEqual([id("shop-db-1")]);
    await user.keyboard("{Escape}");
    expect(rows()).toHaveLength(containers().length);
  });

  test("says when nothing matches, and offers to clear it", async () => {
    const { user } = await open();
    await user.type(await screen.findByRole("searchbox"), "no such thing");
    expect(screen.getByText("Nothing matches")).toBeInTheDocument();
    await user.click(await button("Clear the filter"));
    expect(rows()).toHaveLength(containers().length);
  });
});
