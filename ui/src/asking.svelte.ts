// One question to the engine's side, its answer, and whether the wait is worth showing.
import type { Answer, Problem } from "./api";

/** From here on a wait is felt, and is shown. */
const FELT_MS = 500;

export class Asking<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state.raw(false);
  slow = $state.raw(false);
  #turn = 0;

  /** Asks, keeps the last answer until the next one is here, and ignores an answer that was overtaken. */
  async ask(question: () => Promise<Answer<T>>): Promise<Answer<T> | null> {
    const turn = ++this.#turn;
    this.busy = true;
    const felt = setTimeout(() => (this.slow = turn === this.#turn), FELT_MS);
    const answer = await question();
    clearTimeout(felt);
    if (turn !== this.#turn) return null;
    this.busy = false;
    this.slow = false;
    this.problem = answer.problem ?? null;
    if (!answer.problem) this.value = answer.value;
    return answer;
  }
}
