import { screen } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { container, id } from "../src/fake-data";
import { button, open, row } from "./window";

describe("the menu bar", () => {
  test("opens a container in the list, from whichever view", async () => {
    const { fake, user } = await open();
    await user.click(await button(/^Images/));
    expect(screen.queryByRole("option")).toBeNull();
    await fake.show(id("worker"));
    expect(await row(/Crashed worker/)).toHaveAttribute("aria-selected", "true");
    expect(await screen.findByRole("heading", { name: "worker" })).toBeInTheDocument();
    await expect.poll(() => document.activeElement?.id).toBe(`row-${id("worker")}`);
  });

  test("opens another one than the one that is open", async () => {
    const { fake, user } = await open();
    await user.click(await row(/mailpit/));
    await fake.show(id("pg"));
    expect(await screen.findByRole("heading", { name: "pg" })).toBeInTheDocument();
    expect(await row(/mailpit/)).toHaveAttribute("aria-selected", "false");
  });

  test("opens a container that is listed only later", async () => {
    const { fake } = await open({ containers: [], containers_complete: false });
    await screen.findByRole("status", { name: "Still listing" });
    await fake.show(id("late"));
    fake.send({ kind: "container", container: container("late", "a:1") });
    expect(await screen.findByRole("heading", { name: "late" })).toBeInTheDocument();
  });

  test("opens the window at a container", async () => {
    location.hash = id("pg");
    await open();
    expect(await screen.findByRole("heading", { name: "pg" })).toBeInTheDocument();
    location.hash = "";
  });
});
