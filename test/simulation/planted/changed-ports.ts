import type { Definition, Group, QueueView } from '../../../lib/core/ports/queue-table.ts';
import type { Ports } from '../surroundings.ts';

export const withLog = (ports: Ports, changed: Partial<Ports['log']>): Ports => ({ ...ports, log: { ...ports.log, ...changed } });

export const withLeases = (ports: Ports, changed: Partial<Ports['leases']>): Ports => ({ ...ports, leases: { ...ports.leases, ...changed } });

export const withQueues = (ports: Ports, changed: Partial<Ports['queues']>): Ports => ({ ...ports, queues: { ...ports.queues, ...changed } });

/** Other records than those that are stored. */
export const seeing = (ports: Ports, change: (view: QueueView) => QueueView): Ports => withQueues(ports, {
  async readView(incarnation, options) {
    const view = await ports.queues.readView(incarnation, options);
    return view && change(view);
  },
});

/** Other groups than those that were meant. */
export const storingGroups = (ports: Ports, change: (group: Group) => Group): Ports => withQueues(ports, {
  putGroup: (group) => ports.queues.putGroup(change(group)),
  replaceGroup: (group, seenWriteId) => ports.queues.replaceGroup(change(group), seenWriteId),
});

/** The same of definitions. */
export const storingDefinitions = (ports: Ports, change: (definition: Definition) => Definition): Ports => withQueues(ports, {
  putDefinition: (definition) => ports.queues.putDefinition(change(definition)),
  replaceDefinition: (definition) => ports.queues.replaceDefinition(change(definition)),
});

/** The closed shards of delayed messages are not noted. */
export const delayShardsUnnoted = (ports: Ports): Ports => withQueues(ports, {
  async putRetiredShard(shard) { if (shard.owner === undefined) await ports.queues.putRetiredShard(shard); },
});
