import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isGenuine } from '../../examples/third-party-payment/webhook-signature.ts';

const patienceMs = 120_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rewindmq-example-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The example as its reader starts it. */
function runExample(...flags: readonly string[]): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  const env = { ...process.env, TMPDIR: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'examples/third-party-payment/run.ts', ...flags], { env }, (error, output, errors) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output, errors });
    });
  });
}

describe('the payment example', () => {
  it('brings every payment to whom it concerns, also to the shop that was down, and leaves nothing behind', { timeout: patienceMs }, async () => {
    const { code, output, errors } = await runExample('--payments', '40');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/bakery +has 10 payments, after 10 attempts/);
    const [, attempts] = /bikes +has 10 payments, after (\d+) attempts/.exec(output) ?? [];
    expect(Number(attempts)).toBeGreaterThan(10);
    expect(output).toContain('saw the volume of gadgets jump and had it blocked');
    expect(output).toContain('has 8 orders of spring');
    expect(output).toMatch(/\n\d+ payments, \d+ refused, all checked and right\.\n/);
    expect((await readdir(folder)).filter((name) => name.startsWith('rewindmq-payment-'))).toEqual([]);
  });

  it('names the limit of a flag', async () => {
    expect(await runExample('--payments', '3')).toMatchObject({ code: 2, errors: '--payments must be a whole number from 4 to 1000, got 3\n' });
  });
});

describe('the signature of a push', () => {
  const secret = `whsec_${Buffer.from('a key of twenty-four bytes').toString('base64')}`;
  const signed = (atSeconds: number, body: string) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`m1.${atSeconds}.${body}`).digest('base64');
    return { path: '/', body, headers: { 'webhook-id': 'm1', 'webhook-timestamp': String(atSeconds), 'webhook-signature': `v1,${signature}` } };
  };
  const nowSeconds = Math.floor(Date.now() / 1000);

  it('is good for what was signed, lately, with the secret of the subscription', () => {
    const push = signed(nowSeconds, 'paid');
    expect(isGenuine(push, secret)).toBe(true);
    expect(isGenuine({ ...push, body: 'paid twice' }, secret)).toBe(false);
    expect(isGenuine(push, `whsec_${Buffer.from('another key, which is as long').toString('base64')}`)).toBe(false);
    expect(isGenuine({ ...push, headers: {} }, secret)).toBe(false);
    expect(isGenuine(signed(nowSeconds - 301, 'paid'), secret)).toBe(false);
  });
});
