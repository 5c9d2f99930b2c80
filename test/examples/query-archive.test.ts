import { describe, expect, it } from 'vitest';
import { startingExample } from './support/run-example.ts';

const patienceMs = 120_000;

const example = startingExample('query-archive');

describe('the query example', () => {
  it('finds by SQL what was wrong, hands out that again and nothing else, and leaves nothing behind', { timeout: patienceMs }, async () => {
    const { code, output, errors } = await example.run('--orders', '3000');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain('put 3000 messages into');
    expect(output).toMatch(/JPY: 750 orders/);
    expect(output).toMatch(/\n3000 orders, \d{2,3} selected by SQL, \d{2,3} came again, all checked and right\.\n/);
    expect(await example.leftovers()).toEqual([]);
  });

  it('names the limit of a flag', async () => {
    expect(await example.run('--orders', 'many')).toMatchObject({ code: 2, errors: '--orders must be a whole number from 1 to 30000, got many\n' });
  });
});
