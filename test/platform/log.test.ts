import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import { jsonLog, type LogLevel } from '../../lib/platform/log.ts';

function logging(level: LogLevel = 'info') {
  const lines: string[] = [];
  return { log: jsonLog({ level, write: (line) => void lines.push(line), now: () => 0 }), events: () => lines.map((line) => JSON.parse(line)) };
}

describe('jsonLog', () => {
  it('writes one JSON object a line', () => {
    const { log, events } = logging();
    log.info('started', { port: 8400, text: 'two\nlines' });
    expect(events()).toEqual([{ time: '1970-01-01T00:00:00.000Z', level: 'info', event: 'started', port: 8400, text: 'two\nlines' }]);
  });

  it.each([['info', 3], ['warn', 2], ['error', 1], ['silent', 0]] as const)('at level %s lets %i of three through', (level, count) => {
    const { log, events } = logging(level);
    log.info('a');
    log.warn('b');
    log.error('c');
    expect(events()).toHaveLength(count);
  });

  it('tells errors with their causes, and nothing else that hangs on them', () => {
    const { log, events } = logging();
    log.error('fault', { fault: Object.assign(new Error('outer', { cause: new TypeError('inner') }), { $response: 'a whole reply' }) });
    expect(events()[0].fault).toEqual({
      name: 'Error', message: 'outer', stack: expect.any(Array), cause: { name: 'TypeError', message: 'inner', stack: expect.any(Array) },
    });
  });

  it('tells in short that a store is away, since every request fails by it meanwhile', () => {
    const { log, events } = logging();
    const away = new StoreUnavailable('the table did not answer: ECONNREFUSED', { outcome: 'unknown', cause: new TypeError('inner') });
    const told = { name: 'StoreUnavailable', message: 'the table did not answer: ECONNREFUSED', outcome: 'unknown' };
    log.error('fault', { fault: away });
    log.error('fault', { fault: new Error('GET /v1/queues failed, request 1', { cause: away }) });
    expect(events().map(({ fault }) => fault)).toEqual([told, { name: 'Error', message: 'GET /v1/queues failed, request 1', cause: told }]);
  });

  it('hides what proves or contains something', () => {
    const { log, events } = logging();
    log.info('a', { request: { receiptHandle: 'h', Authorization: 'k', body: 'b', path: '/v1' }, secret: 's' });
    expect(events()[0]).toMatchObject({
      request: { receiptHandle: '[hidden]', Authorization: '[hidden]', body: '[hidden]', path: '/v1' }, secret: '[hidden]',
    });
  });
});
