import { expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry } from '../queue-calls.ts';
import { consume } from '../rewind-calls.ts';
import { newTopic } from '../topic-calls.ts';

it('cancels a delayed publication for one subscription alone, once a consumer of it has looked', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const [risk, audit] = [await orders.subscribe('risk'), await orders.subscribe('audit')];
  const [, messageId] = await orders.publish('now', entry('later', { delaySeconds: 60 }));
  expect(await risk.delete([{ messageId: messageId! }])).toEqual(['queueIsChanging']);
  await risk.receiveAll();
  expect(await risk.delete([{ messageId: messageId! }])).toEqual(['deleted']);
  deps.clock.advance(60_000);
  expect(await consume(audit)).toEqual(['later', 'now']);
  expect(await consume(risk)).toEqual(['now']);
});
