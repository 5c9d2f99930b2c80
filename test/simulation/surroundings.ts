import type { Deps } from '../../lib/core/deps.ts';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { System } from '../../lib/core/ports/system.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import type { Dice } from './dice.ts';
import type { FaultKind, FaultRates, HazardKind } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedTable } from './simulated-table.ts';

/** The domain ports of one instance: where a planted fault steps in between. */
export type Ports = Pick<Deps, 'log' | 'leases' | 'queues' | 'jobs' | 'archive' | 'objects'>;

/** What an instance needs of the world around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly rates: FaultRates;
  readonly table: SimulatedTable;
  readonly objects: ObjectStore;
  /** How long a request or a reply is on its way. */
  travelMs(dice: Dice): number;
  /** No faults from now on: what is left is brought to its end. */
  readonly isCalm: boolean;
  newId(): string;
  trace(line: string): void;
  count(kind: FaultKind | HazardKind): void;
  /** Whether this fault at this place belongs to the schedule. */
  allows(kind: FaultKind, place: string): boolean;
  ports(ports: Ports, system: System): Ports;
  tableOf(table: ItemTable): ItemTable;
  /** A fault that did not fail the request. */
  reported(fault: unknown): void;
  replayKicked(job: JobKey): void;
  kicked(job: { readonly incarnation: string; readonly redriveId: string }): void;
}
