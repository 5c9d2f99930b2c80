/** When the simulated world begins. */
const BEGINNING_MS = 1_700_000_000_000;

interface Step {
  readonly atMs: number;
  /** Of two steps at the same instant the one that was asked for first comes first. */
  readonly order: number;
  readonly run: () => void;
}

/**
 * Owns the time: everything that happens is a step at an instant of its choosing, and between two
 * steps all code that can go on has gone on. Nothing waits for real.
 */
export class Scheduler {
  nowMs = BEGINNING_MS;
  steps = 0;
  #order = 0;
  readonly #heap: Step[] = [];

  at(atMs: number, run: () => void): void {
    this.#order += 1;
    push(this.#heap, { atMs: Math.max(atMs, this.nowMs), order: this.#order, run });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => { this.at(this.nowMs + ms, resolve); });
  }

  /** Step by step until `isDone`. @throws Error when nothing is left to do before that, or it never ends */
  async runUntil(isDone: () => boolean, stepsMax: number): Promise<void> {
    await idle();
    while (!isDone()) {
      const step = pop(this.#heap);
      if (!step) throw new Error('the simulation has come to a standstill');
      this.nowMs = step.atMs;
      this.steps += 1;
      if (this.steps > stepsMax) throw new Error(`the simulation does not end within ${stepsMax} steps`);
      step.run();
      await idle();
    }
  }
}

/** Until every promise that could settle has done so. */
const idle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

const isBefore = (a: Step, b: Step): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Step[], step: Step): void {
  let at = heap.length;
  heap.push(step);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent]!;
    if (!isBefore(step, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = step;
}

function pop(heap: Step[]): Step | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    if (left >= heap.length) break;
    const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
