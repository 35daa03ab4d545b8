import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { Problem } from "../src/api";
import { container, containers, engine, images, lost, none, refused } from "../src/fake-data";
import { button, open, row, rows } from "./window";

const nobody = { engine: null, rosetta: null, containers: [], images: [] };

describe("the engine", () => {
  test("is named with its platform and version", async () => {
    await open();
    const card = within(await screen.findByRole("region", { name: "Docker Desktop" }));
    expect(card.getByText("linux/arm64 · Engine 28.5.2")).toBeInTheDocument();
    expect(card.getByText("Connected")).toBeInTheDocument();
    expect(card.queryByText("Sample")).toBeNull();
  });

  test("is waited for with a skeleton", async () => {
    await open({ ...nobody, state: "connecting", containers_complete: false });
    expect(await screen.findByRole("status", { name: "Still listing" })).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Looking for an engine" })).toBeInTheDocument();
    expect(screen.queryByText("No containers yet")).toBeNull();
  });

  test("leaves the last known list with a banner when it is lost, and nothing can be done then", async () => {
    const { fake, user } = await open();
    await user.click(await row(/shop-cache-1/));
    fake.send({ kind: "engine", state: "lost", why: "closed", engine: null, problem: lost });
    const alert = await screen.findByRole("alert");
    const said = [...alert.querySelectorAll(".line")].map((line) => line.textContent);
    expect(said).toEqual([
      "Docker Desktop closed the connection.",
      "Start Docker Desktop or another runtime, then try again",
    ]);
    expect(await button("Look around with the sample engine")).toBeInTheDocument();
    expect(rows()).toHaveLength(containers().length);
    const rerun = await button("Re-run as linux/arm64");
    expect(rerun).toHaveAttribute("aria-disabled", "true");
    expect(rerun).toHaveAccessibleDescription("The engine does not answer");
    await user.click(await button("Try again"));
    await expect.poll(() => screen.queryByRole("alert")).toBeNull();
    expect(await button("Re-run as linux/arm64")).toHaveAttribute("aria-disabled", "false");
  });

  test("offers to try again or to look around when none is found", async () => {
    const { user } = await open({ ...nobody, state: "lost", problem: none });
    const alerts = await screen.findAllByRole("alert");
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toHaveTextContent("No Docker engine answers on this Mac.");
    expect(alerts[0]).toHaveTextContent("Start Docker Desktop or another runtime, then try again");
    expect(alerts[0]).not.toHaveTextContent("--host");
    expect(await button("Try again")).toBeInTheDocument();
    await user.click(await button("Look around with the sample engine"));
    const card = within(await screen.findByRole("region", { name: "Sample engine" }));
    expect(card.getByText("Sample")).toBeInTheDocument();
    expect(screen.getByRole("note")).toHaveTextContent("Nothing here runs, and nothing is changed.");
    await user.click(await button("Look for an engine"));
    expect(await screen.findByRole("region", { name: "Docker Desktop" })).toBeInTheDocument();
    expect(screen.queryByRole("note")).toBeNull();
  });

  test("says that it refused", async () => {
    await open({ ...nobody, state: "lost", problem: refused });
    expect(await screen.findByText("The engine refused to talk to this user")).toBeInTheDocument();
    expect(screen.getByRole("alert")).toHaveTextContent("/var/run/docker.sock may not be opened");
    expect(screen.getByRole("alert")).toHaveTextContent("Add yourself to the group docker");
  });

  test.each(["engine-refused", "engine-unreachable", "a kind with permission in it"])(
    "is not said to refuse when the problem is %s",
    async (kind) => {
      await open({ ...nobody, state: "lost", problem: { ...refused, kind } });
      expect(await screen.findByText("No engine answers")).toBeInTheDocument();
      expect(screen.queryByText("The engine refused to talk to this user")).toBeNull();
    },
  );

  test("is not there when the window cannot reach Archlight", async () => {
    const fail = (): Problem => {
      throw new Error("no door");
    };
    await open({}, { subscribe: fail });
    expect(await screen.findByRole("alert")).toHaveTextContent("could not reach Archlight: Error: no door");
  });
});

describe("a reload", () => {
  test("is sent everything again, and what is no longer there is gone", async () => {
    const { fake } = await open();
    await row(/legacy-api/);
    fake.send({ kind: "snapshot", ...fake.snapshot, containers: [container("only", "a:1")], images: [] });
    expect(await row(/only/)).toBeInTheDocument();
    expect(rows()).toHaveLength(1);
    expect(screen.getByRole("button", { name: "Containers" })).toBeInTheDocument();
  });
});

const mysql = images().find((it) => it.references.includes("mysql:5.7"));

describe("the lists", () => {
  test("show what is known while the rest is still listed", async () => {
    const { fake } = await open({ containers: [container("first", "a:1")], containers_complete: false });
    expect(await row(/first/)).toBeInTheDocument();
    expect(screen.getByRole("status", { name: "Still listing" })).toBeInTheDocument();
    fake.send({ kind: "complete", containers: true, images: true });
    await expect.poll(() => screen.queryByRole("status", { name: "Still listing" })).toBeNull();
  });

  test("say that they are empty", async () => {
    const { user } = await open({ containers: [], images: [] });
    expect(await screen.findByText("No containers yet")).toBeInTheDocument();
    await user.click(await button("Images"));
    expect(await screen.findByText("No images yet")).toBeInTheDocument();
  });

  test("give the images with references, platforms, translation and size", async () => {
    const { fake, user } = await open();
    await user.click(await button(`Images ${images().length}`));
    const item = (await screen.findByText("acme/tools:2")).closest("li");
    expect(item).toHaveTextContent(/acme\/tools:latest \+1 more.*arm64.*amd64 · named only.*native.*192 MB/);
    expect(screen.getByText("Untagged")).toBeInTheDocument();
    await user.click(await button("Emulated 2"));
    expect(screen.queryByText("nginx:1.29")).toBeNull();
    expect(screen.getByText("mysql:5.7")).toBeInTheDocument();
    fake.send({ kind: "image-removed", id: mysql?.id ?? "" });
    await expect.poll(() => screen.queryByText("mysql:5.7")).toBeNull();
  });
});

describe("the platforms of an image", () => {
  test.each([
    ["unknown", "amd64 ?", "quiet"],
    ["emulated", "amd64", "slow"],
    ["impossible", "amd64", "bad"],
  ] as const)("that are foreign and %s are called: %s", async (translation, text, tone) => {
    const { user } = await open({ images: mysql ? [{ ...mysql, translation }] : [] });
    await user.click(await button("Images 1"));
    expect((await screen.findByText(text, { selector: "[aria-hidden]" })).parentElement).toHaveClass(tone);
  });
});

describe("hostile and long text", () => {
  const evil = "<img src=x onerror=alert(1)><b>bold</b>`&amp;";

  test("is only ever text", async () => {
    const { fake, user } = await open({
      engine: { ...engine, name: evil },
      containers: [
        container(evil, evil, { compose_project: evil, crashed: true, summary: evil, state: "exited" }),
      ],
    });
    fake.answers["diagnose"] = () => Promise.reject({ kind: "x", message: evil, hint: evil });
    await user.click(await row(/Crashed <img/));
    expect(await screen.findByRole("heading", { name: evil })).toBeInTheDocument();
    expect(await screen.findByRole("alert")).toHaveTextContent(evil);
    expect(document.querySelector("img, b")).toBeNull();
  });

  test("is named whole in a title where it is cut", async () => {
    const name = "long".repeat(200);
    await open({ containers: [container(name, name)] });
    expect(await screen.findAllByTitle(name)).toHaveLength(2);
  });
});
