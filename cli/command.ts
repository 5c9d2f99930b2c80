import type { Flags, Given } from './flags.ts';
import type { KeysTask } from './keys/tasks.ts';

/** Everything that can be asked for, as data. */
export type Task = KeysTask;

export interface Command {
  /** What is named behind the command, as the help calls it; absent: nothing. */
  readonly operand?: string;
  readonly summary: string;
  /** Its own, beside those that all have. */
  readonly flags: Flags;
  /** @throws WrongUse */
  readonly read: (given: Given, nowMs: number) => Task;
}

/** Commands about one noun. */
export interface CommandGroup {
  readonly summary: string;
  readonly commands: Readonly<Record<string, Command>>;
}
