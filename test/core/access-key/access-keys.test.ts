import { describe, expect, it } from 'vitest';
import { changeAccessKey, revokeAccessKey } from '../../../lib/core/access-key/change-access-key.ts';
import { createAccessKey } from '../../../lib/core/access-key/create-access-key.ts';
import { findAccessKey } from '../../../lib/core/access-key/find-access-key.ts';
import { describeAccessKey, listAccessKeys } from '../../../lib/core/access-key/list-access-keys.ts';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { epochMs, msAfter } from '../../../lib/core/time.ts';
import { memoryDeps } from '../../support/memory-deps.ts';

const TEN_SECONDS_MS = 10_000;

describe('an access key', () => {
  it('opens what it is for, with the secret that was told once', async () => {
    const deps = memoryDeps();
    const { accessKey, secret } = await createAccessKey(deps, { description: 'shop', scope: { names: ['orders-*'] }, requestedBy: 'ops' });
    expect(accessKey).toMatchObject({ state: 'active', description: 'shop', scope: { names: ['orders-*'], operations: ['*'] }, createdBy: 'ops' });
    expect(accessKey.id).toMatch(/^AKID[A-Za-z0-9]{32}$/);
    expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await findAccessKey(deps, accessKey.id)).toEqual({ secret, access: { kind: 'scoped', scope: accessKey.scope } });
    expect(JSON.stringify(await describeAccessKey(deps, accessKey.id))).not.toContain(secret);
  });

  it('lies in the table without its secret', async () => {
    const deps = memoryDeps();
    const { accessKey: { id }, secret } = await createAccessKey(deps, {});
    const record = await deps.accessKeys.readAccessKey(id);
    expect(Buffer.from(record!.sealedSecret).includes(secret)).toBe(false);
  });

  it('opens nothing from its end on, to the millisecond', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, { expiresAtMs: msAfter(deps.clock.now(), 5000) });
    deps.clock.advance(4999);
    expect(await findAccessKey(deps, id)).toBeDefined();
    deps.clock.advance(1);
    expect(await findAccessKey(deps, id)).toBeUndefined();
    expect(await describeAccessKey(deps, id)).toMatchObject({ state: 'expired' });
  });

  it('cannot be issued with an end that is over', async () => {
    const deps = memoryDeps();
    await expect(createAccessKey(deps, { expiresAtMs: deps.clock.now() })).rejects.toMatchObject({ kind: 'parameterOutOfRange', details: { field: 'expiresAt' } });
  });

  it('that is none is not looked up', async () => {
    const deps = memoryDeps();
    const readAccessKey = async () => { throw new Error('looked up'); };
    for (const id of ['', 'AKID', 'AKIDshort', `AKID${'é'.repeat(32)}`, 'x'.repeat(36)]) {
      expect(await findAccessKey({ ...deps, accessKeys: { ...deps.accessKeys, readAccessKey } }, id)).toBeUndefined();
    }
  });

  it('is read once in ten seconds by a process', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    let reads = 0;
    const counted = { ...deps, accessKeys: { ...deps.accessKeys, readAccessKey: async (key: string) => { reads += 1; return deps.accessKeys.readAccessKey(key); } } };
    for (let second = 0; second < 20; second += 1) {
      await findAccessKey(counted, id);
      deps.clock.advance(1000);
    }
    expect(reads).toBe(2);
  });

  it('whose secret cannot be decrypted any more opens nothing, which is reported', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    expect(await findAccessKey({ ...deps, secretBox: { ...deps.secretBox, open: () => Promise.reject(new Error('another key')) } }, id)).toBeUndefined();
    expect(deps.faults).toEqual([expect.objectContaining({ message: expect.stringContaining(id) })]);
  });

  it('whose secret cannot be decrypted is tried once in ten seconds, and reported once', async () => {
    const deps = memoryDeps();
    const { accessKey: { id }, secret } = await createAccessKey(deps, {});
    let tries = 0;
    const failing = { ...deps, secretBox: { ...deps.secretBox, open: async () => { tries += 1; throw new Error('another key'); } } };
    await Promise.all([findAccessKey(failing, id), findAccessKey(failing, id)]);
    const together = tries;
    deps.clock.advance(TEN_SECONDS_MS - 1);
    expect(await findAccessKey(failing, id)).toBeUndefined();
    expect(tries).toBe(together);
    deps.clock.advance(1);
    expect(await findAccessKey(failing, id)).toBeUndefined();
    expect(tries).toBe(together + 1);
    expect(deps.faults).toHaveLength(1);
    deps.clock.advance(TEN_SECONDS_MS);
    expect(await findAccessKey(deps, id)).toMatchObject({ secret });
  });

  it('is not refused because the key service does not answer', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    const fault = new StoreUnavailable('throttled', { outcome: 'refused' });
    await expect(findAccessKey({ ...deps, secretBox: { ...deps.secretBox, open: () => Promise.reject(fault) } }, id)).rejects.toBe(fault);
  });
});

