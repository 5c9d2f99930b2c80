import type { Timing } from './timing.ts';
import type { Profile } from '../profile.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import type { System } from '../../../lib/core/ports/system.ts';
import type { Play } from '../world.ts';
import type { Ports } from '../surroundings.ts';

/** One rule of the protocol, broken on purpose: a simulation that does not notice proves nothing. */
export interface Planted {
  /** What the protocol does no longer. */
  readonly rule: string;
  /** Absent: a queue. */
  readonly play?: Play;
  readonly table?: (table: ItemTable) => ItemTable;
  readonly ports?: (ports: Ports, system: System) => Ports;
  readonly timing?: Partial<Timing>;
  /** The kind of run in which the rule matters; the others are left alone. */
  readonly profile?: (profile: Profile) => Profile;
}
