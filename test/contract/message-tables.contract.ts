import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessKeyTable } from '../../lib/storage/items/access-key-table.ts';
import { archiveTable } from '../../lib/storage/items/archive-table.ts';
import { jobTable } from '../../lib/storage/items/job-table.ts';
import { leaseTable } from '../../lib/storage/items/lease-table.ts';
import { logTable } from '../../lib/storage/items/log-table.ts';
import { queueTable } from '../../lib/storage/items/queue-table.ts';
import type { OpenTable, TableEngine } from '../support/table-engines.ts';
import { accessKeyContract } from './access-key-table.contract.ts';
import { alarmContract } from './alarm-table.contract.ts';
import { archiveContract } from './archive-table.contract.ts';
import { jobContract } from './job-table.contract.ts';
import { leaseContract, settlementContract } from './lease-table.contract.ts';
import { logContract } from './log-table.contract.ts';
import { queueContract } from './queue-table.contract.ts';
import { holdOf, id, leaseOf, nowMs, segmentOf, some } from './samples.ts';

/** What the domain's tables must do, on every engine. */
export function messageTablesContract(engine: TableEngine): void {
  describe.skipIf(engine.missing !== undefined)(`message tables: ${engine.name}${engine.missing ? ` (${engine.missing})` : ''}`, () => {
    let opened: OpenTable;
    beforeAll(async () => { opened = await engine.open(); });
    afterAll(async () => { await opened.close(); });

    describe('log', () => { logContract(() => logTable(opened.table)); });
    describe('archive', () => { archiveContract(() => archiveTable(opened.table), () => logTable(opened.table)); });
    describe('leases', () => { leaseContract(() => leaseTable(opened.table)); });
    describe('settlements', () => { settlementContract(() => leaseTable(opened.table)); });
    describe('cursors and alarms', () => { alarmContract(() => leaseTable(opened.table)); });
    describe('queues', () => { queueContract(() => queueTable(opened.table)); });
    describe('jobs', () => { jobContract(() => jobTable(opened.table)); });
    describe('access keys', () => { accessKeyContract(() => accessKeyTable(opened.table)); });
    describe('cost', () => { costContract(() => opened); });
  });
}

function costContract(opened: () => OpenTable): void {
  const writeUnits = async (work: () => Promise<unknown>): Promise<number> => {
    opened().meter.reset();
    await work();
    return opened().meter.consumed().writeUnits;
  };
  const leases = () => leaseTable(opened().table);

  it('pays one unit for a segment of up to 930 packed bytes', async () => {
    const body = { kind: 'inline', packed: new Uint8Array(930) } as const;
    const segment = segmentOf({ base: 123_456, count: 16, lastDueAtMs: nowMs, body });
    expect(await writeUnits(() => logTable(opened().table).putSegment(segment))).toBe(1);
  });

  it('pays one unit for a claim and a settlement of a thousand messages, and for sets of up to 64 positions', async () => {
    const held = { kind: 'range', from: 0, end: 1000 } as const;
    const whole = leaseOf({ first: 123_456, end: 124_456, holds: [holdOf(id(), held)], alarmDueAtMs: nowMs });
    expect(await writeUnits(() => leases().putLease(whole))).toBe(1);
    const settlement = { key: whole, leaseId: whole.holds[0]!.leaseId, held, writeId: id(), asDeadLetters: false };
    expect(await writeUnits(() => leases().settleLease(settlement))).toBe(1);

    const positions = Array.from({ length: 64 }, (_, index) => 900 + index);
    const owners = [0, 16, 32, 48].map((from) => holdOf(id(), some(...positions.slice(from, from + 16))));
    expect(await writeUnits(() => leases().putLease(leaseOf({ holds: owners, alarmDueAtMs: nowMs })))).toBe(1);
  });
}
