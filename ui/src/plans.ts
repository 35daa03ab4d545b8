// What a plan of a re-run means for the page.
import type { Change, Note, RerunOptions, RerunPlan } from "./api";
import { words } from "./words";

/** What is re-created by hand only where somebody chose that. */
const CHOSEN = ["compose-not-here", "dev-container"];

const has = (notes: Note[], kinds: string[]): boolean => notes.some((it) => kinds.includes(it.kind));

/** Whether there is a choice between the usual way and by hand. */
export const canBeByHand = (plan: RerunPlan | null, options: RerunOptions): boolean =>
  options.way === "by-hand" || (plan !== null && (plan.by_compose !== null || has(plan.blockers, CHOSEN)));

/** Whether the new container may write into copies of the volumes. */
export const canCopy = (plan: RerunPlan | null, options: RerunOptions): boolean =>
  options.volumes === "copied" || (plan !== null && has(plan.warnings, ["database"]));

/** All that changes, the platform too where the plan has it beside its list. */
export function changesOf(plan: RerunPlan): Change[] {
  if (plan.changes.some((change) => change.field === "platform")) return plan.changes;
  const platform = { field: words.sheet.platform, from: plan.from ?? words.unknown, to: plan.to, why: "" };
  return [platform, ...plan.changes];
}
