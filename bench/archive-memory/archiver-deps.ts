import type { Deps } from '../../lib/core/deps.ts';
import { jsonLog } from '../../lib/platform/log.ts';
import { openMachineStore } from '../../lib/wiring/on-one-machine.ts';
import { createDeps } from '../../lib/wiring/rewindmq.ts';

/** A process of one machine, without a server around it. */
export async function archiverDeps(endpoint: string, objectFolder: string): Promise<Deps> {
  const { tidying: _, ...store } = await openMachineStore({ endpoint, objectFolder });
  return createDeps({ ...store, log: jsonLog({ level: 'error' }), publishedTo: () => {}, kickJob: async () => {} });
}
