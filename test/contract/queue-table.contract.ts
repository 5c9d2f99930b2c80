import { expect, it } from 'vitest';
import { queueDefaults } from '../../lib/core/limits.ts';
import type { Chain, Definition, Group, QueueTable, RetiredShard } from '../../lib/core/ports/queue-table.ts';
import { msAfter } from '../../lib/core/time.ts';
import { id, nowMs, removableAtMs } from './samples.ts';

const definitionOf = (more: Partial<Definition> = {}): Definition => ({
  name: 'orders', incarnation: id(), createdAtMs: nowMs, changedAtMs: msAfter(nowMs, 1), settings: queueDefaults, version: 1, state: 'active',
  shards: [{ id: id(), bornAtMs: nowMs }, { id: id(), bornAtMs: nowMs }], sources: [], writeId: id(), ...more,
});

const groupOf = (more: Partial<Group> = {}): Group => ({
  incarnation: id(), generation: 1, chain: { id: id(), starts: {}, drainedThrough: 0, drained: [] }, sides: [], purged: [], effectiveAtMs: nowMs, delayShards: [],
  writeId: id(), ...more,
});

const chainOf = (): Chain => ({ id: id(), starts: { s1: 2 }, drainedThrough: 1, drained: [] });

/** Names, definitions, groups and retired shards. */
export function queueContract(queues: () => QueueTable): void {
  const putBoth = async (definition: Definition, group: Group) => {
    await queues().putDefinition(definition);
    await queues().putGroup(group);
  };

  it('gives a name to the first, shows it to the second, and takes it back only from its owner', async () => {
    const entry = { registry: 'queue', name: `q-${id()}`, incarnation: id() };
    expect(await queues().readName(entry.registry, entry.name)).toBeUndefined();
    expect(await queues().putName(entry)).toEqual({ kind: 'landed' });
    expect(await queues().putName({ ...entry, incarnation: id() })).toEqual({ kind: 'refused', found: entry });
    expect(await queues().putName(entry)).toEqual({ kind: 'landed', found: entry });
    await queues().deleteName({ ...entry, incarnation: id() });
    expect(await queues().readName(entry.registry, entry.name)).toEqual(entry);
    await queues().deleteName(entry);
    await queues().deleteName(entry);
    expect(await queues().readName(entry.registry, entry.name)).toBeUndefined();
  });

  it('lists names by prefix, in order, page by page', async () => {
    const prefix = `p${id()}`;
    const entries = ['', '-a', '0', 'A', '_', 'z'].map((end) => ({ registry: 'queue', name: `${prefix}${end}`, incarnation: id() }));
    for (const entry of [...entries.toReversed(), { registry: 'queue', name: `q${prefix}`, incarnation: id() }]) await queues().putName(entry);
    expect(await queues().listNames({ registry: 'queue', prefix, limit: 100 })).toEqual(entries);
    expect(await queues().listNames({ registry: 'queue', prefix, limit: 2, after: `${prefix}0` })).toEqual(entries.slice(3, 5));
    expect(await queues().listNames({ registry: 'queue', prefix, limit: 2, after: 'A' })).toEqual(entries.slice(0, 2));
    expect(await queues().listNames({ registry: 'queue', prefix, limit: 2, after: 'zzz' })).toEqual([]);
    expect(await queues().listNames({ registry: 'queue', prefix: '', limit: 100 })).toEqual(expect.arrayContaining(entries));
  });

  it('keeps a dead-letter policy by age', async () => {
    const definition = definitionOf({ settings: { ...queueDefaults, deadLetter: { queue: 'dead', maxAgeSeconds: 600 } } });
    const { incarnation } = definition;
    await queues().putDefinition(definition);
    await queues().putGroup(groupOf({ incarnation }));
    expect((await queues().readView(incarnation, { consistent: true }))?.definition).toEqual(definition);
  });

  it('reads definition and group in one, and nothing when either is missing', async () => {
    const definition = definitionOf({
      settings: { ...queueDefaults, deadLetter: { queue: 'dead', maxReceiveCount: 3 } },
      sources: [{ queue: 'a', incarnation: id(), sinceMs: nowMs }, { queue: 'b', incarnation: id(), sinceMs: nowMs }],
      redrivenAtMs: nowMs,
    });
    const { incarnation } = definition;
    const group = groupOf({
      incarnation, chain: { id: id(), starts: { s1: 5, s2: 0 }, drained: ['r1', 'r2'], drainedThrough: 4 },
      sides: [
        { kind: 'leftover', chain: chainOf(), reach: { until: { s1: 5 }, wholeThrough: 3, whole: ['r1'] }, rewindId: id() },
        { kind: 'selection', chain: chainOf(), reach: { until: { s2: 9 }, wholeThrough: 0, whole: [] }, rewindId: id(), finishedAtMs: nowMs },
      ],
      previous: { chain: chainOf(), sides: [], rewindId: id() }, purged: [id(), id()], rewindId: id(), changeId: id(),
      delayShards: [{ id: id(), bornAtMs: nowMs }],
    });
    await queues().putDefinition(definition);
    expect(await queues().readView(incarnation, { consistent: true })).toBeUndefined();
    await queues().putGroup(group);
    await queues().putRetiredShard(retiredShardOf({ incarnation }));
    expect(await queues().readView(incarnation, { consistent: true })).toEqual({ definition, group });
    expect(await queues().readView(incarnation, { consistent: false })).toEqual({ definition, group });
    await queues().deleteDefinition(incarnation);
    expect(await queues().readView(incarnation, { consistent: true })).toBeUndefined();
    await queues().deleteGroup(incarnation);
    await queues().deleteGroup(incarnation);
  });

  it('replaces a definition version by version', async () => {
    const definition = definitionOf();
    await putBoth(definition, groupOf({ incarnation: definition.incarnation }));
    expect(await queues().putDefinition({ ...definition, writeId: id() })).toEqual({ kind: 'refused', found: definition });
    const second = { ...definition, version: 2, state: 'deleting', writeId: id() } as const;
    expect(await queues().replaceDefinition(second)).toEqual({ kind: 'landed' });
    expect(await queues().replaceDefinition(second)).toEqual({ kind: 'landed' });
    expect(await queues().replaceDefinition({ ...second, writeId: id() })).toEqual({ kind: 'refused', found: second });
    expect(await queues().replaceDefinition(definitionOf({ version: 2 }))).toEqual({ kind: 'refused', found: undefined });
  });

  it('replaces only the group that was seen', async () => {
    const group = groupOf();
    expect(await queues().putGroup(group)).toEqual({ kind: 'landed' });
    expect(await queues().putGroup({ ...group, writeId: id() })).toEqual({ kind: 'refused', found: group });
    const next = { ...group, generation: 2, writeId: id() };
    expect(await queues().replaceGroup(next, group.writeId)).toEqual({ kind: 'landed' });
    expect(await queues().replaceGroup({ ...next, writeId: id() }, group.writeId)).toEqual({ kind: 'refused', found: next });
  });

  it('lists retired shards above a version, in order of version', async () => {
    const incarnation = id();
    const shards = [2, 3, 40].map((version) => retiredShardOf({ incarnation, version }));
    for (const shard of [...shards.toReversed(), shards[0]!]) await queues().putRetiredShard(shard);
    expect(await queues().listRetiredShards(incarnation, 0, 10)).toEqual(shards);
    expect(await queues().listRetiredShards(incarnation, 2, 10)).toEqual(shards.slice(1));
    expect(await queues().listRetiredShards(incarnation, 0, 1)).toEqual(shards.slice(0, 1));
  });
}

const retiredShardOf = (more: Partial<RetiredShard>): RetiredShard => ({
  incarnation: id(), id: id(), version: 2, bornAtMs: nowMs, retiredAtMs: msAfter(nowMs, 9), removableAtMs, ...more,
});
