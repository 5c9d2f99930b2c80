import { KEY_VARIABLE } from '../lib/platform/access-key-variable.ts';
import type { Command, CommandGroup } from './command.ts';
import { DEFAULT_ENDPOINT, ENDPOINT_VARIABLE } from './endpoint.ts';
import { type Flags, flagLines } from './flags.ts';
import { columns } from './plain-text.ts';

/** Flags that every command has. */
export const flagsOfAll: Flags = {
  endpoint: { value: 'URL', text: `where the API is (default: the variable ${ENDPOINT_VARIABLE}, else ${DEFAULT_ENDPOINT})` },
  json: { text: 'print the answer of the API' },
  help: { text: 'print this text' },
};

export const topFlags: Flags = {
  version: { text: 'print the version' },
  help: { text: 'print this text; every command has one of its own' },
};

const signing = `Requests are signed with the access key in the environment variable ${KEY_VARIABLE} (ID:SECRET); without it
those to https with your AWS credentials, and others not at all.
`;

type Named<T> = Readonly<Record<string, T>>;

export const topHelp = (groups: Named<CommandGroup>): string => [
  'Usage: npx rewindmq COMMAND\n',
  columns(Object.entries(groups).map(([name, { summary }]) => [`  ${name}`, summary])),
  flagLines(topFlags),
].join('\n');

export const groupHelp = (name: string, { commands }: CommandGroup): string => [
  `Usage: npx rewindmq ${name} COMMAND [flags]\n`,
  columns(Object.entries(commands).map(([command, { operand = '', summary }]) => [`  ${command} ${operand}`.trimEnd(), summary])),
  `Flags of all:\n${flagLines(flagsOfAll)}`,
  signing,
].join('\n');

export const commandHelp = (name: string, { operand, summary, flags }: Command): string => [
  `Usage: npx rewindmq ${[name, operand ?? ''].join(' ').trimEnd()} [flags]\n`,
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.\n`,
  flagLines({ ...flags, ...flagsOfAll }),
  signing,
].join('\n');