describe('revoking', () => {
  it('is known at once here, and within ten seconds elsewhere', async () => {
    const deps = memoryDeps();
    const elsewhere = memoryDeps({ world: deps.world });
    const { accessKey: { id } } = await createAccessKey(deps, {});
    await findAccessKey(elsewhere, id);
    expect(await revokeAccessKey(deps, id)).toMatchObject({ state: 'revoked', revokedAtMs: deps.clock.now() });
    expect(await findAccessKey(deps, id)).toBeUndefined();
    deps.clock.advance(TEN_SECONDS_MS);
    expect(await findAccessKey(elsewhere, id)).toBeUndefined();
  });

  it('is for good: again is a success, a change is refused', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    const { revokedAtMs } = await revokeAccessKey(deps, id);
    deps.clock.advance(1000);
    expect(await revokeAccessKey(deps, id)).toMatchObject({ revokedAtMs });
    await expect(changeAccessKey(deps, id, { expiresAtMs: null })).rejects.toMatchObject({ kind: 'accessKeyIsRevoked' });
  });

  it('leaves the key in the list for 90 days', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    await revokeAccessKey(deps, id);
    expect(await listAccessKeys(deps, { limit: 10 })).toMatchObject({ accessKeys: [{ id, state: 'revoked' }] });
    expect(await deps.accessKeys.readAccessKey(id)).toMatchObject({ removableAtMs: msAfter(deps.clock.now(), 90 * 86_400_000) });
  });

  it('tells of a key that is not there', async () => {
    await expect(revokeAccessKey(memoryDeps(), 'AKIDnone')).rejects.toMatchObject({ kind: 'accessKeyNotFound', details: { accessKeyId: 'AKIDnone' } });
  });
});

describe('a change', () => {
  it('leaves what it does not name', async () => {
    const deps = memoryDeps();
    const expiresAtMs = msAfter(deps.clock.now(), 60_000);
    const { accessKey: { id, ...made } } = await createAccessKey(deps, { description: 'a', scope: { names: ['a'], operations: ['send'] }, expiresAtMs });
    expect(await changeAccessKey(deps, id, { description: 'b' })).toEqual({ id, ...made, description: 'b' });
    expect(await changeAccessKey(deps, id, { scope: { names: ['b'] } })).toMatchObject({ description: 'b', scope: { names: ['b'], operations: ['send'] }, expiresAtMs });
    expect(await changeAccessKey(deps, id, { expiresAtMs: null })).not.toHaveProperty('expiresAtMs');
    expect((await findAccessKey(deps, id))?.access).toEqual({ kind: 'scoped', scope: { names: ['b'], operations: ['send'] } });
  });

  it('of two at once keeps both', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    await Promise.all([changeAccessKey(deps, id, { description: 'b' }), changeAccessKey(deps, id, { scope: { names: ['b'] } })]);
    expect(await describeAccessKey(deps, id)).toMatchObject({ description: 'b', scope: { names: ['b'] } });
  });

  it('checks what it says', async () => {
    const deps = memoryDeps();
    const { accessKey: { id } } = await createAccessKey(deps, {});
    await expect(changeAccessKey(deps, id, { expiresAtMs: epochMs(1) })).rejects.toMatchObject({ kind: 'parameterOutOfRange' });
    await expect(changeAccessKey(deps, id, { scope: { operations: ['fly'] } })).rejects.toMatchObject({ kind: 'malformedRequest' });
  });
});

it('lists keys by id, page by page', async () => {
  const deps = memoryDeps();
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1) made.push((await createAccessKey(deps, {})).accessKey.id);
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAccessKeys(deps, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.accessKeys.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  expect(found).toEqual(made.toSorted());
});
