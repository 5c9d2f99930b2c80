import { expect, it } from 'vitest';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { insideOf, withTable } from '../inside.ts';
import { entry, newQueue, queueCalls, textsOf } from '../queue-calls.ts';

const MONTH_SECONDS = 30 * 86_400;

it('alarms that were looked at a moment ago do not keep those behind them waiting', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 400; sends += 1) await orders.send(entry(`m${sends}`, { delaySeconds: 10 }));
  deps.clock.advance(20_000);
  let received = 0;
  for (let looks = 0; looks < 60; looks += 1) {
    received += (await orders.receive(10)).length;
    deps.clock.advance(10);
  }
  expect(received).toBe(400);
});

it('cancelling the first of several delayed messages leaves no alarm that is looked at in vain until the last is due', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const [soon = ''] = await orders.send(entry('soon', { delaySeconds: 10 }), entry('in a month', { delaySeconds: MONTH_SECONDS }));
  await deleteMessages(deps, { name: 'orders', entries: [{ messageId: soon }] });
  deps.clock.advance(20_000);
  for (let looks = 0; looks < 10; looks += 1) {
    expect(await orders.receive()).toEqual([]);
    deps.clock.advance(3000);
  }
  const alarms = await (await insideOf(deps)).alarms();
  expect(alarms.map(({ dueAtMs }) => dueAtMs > deps.clock.now())).toEqual([true]);
  deps.clock.advance(MONTH_SECONDS * 1000);
  expect(textsOf(await orders.receive(10, { waitSeconds: 5 }))).toEqual(['in a month']);
});

it('a waiting consumer looks at a lease once, when its message may be taken', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('m');
  await orders.receive(1, { visibilityTimeoutSeconds: 5 });
  let looks = 0;
  const watched = withTable(deps.world, (inner) => ({
    get: (key, options) => {
      if (key.sk.startsWith('C')) looks += 1;
      return inner.get(key, options);
    },
  }));
  expect(textsOf(await queueCalls(watched).receive(1, { waitSeconds: 10 }))).toEqual(['m']);
  expect(looks).toBe(1);
});
