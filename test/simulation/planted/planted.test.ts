import { describe, expect, it } from 'vitest';
import { simulate } from '../simulate.ts';
import { brokenAppends } from './appends.ts';
import { brokenLeases } from './leases.ts';
import { brokenQueues } from './queues.ts';
import { brokenArchives } from './archives.ts';
import { brokenRewinds } from './rewinds.ts';
import { brokenTopics } from './topics.ts';
import type { Planted } from './planted.ts';
import type { Violation } from '../violation.ts';

/** Seeds within which a broken rule must show. */
const SEEDS_MAX = 60;

const all: Readonly<Record<string, Planted>> = { ...brokenAppends, ...brokenLeases, ...brokenQueues, ...brokenRewinds, ...brokenArchives, ...brokenTopics };

async function firstViolation(planted: Planted): Promise<{ readonly seed: number; readonly violation: Violation | undefined }> {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violation } = await simulate({ seed, planted });
    if (violation) return { seed, violation };
  }
  return { seed: SEEDS_MAX, violation: undefined };
}

describe('without this rule the simulation finds a violation', () => {
  it.each(Object.entries(all).map(([name, planted]) => ({ name, rule: planted.rule, planted })))('$name: $rule', async ({ planted }) => {
    const { violation } = await firstViolation(planted);
    expect(violation?.message).toMatch(/^invariant/);
  }, 120_000);

  it('of which there are at least twelve', () => {
    expect(Object.keys(all).length).toBeGreaterThanOrEqual(12);
  });
});
