import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { createSubscription } from '../../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../../lib/core/topic/create-topic.ts';
import { queueCalls } from '../../core/queue-calls.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';

/** Whom the golden requests were sent to. */
export const goldenHost = 'cmq-queue-gz.api.tencentyun.com';

/** The server that they were made for, at the time that they were made at. */
export async function goldenWorld(): Promise<MemoryDeps> {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'q', settings: {} });
  await createQueue(deps, { name: 'full', settings: {} });
  await queueCalls(deps, 'full').send('there');
  await createTopic(deps, { name: 't', settings: {} });
  await createSubscription(deps, { topic: 't', name: 's', settings: {}, filter: { tags: ['paid'] } });
  deps.clock.advance(1_700_000_000_000 - deps.clock.now());
  return { ...deps, authentication: { administrator: { id: 'AKIDtest', secret: 'testsecret' } } };
}
