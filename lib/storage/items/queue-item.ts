import type { Chain, Chains, Definition, Group, LiveShard, RegistryEntry, RetiredShard } from '../../core/ports/queue-table.ts';
import type { Offset } from '../../core/position.ts';
import type { DeadLetterPolicy, Notes, QueueSettings } from '../../core/queue.ts';
import type { SubscriptionSettings } from '../../core/subscription.ts';
import { epochMs } from '../../core/time.ts';
import { ifThere, instant, list, number, optional, removableAt, type Scalar, text, ttlOf } from './attributes.ts';
import type { Attributes, Item } from './item-table.ts';
import { definitionKey, groupKey, parseQueueKey, parseRegistryKey, parseRetiredShardKey, registryKey, retiredShardKey } from './keys.ts';

/** The registry: `i` incarnation. */
export const nameToItem = ({ incarnation, ...entry }: RegistryEntry): Item => ({ ...registryKey(entry), i: incarnation });

export const nameFromItem = (item: Item): RegistryEntry => ({ ...parseRegistryKey(item), incarnation: text(item, 'i') });

/**
 * A definition as an item.
 *
 *   v   version               c   created at, ms       sv  visibility timeout, s     sb  maximal message bytes
 *   q   name                  h   changed at, ms       sr  retention, s              si  inline segment bytes
 *   st  state                 s   live shards:         sw  rewind, s                 dq  dead-letter queue
 *   w   write id                  [id, born at, …]     sd  delay, s                  dc  maximal receive count
 *   ds  what flows into it:   [queue, incarnation,     sl  receive wait, s
 *       since, …]             su  subscription, as JSON   pu  1: of a topic, it is pushed
 *   no  notes of a dialect, as JSON                       da  maximal age of a dead letter to be, s
 *   rt  of a topic: dead letters came back to one subscription alone, ms
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
    ds: definition.sources.flatMap(({ queue, incarnation, sinceMs }) => [queue, incarnation, sinceMs]),
    su: definition.subscription && JSON.stringify(definition.subscription),
    pu: definition.isPushed ? 1 : undefined,
    rt: definition.redrivenAtMs,
    no: definition.notes && JSON.stringify(definition.notes),
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
    sources: tuples(list(item, 'ds'), 3).map(([queue, incarnation, sinceMs]) =>
      ({ queue: String(queue), incarnation: String(incarnation), sinceMs: epochMs(Number(sinceMs)) })),
    settings: settingsFromItem(item),
    ...ifThere('subscription', optional(item, 'su', subscriptionFrom)),
    ...(item['pu'] === undefined ? {} : { isPushed: true }),
    ...ifThere('redrivenAtMs', optional(item, 'rt', instant)),
    ...ifThere('notes', optional(item, 'no', notesFrom)),
  };
}

const notesFrom = (item: Item, name: string): Notes => JSON.parse(text(item, name)) as Notes;

/** Plain data, read whole and written whole. */
const subscriptionFrom = (item: Item, name: string): SubscriptionSettings => JSON.parse(text(item, name)) as SubscriptionSettings;

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
    da: settings.deadLetter?.maxAgeSeconds,
  };
}

function settingsFromItem(item: Item): QueueSettings {
  return {
    visibilityTimeoutSeconds: number(item, 'sv'),
    retentionSeconds: number(item, 'sr'),
    rewindSeconds: number(item, 'sw'),
    delaySeconds: number(item, 'sd'),
    receiveWaitSeconds: number(item, 'sl'),
    maxMessageBytes: number(item, 'sb'),
    inlineSegmentBytes: number(item, 'si'),
    ...ifThere('deadLetter', optional(item, 'dq', deadLetterFrom)),
  };
}

function deadLetterFrom(item: Item, name: string): DeadLetterPolicy {
  const queue = text(item, name);
  const maxAgeSeconds = optional(item, 'da', number);
  return maxAgeSeconds === undefined ? { queue, maxReceiveCount: number(item, 'dc') } : { queue, maxAgeSeconds };
}

/**
 * A group as an item.
 *
 *   g   generation            e   effective at, ms            w   write id
 *   ci  main chain: id        ds  delay shards:             rw  rewind that made the main chain
 *   cs  its starts,               [id, born at, …]          ch  newest change
 *       [shard, offset, …]    sc  side chains, as JSON      pg  purged chains
 *   dt  drained through       pv  chains before, as JSON
 *   dr  and these shards
 */
export function groupToItem(group: Group): Item {
  return {
    ...groupKey(group.incarnation),
    g: group.generation,
    ci: group.chain.id,
    cs: startsToList(group.chain),
    dt: group.chain.drainedThrough,
    dr: group.chain.drained,
    sc: group.sides.length > 0 ? JSON.stringify(group.sides) : undefined,
    pv: group.previous && chainsToText(group.previous),
    e: group.effectiveAtMs,
    ds: shardsToList(group.delayShards),
    pg: group.purged.length > 0 ? group.purged : undefined,
    rw: group.rewindId,
    ch: group.changeId,
    w: group.writeId,
  };
}

export function groupFromItem(item: Item): Group {
  return {
    ...parseQueueKey(item),
    generation: number(item, 'g'),
    chain: {
      id: text(item, 'ci'), starts: startsFromList(list(item, 'cs')),
      drainedThrough: number(item, 'dt'), drained: list(item, 'dr').map(String),
    },
    sides: sidesFromText(optional(item, 'sc', text)),
    ...ifThere('previous', optional(item, 'pv', chainsFrom)),
    effectiveAtMs: instant(item, 'e'),
    delayShards: shardsFromList(list(item, 'ds')),
    purged: (optional(item, 'pg', list) ?? []).map(String),
    ...ifThere('rewindId', optional(item, 'rw', text)),
    ...ifThere('changeId', optional(item, 'ch', text)),
    writeId: text(item, 'w'),
  };
}

const sidesFromText = (json: string | undefined): Group['sides'] => (json === undefined ? [] : JSON.parse(json) as Group['sides']);

/** Chains beside the main one are few and rarely there: readable text rather than a list of lists. */
export const chainsToText = ({ chain, sides, rewindId }: Chains): string => JSON.stringify({ chain, sides, rewindId });

export const chainsFrom = (item: Item, name: string): Chains => JSON.parse(text(item, name)) as Chains;

/** A retired shard: `b` born at, `t` retired at, both ms; `o` owner (of a shard of delayed messages); `ttl` removable at, s. */
export function retiredShardToItem(shard: RetiredShard): Item {
  return { ...retiredShardKey(shard), b: shard.bornAtMs, t: shard.retiredAtMs, o: shard.owner, ttl: ttlOf(shard.removableAtMs) };
}

export function retiredShardFromItem(item: Item): RetiredShard {
  return {
    ...parseRetiredShardKey(item), bornAtMs: instant(item, 'b'), retiredAtMs: instant(item, 't'),
    ...ifThere('owner', optional(item, 'o', text)), removableAtMs: removableAt(item),
  };
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
