import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../examples/third-party-payment/check-outcome.ts';
import type { Attempt, Merchant } from '../../examples/third-party-payment/merchant.ts';
import { isGenuine } from '../../examples/third-party-payment/webhook-signature.ts';
import { startingExample } from './support/run-example.ts';

const patienceMs = 120_000;

const example = startingExample('third-party-payment');

describe('the payment example', () => {
  it('brings every payment to whom it concerns, also to the shop that was down, and leaves nothing behind', { timeout: patienceMs }, async () => {
    const { code, output, errors } = await example.run('--payments', '40');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/bikes +is up again; the others have theirs already/);
    expect(output).toMatch(/bakery +has 10 payments, after 10 attempts/);
    const [, attempts] = /bikes +has 10 payments, after (\d+) attempts/.exec(output) ?? [];
    expect(Number(attempts)).toBeGreaterThan(10);
    expect(output).toContain('saw the volume of gadgets jump and had it blocked');
    expect(output).toContain('has 8 orders of spring');
    expect(output).toMatch(/\n\d+ payments, \d+ refused, all checked and right\.\n/);
    expect(await example.leftovers()).toEqual([]);
  });

  it('names the limit of a flag', async () => {
    expect(await example.run('--payments', '3')).toMatchObject({ code: 2, errors: '--payments must be a whole number from 4 to 1000, got 3\n' });
  });
});

describe('the check of the payment example', () => {
  const order = (orderId: string) => ({ orderId, merchant: 'bikes', cents: 100, campaign: 'spring' });
  const merchant = (orderIds: readonly string[], attempts: readonly Attempt[]): Merchant => ({
    name: 'bikes', payments: new Map(orderIds.map((id) => [id, order(id)])), attempts: new Map([['m1', attempts]]),
    forged: () => 0, setDown: () => {}, stop: async () => {},
  });
  const patient = [{ number: 1, atMs: 0 }, { number: 2, atMs: 1000 }, { number: 3, atMs: 3000 }, { number: 4, atMs: 7000 }, { number: 5, atMs: 11_000 }];
  const problems = (shop: Merchant, { blocked = ['gadgets'], orders = ['a', 'b'], waiting = [] as readonly string[] } = {}) => problemsOf(
    { gateway: { url: '', blocked: new Set(blocked), stop: async () => {} }, merchants: [shop], campaign: { orders: new Set(orders), ended: Promise.resolve() } },
    { accepted: [order('a'), order('b')], refused: 1, waiting, down: 'bikes', suspect: 'gadgets', campaign: 'spring' },
  );

  it('finds nothing wrong when all is right', () => {
    expect(problems(merchant(['a', 'b'], patient))).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ['a payment that is missing', problems(merchant(['a'], patient)), 'bikes has 1 payments, of 2'],
    ['a payment that is nobody\'s', problems(merchant(['a', 'b', 'c'], patient)), 'bikes has 3 payments, of 2'],
    ['an attempt before its time', problems(merchant(['a', 'b'], patient.with(3, { number: 4, atMs: 6000 }))), 'before the pause of its policy was over'],
    ['an attempt out of order', problems(merchant(['a', 'b'], patient.with(1, { number: 3, atMs: 1000 }))), 'out of their order'],
    ['that there was no retry', problems(merchant(['a', 'b'], patient.slice(0, 1))), 'no payment was tried again'],
    ['a shop that waited for another', problems(merchant(['a', 'b'], patient), { waiting: ['books'] }), 'books had to wait because bikes was down'],
    ['that the wrong one was blocked', problems(merchant(['a', 'b'], patient), { blocked: ['books'] }), 'blocked are books, and not gadgets alone'],
    ['an order that the campaign missed', problems(merchant(['a', 'b'], patient), { orders: ['a'] }), 'the campaign has 1 orders, of 2'],
  ])('finds %s', (_what, found, reason) => {
    expect(found).toEqual([expect.stringContaining(reason)]);
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
    expect(isGenuine({ ...push, headers: { ...push.headers, 'webhook-signature': `v1,AAAA ${push.headers['webhook-signature']}` } }, secret)).toBe(true);
    expect(isGenuine(signed(nowSeconds - 301, 'paid'), secret)).toBe(false);
  });
});
