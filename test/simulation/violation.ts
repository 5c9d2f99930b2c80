/** Numbered as in the list of invariants of docs/simulation.md; `bug` is an error that nobody may see. */
export type Invariant = 1 | 2 | 3 | 4 | 5 | 7 | 8 | 9 | 10 | 'bug';

/** The protocol broke a promise. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: Invariant;
  /** What the trace of the message concerned can be found by. */
  readonly about: readonly string[];

  constructor(invariant: Invariant, text: string, about: readonly string[] = []) {
    super(`invariant ${invariant}: ${text}`);
    this.invariant = invariant;
    this.about = about;
  }
}
