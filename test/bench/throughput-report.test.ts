import { describe, expect, it } from 'vitest';
import { coldReport, coldTable } from '../../bench/throughput/cold.ts';
import { throughputOptions } from '../../bench/throughput/options.ts';
import { pushReport, pushTable } from '../../bench/throughput/push.ts';
import { pushTally } from '../../bench/throughput/push-tally.ts';
import { median, throughputReport, throughputTable } from '../../bench/throughput/report.ts';
import { tally } from '../../bench/throughput/tally.ts';

const phase = (messagesPerSecond: number) => ({ messagesPerSecond, brokerCpuMsPerThousand: undefined });
const rates = (produce: number, consume: number, both: number) => ({ produce: phase(produce), consume: phase(consume), both: phase(both) });

describe('throughput report', () => {
  const options = throughputOptions(['--json', '--batch', '100', '--seconds', '10', '--against', 'rabbitmq']);
  const report = throughputReport(options, [
    { system: 'rewindmq', version: 'RewindMQ', rounds: [rates(100, 10, 1), rates(300, 30, 3), rates(200, 20, 2)] },
    { system: 'rabbitmq', version: 'RabbitMQ', rounds: [rates(50, 40, 1), rates(50, 40, 1), rates(999, 40, 1)] },
  ]);

  it('has the median of the rounds, and its ratio to the other system', () => {
    expect(report.systems.rewindmq?.produce).toEqual({ messagesPerSecond: 200, rounds: [100, 300, 200] });
    expect(report.ratio).toEqual({ produce: 4, consume: 0.5, both: 2 });
    expect(report).toMatchObject({ batch: 100, seconds: 10, bodyBytes: 1024, goal: 4 });
  });

  it('has no ratio without the other system', () => {
    expect(throughputReport(options, [{ system: 'rewindmq', version: 'RewindMQ', rounds: [rates(1, 1, 1)] }])).not.toHaveProperty('ratio');
  });

  it('is a table for people too', () => {
    expect(throughputTable(report)).toContain('| produce, messages a second | 200 | 50 | 4 |');
  });

  it('takes the middle of the rounds, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow('no median');
  });
});

describe('the comparison with the archive', () => {
  it('has the medians of the rounds, and their ratio', () => {
    const report = coldReport({ batch: 100 }, [{ hot: 100, cold: 80 }, { hot: 300, cold: 90 }, { hot: 200, cold: 150 }]);
    expect(report).toMatchObject({ batch: 100, hot: 200, cold: 90, ratio: 0.45, goal: 0.5 });
    expect(coldTable(report)).toContain('| messages a second | 200 | 90 | 0.45 |');
  });
});

describe('pushes', () => {
  const measure = (elapsedMs: number, tookMs: number, serverCpuMsPerThousand: number | undefined = 500) => ({
    messages: 1000, concurrency: 10, answerMs: 20, tookMs, elapsedMs, firstAfterMs: 100, mostAtOnce: 10, repeated: 0, serverCpuMsPerThousand,
  });

  it('have the median of the rounds, beside what the endpoint could have taken by its own clock', () => {
    const [report] = pushReport([[measure(2200, 20)], [measure(6000, 40)], [measure(2500, 25)]]);
    expect(report).toMatchObject({ messages: 1000, concurrency: 10, answerMs: 20, elapsedMs: 2500, idealMs: 2500, ratio: 1.1, serverCpuMsPerThousand: 500 });
    expect(pushTable(report ? [report] : [])).toContain('| 1000 | 10 | 20 ms | 2500 ms | 2500 ms | 1.1 | 100 ms | 500 ms |');
  });

  it('are counted by the endpoint until each message has had its answer, once more if one came twice', () => {
    let nowMs = 0;
    const at = <T>(ms: number, does: () => T): T => {
      nowMs = ms;
      return does();
    };
    const seen = pushTally(2, () => nowMs);
    const [first, again] = [at(10, () => seen.arrived()), at(15, () => seen.arrived())];
    at(30, () => first('a'));
    at(35, () => again('a'));
    expect(seen.result()).toBeUndefined();
    const last = at(40, () => seen.arrived());
    at(60, () => last('b'));

    expect(seen.result()).toEqual({ requests: 3, mostAtOnce: 2, firstAtMs: 10, lastAtMs: 60, tookMs: 20 });
  });
});

describe('throughput options', () => {
  it('have defaults, and bounds that are named', () => {
    expect(throughputOptions([])).toMatchObject({ json: false, batch: 100, seconds: 10, against: undefined });
    expect(() => throughputOptions(['--batch', '1001'])).toThrow('--batch must be a whole number from 1 to 1000, not 1001');
    expect(() => throughputOptions(['--against', 'kafka'])).toThrow('--against may be rabbitmq, not kafka');
    expect(() => throughputOptions(['--cold', '--push'])).toThrow('two runs');
  });
});

describe('tally', () => {
  it('counts from the end of the warm-up to the end of the measurement, and times it to the last acknowledgement', () => {
    let nowMs = 0;
    const seen = tally({ warmUpMs: 100, measureMs: 1000 }, () => nowMs);
    const at = (ms: number, messages: number) => {
      nowMs = ms;
      seen.add(messages);
    };

    at(99, 7);
    at(300, 10);
    at(900, 10);
    at(950, 0);
    at(1101, 7);

    expect(seen.isOver()).toBe(true);
    expect(seen.result()).toEqual({ messages: 20, elapsedMs: 800, messagesInAll: 34 });
  });
});

it('takes batches of a client of CMQ, of 16 at most', () => {
  expect(throughputOptions([])).toMatchObject({ dialect: 'native', batch: 100 });
  expect(throughputOptions(['--dialect', 'cmq'])).toMatchObject({ dialect: 'cmq', batch: 16 });
  expect(() => throughputOptions(['--dialect', 'cmq', '--batch', '17'])).toThrow('--batch must be a whole number from 1 to 16');
  expect(() => throughputOptions(['--dialect', 'sqs'])).toThrow('--dialect may be native or cmq');
});
