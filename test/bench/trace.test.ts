import { describe, expect, it } from 'vitest';
import { callFigure, lifeFigure } from '../../bench/cost/figure.ts';
import { newTrace } from '../../bench/cost/trace.ts';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('trace', () => {
  it('counts requests one after another as round trips, and those at the same time as one', async () => {
    const trace = newTrace();
    const read = () => trace.request('get', async () => {
      await turn();
      trace.meter.read(1);
    });

    const { roundTrips, requests } = await trace.record(async () => {
      await Promise.all([read(), read(), read()]);
      await read();
    });

    expect(requests).toHaveLength(4);
    expect(roundTrips).toBe(2);
  });

  it('gives each of several requests under way its own units', async () => {
    const trace = newTrace();
    const write = (name: string, units: number) => trace.request(name, async () => {
      await turn();
      trace.meter.write(units);
    });

    const { requests } = await trace.record(() => Promise.all([write('put small', 1), write('put large', 6)]));

    expect(requests.map(({ name, writeUnits }) => [name, writeUnits])).toEqual([['put small', 1], ['put large', 6]]);
  });

  it('counts what goes on after the answer, but not as a round trip of it', async () => {
    const trace = newTrace();
    const late = () => trace.request('update', async () => {
      await turn();
      trace.meter.write(1);
    });

    const { roundTrips, requests } = await trace.record(async () => { void late(); });

    expect(requests).toHaveLength(1);
    expect(roundTrips).toBe(0);
  });

  it('refuses units that belong to no request', () => {
    expect(() => newTrace().meter.read(1)).toThrow('outside of any request');
  });
});

describe('figures', () => {
  const request = { name: 'put segment', writeUnits: 1, readUnits: 0, s3Puts: 0, s3Gets: 0, startedAt: 1, endedAt: 2 };
  const call = (count: number) => ({ answer: undefined, requests: Array.from({ length: count }, () => request), roundTrips: count });

  it('take the typical one of several calls', () => {
    const { writeUnits, roundTrips, usdPerMillionMessages } = callFigure([call(9), call(2), call(1)], 1);

    expect({ writeUnits, roundTrips }).toEqual({ writeUnits: 2, roundTrips: 2 });
    expect(usdPerMillionMessages).toBeCloseTo(2 * 0.625, 9);
  });

  it('share what happened among the messages whose lives it was', () => {
    const { writeUnits, usdPerMillionMessages, requests } = lifeFigure([call(3), call(5)], { lives: 32, batch: 16 });

    expect(writeUnits).toBe(0.25);
    expect(usdPerMillionMessages).toBeCloseTo(0.25 * 0.625, 9);
    expect(requests).toEqual({ 'put segment': { count: 0.25, writeUnits: 0.25, readUnits: 0 } });
  });
});
