import type { Environment } from '../lib/platform/settings.ts';
import manifest from '../package.json' with { type: 'json' };
import { apiAt } from './api.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import { canBeOverheard, shownEndpoint } from './endpoint.ts';
import { CommandFailed, exitCodes } from './failure.ts';
import { performKeysTask } from './keys/perform.ts';

/** What a command has of the process that it runs in. */
export interface Surroundings {
  readonly environment: Environment;
  readonly nowMs: number;
  /** Resolves once it is written. */
  readonly print: (text: string) => Promise<void>;
  /** To the person, beside what is printed. */
  readonly tell: (text: string) => void;
  readonly interrupted: AbortSignal;
}

/** Do what the arguments ask for; resolves with the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await obey(parseCommandLine(args, surroundings), surroundings);
  } catch (error) {
    // Everything else is a fault of ours, and its stack is told.
    if (!(error instanceof CommandFailed)) throw error;
    surroundings.tell(`${error.message}\n`);
    return error.exitCode;
  }
}

async function obey(commandLine: CommandLine, surroundings: Surroundings): Promise<number> {
  switch (commandLine.kind) {
    case 'help':
      await write(commandLine.text, surroundings);
      return exitCodes.done;
    case 'version':
      await write(`${manifest.version}\n`, surroundings);
      return exitCodes.done;
    case 'wrong':
      surroundings.tell(`${commandLine.text}\n\n${commandLine.help}`);
      return exitCodes.wrongUse;
    case 'run': {
      const { interrupted } = surroundings;
      const { endpoint, task } = commandLine;
      const { answer, text, ifUnwritten } = await performKeysTask(apiAt({ ...commandLine, interrupted }), task);
      if (task.kind === 'createKey' && canBeOverheard(endpoint)) {
        surroundings.tell(`Warning: the secret crossed the network unencrypted, from ${shownEndpoint(endpoint)}: use https, or issue keys on the machine of the server.\n`);
      }
      await write(commandLine.isJson ? `${JSON.stringify(answer, null, 2)}\n` : text, surroundings, ifUnwritten);
      return exitCodes.done;
    }
  }
}

/** @throws CommandFailed on a full disk, or when the reader has gone */
async function write(text: string, { print }: Surroundings, ifUnwritten?: string): Promise<void> {
  try {
    await print(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailed(`the answer could not be written: ${reason}${ifUnwritten === undefined ? '' : `\n${ifUnwritten}`}`, { cause });
  }
}
