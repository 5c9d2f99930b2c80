import type { Environment } from '../lib/platform/settings.ts';
import type { Command, CommandGroup, Task } from './command.ts';
import { readEndpoint } from './endpoint.ts';
import { WrongUse } from './failure.ts';
import { onlyValue, readFlags } from './flags.ts';
import { commandHelp, flagsOfAll, groupHelp, topFlags, topHelp } from './help.ts';
import { keys } from './keys/commands.ts';
import { readSigning, type Signing } from './signing.ts';

export type CommandLine =
  | { readonly kind: 'run'; readonly endpoint: URL; readonly signing: Signing; readonly isJson: boolean; readonly task: Task }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly text: string; readonly help: string };

/** What the arguments leave open is told by these. */
export interface Circumstances {
  readonly environment: Environment;
  readonly nowMs: number;
}

const groups: Readonly<Record<string, CommandGroup>> = { keys };

/** What the arguments ask for: the words of a command, then its flags. What is wrong is told by name, with the help that fits. */
export function parseCommandLine(args: readonly string[], circumstances: Circumstances): CommandLine {
  const [name, ...rest] = args;
  const isCommand = name !== undefined && !name.startsWith('-');
  const help = topHelp(groups);
  return orWrong(help, () => {
    if (!isCommand) return readTop(args, help);
    const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
    if (group) return parseGroup(name, group, rest, circumstances);
    throw new WrongUse(`there is no command ${name}`);
  });
}

function readTop(args: readonly string[], text: string): CommandLine {
  const { isSet } = readFlags(args, topFlags);
  if (isSet('help')) return { kind: 'help', text };
  if (isSet('version')) return { kind: 'version' };
  throw new WrongUse('a command is missing');
}

function parseGroup(groupName: string, group: CommandGroup, args: readonly string[], circumstances: Circumstances): CommandLine {
  const [name, ...rest] = args;
  const text = groupHelp(groupName, group);
  return orWrong(text, () => {
    if (name === undefined || name.startsWith('-')) {
      if (readFlags(args, flagsOfAll).isSet('help')) return { kind: 'help', text };
      throw new WrongUse(`a command is missing behind ${groupName}`);
    }
    const command = Object.hasOwn(group.commands, name) ? group.commands[name] : undefined;
    if (command) return parseCommand(`${groupName} ${name}`, command, rest, circumstances);
    throw new WrongUse(`there is no command ${groupName} ${name}`);
  });
}

function parseCommand(name: string, command: Command, args: readonly string[], { environment, nowMs }: Circumstances): CommandLine {
  const text = commandHelp(name, command);
  return orWrong(text, () => {
    const given = readFlags(args, { ...command.flags, ...flagsOfAll });
    if (given.isSet('help')) return { kind: 'help', text };
    checkOperands(name, command, given.operands.length);
    const task = command.read(given, nowMs);
    const endpoint = readEndpoint(onlyValue(given, 'endpoint'), environment);
    return { kind: 'run', endpoint, signing: readSigning(endpoint, environment), isJson: given.isSet('json'), task };
  });
}

function checkOperands(name: string, { operand }: Command, count: number): void {
  if (count === (operand === undefined ? 0 : 1)) return;
  if (operand === undefined) throw new WrongUse(`${name} takes flags only, got ${count} words more: quote what has spaces or *`);
  throw new WrongUse(count === 0 ? `${name} needs the ${operand} of what it is about` : `${name} takes one ${operand}, got ${count}`);
}

/** Innermost first: what is wrong with a command is told with the help of that command. */
function orWrong(help: string, read: () => CommandLine): CommandLine {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongUse) return { kind: 'wrong', text: error.message, help };
    throw error;
  }
}
