import { faultKinds, hazardKinds } from './faults.ts';
import type { Plan, Play, World } from './world.ts';

/** What must have happened at least once in a large run of a queue, or of a topic; otherwise it proves less than it says. */
const queueOperations = [
  'send', 'send delayed', 'send once', 'send in a crowd', 'cancel', 'receive', 'delete', 'change visibility', 'purge', 'change queue',
  'create queue', 'delete queue', 'start redrive', 'read redrive', 'run redrive', 'describe', 'peek', 'find',
  'rewind', 'select', 'undo', 'list rewinds', 'archive',
  'start replay', 'read replay', 'run replay', 'cancel replay',
  'move what is past its age',
] as const;

const topicOperations = [
  'publish', 'publish delayed', 'publish once', 'publish in a crowd', 'cancel', 'receive', 'delete', 'change visibility', 'purge',
  'create subscription', 'delete subscription', 'change filter', 'change subscription', 'change topic',
  'start redrive', 'read redrive', 'run redrive', 'describe subscription', 'describe topic', 'list subscriptions', 'peek', 'find',
  'rewind', 'select', 'undo', 'list rewinds', 'archive',
] as const;

const invariants = [1, 2, 3, 4, 5, 7, 8, 9] as const;

const kindsToSee = (play: Play): readonly string[] => [
  ...(play === 'queue' ? queueOperations : topicOperations).map((name) => `operation ${name}`),
  ...[...faultKinds, ...hazardKinds].map((name) => `fault ${name}`),
  ...[...invariants, ...(play === 'queue' ? [] : [10])].map((number) => `invariant ${number}`),
];

/** The counters of many runs. */
export class Tally {
  runs = 0;
  readonly #kinds: readonly string[];
  steps = 0;
  leaseBytesMax = 0;
  readonly counts = new Map<string, number>();

  constructor(play: Play = 'queue') {
    this.#kinds = kindsToSee(play);
  }

  add(world: World): void {
    this.runs += 1;
    this.steps += world.scheduler.steps;
    this.leaseBytesMax = Math.max(this.leaseBytesMax, world.book.leases.bytesMax);
    for (const [name, count] of world.counts) this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  /** Kinds that never happened. */
  unseen(): readonly string[] {
    return this.#kinds.filter((name) => !this.counts.get(name));
  }

  text(): string {
    const rows = this.#kinds.map((name) => `${String(this.counts.get(name) ?? 0).padStart(12)}  ${name}`);
    return [`${this.runs} runs, ${this.steps} steps, largest lease ${this.leaseBytesMax} bytes`, ...rows].join('\n');
  }
}

/** How to see a run again. */
export function commandFor({ seed, without, faults, operationsMax, play }: Plan): string {
  const left = without && without.size > 0 ? ` --without ${[...without].join(',')}` : '';
  const only = faults ? ` --faults ${[...faults].join(',') || 'none'}` : '';
  return `npm run simulate -- ${play === 'topic' ? '--topics ' : ''}--seed ${seed}${operationsMax === undefined ? '' : ` --operations ${operationsMax}`}${left}${only}`;
}

/** What happened to the message concerned, and to the leases and alarms of its shard near it. */
export function traceOf(world: World): readonly string[] {
  const about = world.violation?.about ?? [];
  if (about.length === 0) return world.lines.slice(-60);
  const entry = about.map((name) => world.book.entries.get(name)).find((found) => found !== undefined);
  const names = entry ? [entry.messageId, entry.token, ...leasesAround(world, entry.shard, entry.offset)] : about;
  return world.lines.filter((line) => names.some((name) => mentions(line, name)));
}

/** Key of the last lease at or below the offset, as lines of the trace name it, and of its alarms. */
function leasesAround(world: World, shard: string, offset: number): readonly string[] {
  const firsts = world.lines.flatMap((line) => {
    const [, first] = new RegExp(`/${shard} C([0-9a-z]{11})`).exec(line) ?? [];
    return first === undefined ? [] : [Number.parseInt(first, 36)];
  });
  const first = Math.max(...firsts.filter((other) => other <= offset), 0);
  const padded = first.toString(36).padStart(11, '0');
  return [`/${shard} C${padded}`, `/${shard}/${padded}`];
}

const mentions = (line: string, name: string): boolean => {
  const at = line.indexOf(name);
  return at >= 0 && !/[0-9a-z]/.test(line[at + name.length] ?? ' ');
};
