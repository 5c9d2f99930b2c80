import type { ObjectStore } from '../../../lib/core/ports/object-store.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { memoryObjectStore } from '../../../lib/storage/memory/object-store.ts';
import { type Dice, diceOf } from '../dice.ts';
import { type FaultRates, noFaults } from '../faults.ts';
import { Instance } from '../instance.ts';
import { Scheduler } from '../scheduler.ts';
import { type SimulatedTable, simulatedTable } from '../simulated-table.ts';
import type { Ports, Surroundings } from '../surroundings.ts';
import { newUsage, PartitionLimits, type Usage } from './partition-limits.ts';

/** A world without faults but with clocks 10 ms apart, stale reads, 5 ms a request and what a partition bears. */
export class CalmWorld implements Surroundings {
  readonly scheduler = new Scheduler();
  readonly dice: Dice;
  readonly rates: FaultRates = { ...noFaults, staleReads: 0.1, staleMsMax: 100, clockSkewMs: 10 };
  readonly objects: ObjectStore = memoryObjectStore();
  readonly table: SimulatedTable;
  readonly isCalm = false;
  readonly faults: unknown[] = [];
  readonly #limits: PartitionLimits;
  #ids = 0;

  constructor(seed: number) {
    this.dice = diceOf(seed);
    this.#limits = new PartitionLimits(this.scheduler);
    const inner = simulatedTable({
      scheduler: this.scheduler, rates: this.rates, dice: this.dice.fork('table'), observe: () => {}, count: () => {}, meter: this.#limits.meter,
    });
    this.table = { ...inner, at: (dice) => this.#limits.around(inner.at(dice)) };
  }

  /** What was used since the last call. */
  takeUsage(): Usage {
    const { usage } = this.#limits;
    this.#limits.usage = newUsage();
    return usage;
  }

  instances(count: number, name: string): readonly Instance[] {
    return Array.from({ length: count }, (_, at) => new Instance(this, `${name}${at + 1}`));
  }

  /** Until the task is done. */
  async play(task: Promise<void>): Promise<void> {
    let isDone = false;
    let failure: unknown;
    task.catch((error: unknown) => { failure = error; }).finally(() => { isDone = true; });
    await this.scheduler.runUntil(() => isDone, 50_000_000);
    if (failure instanceof Error) throw failure;
  }

  /** Half of a request: 5 ms there and back, one in a hundred 25 ms. */
  travelMs(dice: Dice): number {
    return (dice.chance(0.01) ? 12.5 : 2.5) * (0.6 + 0.8 * dice.next());
  }

  newId(): string {
    this.#ids += 1;
    return `i${this.#ids.toString(36).padStart(13, '0')}`;
  }

  trace(): void {}
  count(): void {}
  allows(): boolean { return true; }
  ports(ports: Ports): Ports { return ports; }
  tableOf(table: ItemTable): ItemTable { return table; }
  reported(fault: unknown): void { this.faults.push(fault); }
  kicked(): void {}
  replayKicked(): void {}
}
