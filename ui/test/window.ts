// The whole page over the fake, and the few moves that most tests make.
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import type { Snapshot } from "../src/api";
import App from "../src/App.svelte";
import { Fake, type Answers } from "../src/fake";
import { snapshot } from "../src/fake-data";

/** Opens the page with this much of a snapshot and these answers of its own. */
export async function open(more: Partial<Snapshot> = {}, answers: Answers = {}) {
  const fake = new Fake(snapshot(more), answers);
  const user = userEvent.setup();
  render(App);
  await screen.findByRole("navigation");
  return { fake, user };
}

export const row = (name: RegExp) => screen.findByRole("option", { name });
export const button = (name: string | RegExp) => screen.findByRole("button", { name });
export const rows = () => screen.queryAllByRole("option").map((it) => it.dataset.row);
