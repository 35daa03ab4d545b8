// Where the keyboard goes when something opens that was not pressed in the page.
import { tick } from "svelte";

/** Focuses the open row, or the inspector's way back where the list gives way to it. */
export async function focusOpen(): Promise<void> {
  await tick();
  const open = "[role=option][aria-selected=true], [data-close]";
  for (const place of document.querySelectorAll<HTMLElement>(open)) {
    place.focus();
    if (document.activeElement === place) return;
  }
}
