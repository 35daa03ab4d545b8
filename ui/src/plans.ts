// What a plan of a re-run means for the page.
import type { Change, RerunPlan, Way } from "./api";
import { words } from "./words";

/** What is re-created by hand only where somebody chose that. */
const CHOSEN = ["compose-not-here", "dev-container"];

/** Whether there is a choice between the usual way and by hand. */
export const canBeByHand = (plan: RerunPlan | null, way: Way): boolean =>
  way === "by-hand" ||
  (plan !== null && (plan.by_compose !== null || plan.blockers.some((it) => CHOSEN.includes(it.kind))));

/** All that changes, the platform too where the plan has it beside its list. */
export function changesOf(plan: RerunPlan): Change[] {
  if (plan.changes.some((change) => change.field === "platform")) return plan.changes;
  const platform = { field: words.sheet.platform, from: plan.from ?? words.unknown, to: plan.to, why: "" };
  return [platform, ...plan.changes];
}
