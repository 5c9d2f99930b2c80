import { expect, it } from 'vitest';
import { system } from '../../lib/platform/system.ts';

it('draws ids of 14 characters, never the same', () => {
  const ids = Array.from({ length: 1000 }, () => system.newId());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-z]{14}$/);
});

it('wakes a sleeper whose signal is aborted, before and during its sleep', async () => {
  const HOUR_MS = 3_600_000;
  await system.sleep(HOUR_MS, AbortSignal.abort());
  const controller = new AbortController();
  const sleeping = system.sleep(HOUR_MS, controller.signal);
  controller.abort();
  await sleeping;
});
