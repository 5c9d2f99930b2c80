import type { Figure } from './figure.ts';

/** What a path may cost. A unit that is not named is not allowed at all; `roundTrips` absent: not judged. */
export interface Budget {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly roundTrips?: number;
  readonly s3Puts?: number;
  readonly s3Gets?: number;
  /** Absent: not judged. */
  readonly usdPerMillionMessages?: number;
}

/**
 * For messages of 1 KB. "Warm" is a process that did the same a moment ago, on a queue with one
 * shard. docs/cost.md explains the rows.
 */
export const budgets = {
  send1: { writeUnits: 1, readUnits: 0, roundTrips: 1 },
  /** The packed segment in units of 1 KB: 3 to 6, by how well the lines compress. */
  send16: { writeUnits: 6, readUnits: 0, roundTrips: 1 },
  send1000: { writeUnits: 1, readUnits: 0, roundTrips: 2, s3Puts: 1 },
  receive1: { writeUnits: 1, readUnits: 1, roundTrips: 2 },
  receive16: { writeUnits: 1, readUnits: 1.5, roundTrips: 2 },
  receive1000: { writeUnits: 1, readUnits: 1, roundTrips: 3, s3Gets: 1 },
  receiveEmpty: { writeUnits: 0, readUnits: 1, roundTrips: 1 },
  delete1: { writeUnits: 1, readUnits: 0, roundTrips: 1 },
  delete16: { writeUnits: 1, readUnits: 0, roundTrips: 1 },
  delete1000: { writeUnits: 1, readUnits: 0, roundTrips: 1 },
  life1: { writeUnits: 3, readUnits: 1 },
  life16: { writeUnits: 0.5, readUnits: 0.12 },
  life1000: { writeUnits: 0.004, readUnits: 0.002, s3Puts: 0.001, s3Gets: 0.001 },
  delayedLife: { writeUnits: 5, readUnits: 1.5 },
  /** Beyond the empty receive that the call would have been otherwise. */
  redelivery: { writeUnits: 2, readUnits: 1.5 },
  redeliveryLater: { writeUnits: 3, readUnits: 1.5 },
  /** The lease is read first, strongly: the budget in the design speaks of the writes alone. */
  changeVisibility: { writeUnits: 2, readUnits: 1 },
  /** Reads are a search per shard: they grow with the logarithm of what lies there, and writes not at all. */
  rewind1000: { writeUnits: 20, readUnits: 100 },
  rewind1000000: { writeUnits: 20, readUnits: 100 },
  /** One look a second, the mean of a minute: while a rewind has left something below it, and when that is settled. */
  receiveEmptyBeside: { writeUnits: 0, readUnits: 2.5 },
  receiveEmptyAfter: { writeUnits: 0, readUnits: 1.5 },
  /** By the message: read once more, strongly, and written as part of a large object. */
  archive: { writeUnits: 0.001, readUnits: 0.2, s3Puts: 0.001, usdPerMillionMessages: 0.05 },
  /** The mean of many; a row group is fetched once for about a thousand messages. */
  receiveCold16: { writeUnits: 1, readUnits: 1.5, s3Gets: 0.05 },
  /** As the send of the same messages, whatever the number of subscriptions. */
  publish16To0: { writeUnits: 6, readUnits: 0, roundTrips: 1 },
  publish16To1: { writeUnits: 6, readUnits: 0, roundTrips: 1 },
  publish16To1000: { writeUnits: 6, readUnits: 0, roundTrips: 1 },
  /** An hour of a topic with 1,000 subscriptions in which nobody calls: the archiver asks once whether its history is to be archived. */
  idleTopic: { writeUnits: 0, readUnits: 1 },
  /** One look a second, the mean of a minute: as a queue, and its topic's record every 5 s. */
  receiveEmptySubscription: { writeUnits: 0, readUnits: 1.5 },
  /** By the publication: one write, and five of each subscription; of those that are published one after the other less (docs/adr/0015). */
  delayedAloneTo1: { writeUnits: 6, readUnits: 1.5 },
  delayedAloneTo2: { writeUnits: 11, readUnits: 3 },
  delayedLifeTo1: { writeUnits: 5, readUnits: 3 },
  delayedLifeTo2: { writeUnits: 9, readUnits: 6 },
  /** By the message that is delivered, where a hundredth of what was published is. */
  receiveFiltered1: { writeUnits: 1, readUnits: 12.5 },
  receiveFiltered16: { writeUnits: 0.0625, readUnits: 5 },
  /** A look that finds one publication, which is not for the subscription. */
  receiveUnwanted: { writeUnits: 0, readUnits: 1.5 },
  /** From the wake to the end of the runner, without the publication: claim, receive, delete, end (docs/adr/0016). */
  push1: { writeUnits: 4, readUnits: 10 },
  push16: { writeUnits: 4, readUnits: 10 },
  push1000: { writeUnits: 200, readUnits: 200 },
  push1000Together: { writeUnits: 200, readUnits: 30, s3Gets: 1 },
  pushRefused: { writeUnits: 8, readUnits: 30 },
} as const satisfies Record<string, Budget>;

export type PathName = keyof typeof budgets;

export const pathNames = Object.keys(budgets).filter(isPathName);

function isPathName(name: string): name is PathName {
  return Object.hasOwn(budgets, name);
}

/** What a life costs beside its own requests depends on how many share it: sweeps, stored cursors, the group's record. */
const LIFE_TOLERANCE = 0.05;

export interface Excess {
  readonly path: PathName;
  readonly unit: keyof Budget;
  readonly measured: number;
  readonly allowed: number;
}

const units = ['writeUnits', 'readUnits', 'roundTrips', 's3Puts', 's3Gets', 'usdPerMillionMessages'] as const;
/** Judged only where a budget names them. */
const unjudged: ReadonlySet<keyof Budget> = new Set(['roundTrips', 'usdPerMillionMessages']);

/** Where a figure is above its budget; empty when it is met. */
export function excesses(path: PathName, figure: Pick<Figure, (typeof units)[number]>): readonly Excess[] {
  const budget: Budget = budgets[path];
  const factor = path.toLowerCase().includes('life') ? 1 + LIFE_TOLERANCE : 1;
  return units.flatMap((unit) => {
    const allowed = budget[unit] ?? (unjudged.has(unit) ? Infinity : 0);
    const measured = figure[unit];
    return measured > allowed * factor + 1e-9 ? [{ path, unit, measured, allowed }] : [];
  });
}
