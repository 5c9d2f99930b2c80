import { parseArgs } from 'node:util';
import type { Dialect } from './broker.ts';

export interface ThroughputOptions {
  readonly json: boolean;
  readonly batch: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly producers: number;
  readonly consumers: number;
  readonly against: 'rabbitmq' | undefined;
  readonly dialect: Dialect;
  /** Compare receiving from the table with receiving from the archive, and nothing else. */
  readonly cold: boolean;
  /** Measure how fast messages are pushed to an endpoint, and nothing else. */
  readonly push: boolean;
  /** Where the server leaves CPU profiles; undefined: no profiling. */
  readonly profileDir: string | undefined;
}

export const throughputUsage = `npm run -s bench:throughput -- [--json] [--batch 100] [--seconds 10] [--rounds 3]
  [--producers 4] [--consumers 4] [--against rabbitmq] [--profile DIR]
  [--dialect native|cmq] [--cold] [--push]

Messages per second over HTTP against a server of its own: produce only, consume only, both at once.
Everything sent is acknowledged, everything received is deleted. Medians of interleaved rounds.
--dialect cmq: as a client of CMQ, with signed forms, and at most 16 in a batch.
--cold: consume only, from the table and from the archive.
--push: messages that wait for an endpoint that takes its time, against how fast it could take them.`;

const batchDefault = { native: 100, cmq: 16 } as const satisfies Record<Dialect, number>;
const batchMax = { native: 1000, cmq: 16 } as const satisfies Record<Dialect, number>;

/** @throws Error naming the flag and what it may be */
export function throughputOptions(args: readonly string[]): ThroughputOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      batch: { type: 'string' },
      dialect: { type: 'string', default: 'native' },
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      producers: { type: 'string', default: '4' },
      consumers: { type: 'string', default: '4' },
      against: { type: 'string' },
      profile: { type: 'string' },
      cold: { type: 'boolean', default: false },
      push: { type: 'boolean', default: false },
    },
  });
  if (values.against !== undefined && values.against !== 'rabbitmq') throw new Error(`--against may be rabbitmq, not ${values.against}`);
  const { dialect } = values;
  if (dialect !== 'native' && dialect !== 'cmq') throw new Error(`--dialect may be native or cmq, not ${dialect}`);
  if (values.cold && values.push) throw new Error('--cold and --push are two runs');
  return {
    json: values.json,
    batch: wholeNumber('batch', values.batch ?? String(batchDefault[dialect]), batchMax[dialect]),
    dialect,
    seconds: wholeNumber('seconds', values.seconds, 600),
    rounds: wholeNumber('rounds', values.rounds, 99),
    producers: wholeNumber('producers', values.producers, 64),
    consumers: wholeNumber('consumers', values.consumers, 64),
    against: values.against,
    profileDir: values.profile,
    cold: values.cold,
    push: values.push,
  };
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`--${flag} must be a whole number from 1 to ${max}, not ${text}`);
}
