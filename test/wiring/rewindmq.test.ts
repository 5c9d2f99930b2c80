import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../lib/platform/log.ts';
import { memoryItemTable } from '../../lib/storage/memory/item-table.ts';
import { memoryObjectStore } from '../../lib/storage/memory/object-store.ts';
import { createDeps } from '../../lib/wiring/rewindmq.ts';
import { nowhere } from '../support/nowhere.ts';

const adaptersOn = (items = memoryItemTable()) =>
  ({ items, objects: memoryObjectStore(), ...nowhere, publishedTo: () => {}, kickJob: async () => {}, log: jsonLog({ level: 'silent' }) });

describe('createDeps', () => {
  it('gives all processes of one table the same key for receipt handles', async () => {
    const adapters = adaptersOn();
    const first = await createDeps(adapters);
    const second = await createDeps(adapters);
    expect(second.signer.verify('handle', first.signer.sign('handle'))).toBe(true);
  });

  it('gives every deployment a key of its own', async () => {
    const [first, second] = await Promise.all([createDeps(adaptersOn()), createDeps(adaptersOn())]);
    expect(second.signer.verify('handle', first.signer.sign('handle'))).toBe(false);
  });
});
