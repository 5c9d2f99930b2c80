export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** The command line asks for something that there is not, or that cannot be. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export interface FailureOptions extends ErrorOptions {
  readonly exitCode?: number;
  /** The request was under way: it may have been carried out, and only the answer is missing. */
  readonly mayHaveHappened?: boolean;
}

/** The command could not be carried out, for a reason that is told without a stack. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: number;
  readonly mayHaveHappened: boolean;

  constructor(message: string, { exitCode = exitCodes.failed, mayHaveHappened = false, ...options }: FailureOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.mayHaveHappened = mayHaveHappened;
  }
}
