// An image that is asked whether it would start.
import { screen, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { container, diagnosis } from "../src/fake-data";
import { button, open } from "./window";

const NAME = "acme/legacy-api:2.3";
const of = container(NAME, NAME);
/** The summary with its path in a `<code>` of its own. */
const saidOf = (_: string, it: Element | null) =>
  it?.tagName === "P" && it.textContent.includes("/app/server is built for amd64, inside an image for arm64");

async function images(answers = {}) {
  const page = await open({}, answers);
  await page.user.click(await screen.findByRole("button", { name: /^Images/ }));
  return page;
}

describe("an image", () => {
  test("is read when it is asked about, and its row keeps what was found", async () => {
    const { fake, user } = await images();
    expect(fake.times("diagnose_image")).toBe(0);
    await user.click(await button(`Would ${NAME} start?`));
    const details = within(await screen.findByRole("region", { name: "Details" }));
    expect(await details.findByText(saidOf)).toBeInTheDocument();
    expect(details.getByText("What the kernel would start")).toBeInTheDocument();
    expect(details.getByRole("group", { name: "The bytes that prove it" })).toBeInTheDocument();
    expect(details.queryByRole("button", { name: /Re-run/ })).toBeNull();
    expect(fake.calls.find((call) => call.command === "diagnose_image")?.given).toMatchObject({
      reference: NAME,
      platform: null,
    });
    const asked = await button(`Why would ${NAME} not start?`);
    expect(asked).toHaveAttribute("aria-expanded", "true");
    expect(asked.closest("li")).toHaveTextContent(/✕ \/app\/server is built for amd64/);
  });

  test("says so when nothing would keep it from starting", async () => {
    const summary = "Nothing in it would keep it from starting";
    const answer = { ...diagnosis(of), subject: "image", cause: null, confidence: "none", summary };
    const { user } = await images({ diagnose_image: () => ({ ...answer, remedies: [] }) });
    await user.click(await button(`Would ${NAME} start?`));
    expect(await screen.findByText(summary)).toBeInTheDocument();
    expect(screen.queryByText(/Likely/)).toBeNull();
  });

  test("says that only a start shows whether it is translated", async () => {
    const answer = { ...diagnosis(of), subject: "image", confidence: "likely" };
    const { user } = await images({ diagnose_image: () => answer });
    await user.click(await button(`Would ${NAME} start?`));
    expect(await screen.findByText(/shows only when it is started/)).toHaveTextContent(/^Likely:/);
  });

  test("says why it could not be read, and gives the focus back when it is closed", async () => {
    const gone = { kind: "not-found", message: "The image is gone.", hint: "Pull it again" };
    const { user } = await images({ diagnose_image: () => Promise.reject(gone) });
    await user.click(await button(`Would ${NAME} start?`));
    expect(await screen.findByRole("alert")).toHaveTextContent("The image is gone. Pull it again");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("region", { name: "Details" })).toBeNull();
    expect(await button(`Would ${NAME} start?`)).toHaveFocus();
  });

  test("can be copied as Markdown", async () => {
    const { user } = await images();
    await user.click(await button(`Would ${NAME} start?`));
    await user.click(await button("Copy as Markdown"));
    await button("Copied");
    expect(await navigator.clipboard.readText()).toContain(NAME);
  });

  test("is looked at in the background once somebody looks at images", async () => {
    const { fake } = await images();
    expect(fake.times("look_at_images")).toBe(1);
  });
});
