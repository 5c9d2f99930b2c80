import { parseArgs } from 'node:util';
import { WrongUse } from './failure.ts';
import { columns } from './plain-text.ts';

export interface Flag {
  /** What stands behind it, as the help names it; absent: nothing. */
  readonly value?: string;
  readonly text: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What a command line has behind the words of the command. */
export interface Given {
  /** Of each flag with a value, all that were given, in their order. */
  readonly values: Readonly<Record<string, readonly string[] | undefined>>;
  /** Flags without a value that were given. */
  readonly isSet: (flag: string) => boolean;
  readonly operands: readonly string[];
}

/** @throws WrongUse naming what is wrong */
export function readFlags(args: readonly string[], flags: Flags): Given {
  const options = Object.fromEntries(Object.entries(flags).map(([name, { value }]) =>
    [name, value === undefined ? { type: 'boolean' as const } : { type: 'string' as const, multiple: true as const }]));
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const texts = Object.entries(values).flatMap(([name, value]) => (Array.isArray(value) ? [[name, value.map(String)] as const] : []));
    return { values: Object.fromEntries(texts), isSet: (flag) => values[flag] === true, operands: positionals };
  } catch (error) {
    if (isParseArgsError(error)) throw new WrongUse(error.message, { cause: error });
    throw error;
  }
}

const isParseArgsError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

/** The value of a flag that may be given once. @throws WrongUse */
export function onlyValue({ values }: Given, flag: string): string | undefined {
  const given = values[flag];
  if (given !== undefined && given.length > 1) throw new WrongUse(`--${flag} may be given once, got it ${given.length} times`);
  return given?.[0];
}

/** The lines of a help text, one for each flag. */
export const flagLines = (flags: Flags): string =>
  columns(Object.entries(flags).map(([name, { value, text }]) => [`  --${name}${value === undefined ? '' : ` ${value}`}`, text]));
