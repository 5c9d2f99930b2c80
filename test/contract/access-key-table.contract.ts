import { expect, it } from 'vitest';
import type { AccessKeyRecord, AccessKeyTable } from '../../lib/core/ports/access-key-table.ts';
import { msAfter } from '../../lib/core/time.ts';
import { id, nowMs, removableAtMs } from './samples.ts';

const recordOf = (more: Partial<AccessKeyRecord> = {}): AccessKeyRecord => ({
  id: `AKID${id()}`, description: '', scope: { names: ['orders-*'], operations: ['send', 'consume'] }, sealedSecret: Uint8Array.of(0, 1, 2),
  createdAtMs: nowMs, writeId: id(), ...more,
});

/** Keys: put once, replaced by who has seen the last one, listed by id. */
export function accessKeyContract(keys: () => AccessKeyTable): void {
  it('reads back a key, whatever of it is absent', async () => {
    const whole = recordOf({ description: 'shop', createdBy: 'ops', expiresAtMs: msAfter(nowMs, 1), revokedAtMs: nowMs, removableAtMs });
    for (const record of [recordOf(), whole]) {
      expect(await keys().putAccessKey(record)).toEqual({ kind: 'landed' });
      expect(await keys().readAccessKey(record.id)).toEqual(record);
    }
    expect(await keys().readAccessKey('AKIDnone')).toBeUndefined();
  });

  it('refuses a second key of one id, and recognises its own', async () => {
    const record = recordOf();
    await keys().putAccessKey(record);
    expect(await keys().putAccessKey(recordOf({ id: record.id }))).toEqual({ kind: 'refused', found: record });
    expect(await keys().putAccessKey(record)).toMatchObject({ kind: 'landed' });
  });

  it('replaces only what was seen', async () => {
    const record = recordOf();
    await keys().putAccessKey(record);
    const next = { ...record, revokedAtMs: nowMs, writeId: id() };
    expect(await keys().replaceAccessKey(next, 'another')).toEqual({ kind: 'refused', found: record });
    expect(await keys().replaceAccessKey(next, record.writeId)).toEqual({ kind: 'landed' });
    expect(await keys().replaceAccessKey(next, record.writeId)).toEqual({ kind: 'landed' });
    expect(await keys().readAccessKey(record.id)).toEqual(next);
  });

  it('lists by id, from behind one', async () => {
    const records = ['a', 'b', 'c'].map((end) => recordOf({ id: `AKIDzzz${end}` }));
    for (const record of records) await keys().putAccessKey(record);
    expect(await keys().listAccessKeys({ limit: 2, after: 'AKIDzzza' })).toEqual(records.slice(1));
    expect(await keys().listAccessKeys({ limit: 1, after: 'AKIDzzz' })).toEqual(records.slice(0, 1));
  });
}
