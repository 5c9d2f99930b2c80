import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Group, QueueView, RegistryEntry } from '../ports/queue-table.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, latest } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { notFound, parseName } from './names.ts';

/**
 * Definition and group of the queue with that name, at most `ageMs` old.
 * @throws CallerError `queueNotFound`, also for a queue that is being deleted
 */
export async function viewByName(deps: Deps, name: string, ageMs: number): Promise<QueueView> {
  const remembered = deps.memory.names.get(name);
  const nowMs = deps.system.now();
  if (remembered && nowMs - remembered.atMs <= timing.nameAgeMs) {
    const view = await viewOf(deps, remembered.value, ageMs);
    if (view) return view;
    // The name may stand for a new incarnation by now.
    deps.memory.names.delete(name);
  }
  const entry = await entryNamed(deps, name);
  const view = entry && await viewOf(deps, entry.incarnation, ageMs);
  if (!entry || !view) throw notFound(name);
  deps.memory.names.set(name, { value: entry.incarnation, atMs: nowMs });
  return view;
}

/** What a name stands for: see `parseName`. */
export async function entryNamed(deps: Deps, name: string): Promise<RegistryEntry | undefined> {
  const named = parseName(name);
  if (named.kind === 'queue') return deps.queues.readName('queue', named.queue);
  const topic = await deps.queues.readName('topic', named.topic);
  return named.kind === 'topic' || !topic ? topic : deps.queues.readName(topic.incarnation, named.subscription);
}

/**
 * The same by incarnation; undefined when it is gone or going. `ageMs` 0 reads strongly. A subscription is
 * gone when its topic is.
 * @throws StoreUnavailable when every read took longer than `ageMs`
 */
export async function viewOf(deps: Deps, incarnation: string, ageMs: number): Promise<QueueView | undefined> {
  const log = logOf(incarnation);
  if (log === incarnation) return recordOf(deps, incarnation, ageMs);
  const topicAgeMs = ageMs === 0 ? 0 : Math.max(ageMs, timing.topicAgeMs);
  const own = recordOf(deps, incarnation, ageMs).then((view) => view && { view, atMs: deps.memory.views.get(incarnation)?.atMs });
  const [found, topic] = await Promise.all([own, recordOf(deps, log, topicAgeMs)]);
  return found && topic && { ...onTopic(found.view, topic), ...(found.atMs === undefined ? {} : { readAtMs: found.atMs }) };
}

/** A subscription reads the shards of its topic, and what is kept there it can consume. */
function onTopic({ definition, group }: QueueView, topic: QueueView): QueueView {
  const { shards, version, redrivenAtMs, settings: { retentionSeconds, rewindSeconds } } = topic.definition;
  const { delayShards } = topic.group;
  return {
    definition: { ...definition, shards: [...shards, ...delayShards], version, settings: { ...definition.settings, retentionSeconds, rewindSeconds } },
    group,
    topicDelayShards: delayShards,
    ...(redrivenAtMs === undefined ? {} : { topicRedrivenAtMs: redrivenAtMs }),
  };
}

async function recordOf(deps: Deps, incarnation: string, ageMs: number): Promise<QueueView | undefined> {
  if (ageMs === 0) return ifActive(await readView(deps, incarnation, true));
  for (let reads = 0; reads < bounds.slowReads; reads += 1) {
    const remembered = deps.memory.views.get(incarnation);
    if (remembered && viewAgeMs(deps, incarnation) <= ageMs) return ifActive(remembered.value);
    // A process may stand still before it has the answer: what was read is then too old to act on.
    const isThere = await readView(deps, incarnation, false) !== undefined;
    if (!isThere) return undefined;
  }
  throw new StoreUnavailable('reading the record of a queue takes too long', { outcome: 'refused' });
}

const ifActive = (view: QueueView | undefined): QueueView | undefined => (view?.definition.state === 'active' ? view : undefined);

async function readView(deps: Deps, incarnation: string, consistent: boolean): Promise<QueueView | undefined> {
  const startedAtMs = deps.system.now();
  if (consistent) return rememberView(deps, incarnation, await deps.queues.readView(incarnation, { consistent }), startedAtMs);
  const underWay = deps.memory.viewReads.get(incarnation);
  if (underWay) return underWay;
  const read = readEventually(deps, incarnation).finally(() => deps.memory.viewReads.delete(incarnation));
  deps.memory.viewReads.set(incarnation, read);
  return read;
}

/** An eventual read may not see a queue made a moment ago: absence is believed only of a strong one. */
async function readEventually(deps: Deps, incarnation: string): Promise<QueueView | undefined> {
  const startedAtMs = deps.system.now();
  const found = await deps.queues.readView(incarnation, { consistent: false })
    ?? await deps.queues.readView(incarnation, { consistent: true });
  return rememberView(deps, incarnation, found, startedAtMs);
}

/**
 * An eventual read may also lag behind what this process knows already: keep the newer of each. It is
 * as old as the beginning of the read: a process may stand still for minutes before it has the answer.
 */
export function rememberView(
  deps: Deps, incarnation: string, read: QueueView | undefined, startedAtMs: EpochMs,
): QueueView | undefined {
  if (!read) {
    deps.memory.views.delete(incarnation);
    return undefined;
  }
  const known = deps.memory.views.get(incarnation);
  const view = known ? {
    definition: known.value.definition.version > read.definition.version ? known.value.definition : read.definition,
    group: known.value.group.generation > read.group.generation ? known.value.group : read.group,
  } : read;
  deps.memory.views.set(incarnation, { value: view, atMs: latest(startedAtMs, known?.atMs ?? startedAtMs) });
  return view;
}

/** This process has replaced the group's record: what it knew of the rest stays. */
export function rememberGroup(deps: Deps, group: Group, startedAtMs: EpochMs): void {
  const known = deps.memory.views.get(group.incarnation);
  if (known) rememberView(deps, group.incarnation, { ...known.value, group }, startedAtMs);
}

/** When this process last read the record: an answer may go out only while that is recent. */
export function viewAgeMs(deps: Deps, incarnation: string): number {
  const remembered = deps.memory.views.get(incarnation);
  return remembered ? deps.system.now() - remembered.atMs : Number.POSITIVE_INFINITY;
}
