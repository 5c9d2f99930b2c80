import type { Chain, Definition, Group, LiveShard, RegistryEntry, RetiredShard } from '../../core/ports/queue-table.ts';
import type { Offset } from '../../core/position.ts';
import type { QueueSettings } from '../../core/queue.ts';
import { epochMs } from '../../core/time.ts';
import { ifThere, instant, list, number, optional, removableAt, type Scalar, text, ttlOf } from './attributes.ts';
import type { Attributes, Item } from './item-table.ts';
import { definitionKey, groupKey, parseQueueKey, parseRegistryKey, parseRetiredShardKey, registryKey, retiredShardKey } from './keys.ts';

/** The registry: `i` incarnation. */
export const nameToItem = ({ name, incarnation }: RegistryEntry): Item => ({ ...registryKey(name), i: incarnation });

export const nameFromItem = (item: Item): RegistryEntry => ({ ...parseRegistryKey(item), incarnation: text(item, 'i') });

/**
 * A definition as an item.
 *
 *   v   version               c   created at, ms       sv  visibility timeout, s     sb  maximal message bytes
 *   q   name                  h   changed at, ms       sr  retention, s              si  inline segment bytes
 *   st  state                 s   live shards:         sw  rewind, s                 dq  dead-letter queue
 *   w   write id                  [id, born at, …]     sd  delay, s                  dc  maximal receive count
 *   ds  dead-letter sources:  [queue, incarnation,     sl  receive wait, s
 *       since, …]
 *
 * Lists of records are flat: a list in a list would cost four bytes more for each.
 */
export function definitionToItem(definition: Definition): Item {
  return {
    ...definitionKey(definition.incarnation),
    v: definition.version,
    q: definition.name,
    st: definition.state,
    w: definition.writeId,
    c: definition.createdAtMs,
    h: definition.changedAtMs,
    s: shardsToList(definition.shards),
    ds: definition.deadLetterSources.flatMap(({ queue, incarnation, sinceMs }) => [queue, incarnation, sinceMs]),
    ...settingsToAttributes(definition.settings),
  };
}

export function definitionFromItem(item: Item): Definition {
  return {
    ...parseQueueKey(item),
    version: number(item, 'v'),
    name: text(item, 'q'),
    state: text(item, 'st') === 'deleting' ? 'deleting' : 'active',
    writeId: text(item, 'w'),
    createdAtMs: instant(item, 'c'),
    changedAtMs: instant(item, 'h'),
    shards: shardsFromList(list(item, 's')),
    deadLetterSources: tuples(list(item, 'ds'), 3).map(([queue, incarnation, sinceMs]) =>
      ({ queue: String(queue), incarnation: String(incarnation), sinceMs: epochMs(Number(sinceMs)) })),
    settings: settingsFromItem(item),
  };
}

function settingsToAttributes(settings: QueueSettings): Attributes {
  return {
    sv: settings.visibilityTimeoutSeconds,
    sr: settings.retentionSeconds,
    sw: settings.rewindSeconds,
    sd: settings.delaySeconds,
    sl: settings.receiveWaitSeconds,
    sb: settings.maxMessageBytes,
    si: settings.inlineSegmentBytes,
    dq: settings.deadLetter?.queue,
    dc: settings.deadLetter?.maxReceiveCount,
  };
}

function settingsFromItem(item: Item): QueueSettings {
  const queue = optional(item, 'dq', text);
  return {
    visibilityTimeoutSeconds: number(item, 'sv'),
    retentionSeconds: number(item, 'sr'),
    rewindSeconds: number(item, 'sw'),
    delaySeconds: number(item, 'sd'),
    receiveWaitSeconds: number(item, 'sl'),
    maxMessageBytes: number(item, 'sb'),
    inlineSegmentBytes: number(item, 'si'),
    ...ifThere('deadLetter', queue === undefined ? undefined : { queue, maxReceiveCount: number(item, 'dc') }),
  };
}

/**
 * A group as an item.
 *
 *   g   generation            pi  chain before: id          w   write id
 *   ci  chain: id             ps  and its starts            dt  drained through this version
 *   cs  chain: starts,        ds  delay shards:             dr  and these shards
 *       [shard, offset, …]        [id, born at, …]
 *   e   effective at, ms
 */
export function groupToItem(group: Group): Item {
  return {
    ...groupKey(group.incarnation),
    g: group.generation,
    ci: group.chain.id,
    cs: startsToList(group.chain),
    pi: group.previous?.id,
    ps: group.previous && startsToList(group.previous),
    e: group.effectiveAtMs,
    ds: shardsToList(group.delayShards),
    dt: group.drainedThrough,
    dr: group.drained,
    w: group.writeId,
  };
}

export function groupFromItem(item: Item): Group {
  const previousId = optional(item, 'pi', text);
  return {
    ...parseQueueKey(item),
    generation: number(item, 'g'),
    chain: { id: text(item, 'ci'), starts: startsFromList(list(item, 'cs')) },
    ...ifThere('previous', previousId === undefined ? undefined : { id: previousId, starts: startsFromList(list(item, 'ps')) }),
    effectiveAtMs: instant(item, 'e'),
    delayShards: shardsFromList(list(item, 'ds')),
    drainedThrough: number(item, 'dt'),
    drained: list(item, 'dr').map(String),
    writeId: text(item, 'w'),
  };
}

/** A retired shard: `b` born at, `t` retired at, both ms; `ttl` removable at, s. */
export function retiredShardToItem(shard: RetiredShard): Item {
  return { ...retiredShardKey(shard), b: shard.bornAtMs, t: shard.retiredAtMs, ttl: ttlOf(shard.removableAtMs) };
}

export function retiredShardFromItem(item: Item): RetiredShard {
  return { ...parseRetiredShardKey(item), bornAtMs: instant(item, 'b'), retiredAtMs: instant(item, 't'), removableAtMs: removableAt(item) };
}

const shardsToList = (shards: readonly LiveShard[]): readonly Scalar[] => shards.flatMap(({ id, bornAtMs }) => [id, bornAtMs]);

const shardsFromList = (values: readonly Scalar[]): readonly LiveShard[] =>
  tuples(values, 2).map(([id, bornAtMs]) => ({ id: String(id), bornAtMs: epochMs(Number(bornAtMs)) }));

const startsToList = ({ starts }: Chain): readonly Scalar[] => Object.entries(starts).flat();

const startsFromList = (values: readonly Scalar[]): Readonly<Record<string, Offset>> =>
  Object.fromEntries(tuples(values, 2).map(([shard, offset]) => [String(shard), Number(offset)]));

function tuples(values: readonly Scalar[], size: number): readonly (readonly Scalar[])[] {
  return Array.from({ length: values.length / size }, (_, index) => values.slice(index * size, (index + 1) * size));
}
