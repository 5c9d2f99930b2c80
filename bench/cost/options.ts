import { parseArgs } from 'node:util';
import type { EngineName } from './engine-world.ts';
import type { Load } from './load.ts';

export interface CostOptions {
  readonly json: boolean;
  /** Exit code 1 when a budget is missed. */
  readonly check: boolean;
  /** Measure without load too, and print the ratios. */
  readonly compare: boolean;
  readonly engine: EngineName;
  readonly load: Load;
}

export const costUsage = `npm run -s bench:cost -- [--json] [--check] [--backlog N] [--in-flight N] [--delayed N] [--compare]
  [--engine dynoxide|memory]

What each path costs in DynamoDB's capacity units, S3 requests and dollars at list prices, beside its
budget. --check: exit code 1 when a budget is missed. --compare: with the load and without, and the
ratios. --engine memory: units computed from item sizes instead of reported by the engine.`;

/** @throws Error naming the flag and what it may be */
export function costOptions(args: readonly string[]): CostOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      engine: { type: 'string', default: 'dynoxide' },
      backlog: { type: 'string', default: '0' },
      'in-flight': { type: 'string', default: '0' },
      delayed: { type: 'string', default: '0' },
    },
  });
  const { engine, json, check, compare } = values;
  if (engine !== 'dynoxide' && engine !== 'memory') throw new Error(`--engine may be dynoxide or memory, not ${engine}`);
  const load = {
    backlog: messages('backlog', values.backlog),
    inFlight: messages('in-flight', values['in-flight']),
    delayed: messages('delayed', values.delayed),
  };
  if (compare && load.backlog + load.inFlight + load.delayed === 0) {
    throw new Error('--compare needs a load: --backlog, --in-flight or --delayed');
  }
  return { json, check, compare, engine, load };
}

const MESSAGES_MAX = 10_000_000;

function messages(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= MESSAGES_MAX) return value;
  throw new Error(`--${flag} must be a whole number from 0 to ${MESSAGES_MAX}, not ${text}`);
}
