import { describe, expect, it } from 'vitest';
import { depsOnAws } from '../../lib/wiring/on-aws.ts';

describe('depsOnAws', () => {
  it('names the settings that are missing before it calls anything', async () => {
    await expect(depsOnAws({})).rejects.toThrow(/REWINDMQ_TABLE is not set; .*REWINDMQ_BUCKET is not set/);
  });
});
