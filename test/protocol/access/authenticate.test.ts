import { expect, it, vi } from 'vitest';
import { authenticate } from '../../../lib/protocol/access/authenticate.ts';
import { memoryDeps } from '../../support/memory-deps.ts';

const administrator = { id: 'AKIDops', secret: 'right' };

function world() {
  const deps = { ...memoryDeps(), authentication: { administrator } };
  const isSignedWith = vi.fn((secret: string) => secret === administrator.secret);
  const by = (keyId: string, lateMs = 0) => authenticate(deps, { keyId, signedAtMs: deps.clock.now() - lateMs, isSignedWith });
  return { by, isSignedWith };
}

it.each(['AKIDops', 'AKIDother', `AKID${'x'.repeat(32)}`])('compares once for %s, whether there is such a key or not', async (keyId) => {
  const { by, isSignedWith } = world();
  expect((await by(keyId))?.keyId).toBe(keyId === administrator.id ? keyId : undefined);
  expect(isSignedWith).toHaveBeenCalledTimes(1);
});

it.each([-300_001, 300_001])('compares nothing for a time that is %d ms off, by whomever', async (lateMs) => {
  const { by, isSignedWith } = world();
  expect(await by(administrator.id, lateMs)).toBeUndefined();
  expect(await by('AKIDother', lateMs)).toBeUndefined();
  expect(isSignedWith).not.toHaveBeenCalled();
});
