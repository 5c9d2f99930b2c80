import type { Deps } from '../../core/deps.ts';
import { CallerError } from '../../core/errors.ts';
import { describeSubscription } from '../../core/topic/describe-subscription.ts';
import { describeTopic } from '../../core/topic/describe-topic.ts';
import { listSubscriptions } from '../../core/topic/list-subscriptions.ts';
import type { Action } from './action.ts';
import { messageCount } from './message-count.ts';
import { nameIn } from './names.ts';
import { filterNumberOf, topicId } from './topic-attributes.ts';
import { unixSeconds } from './unix-seconds.ts';

export const getTopicAttributes: Action = {
  name: 'GetTopicAttributes',
  operation: 'describeTopic',
  about: 'topicName',
  async run(deps, { params }) {
    const topic = await describeTopic(deps, { name: nameIn(params, 'topicName') });
    return {
      topicId: topicId(topic),
      topicName: topic.name,
      msgCount: await waitingIn(deps, topic.name),
      maxMsgSize: topic.settings.maxMessageBytes,
      msgRetentionSeconds: topic.settings.retentionSeconds,
      createTime: unixSeconds(topic.createdAtMs),
      lastModifyTime: unixSeconds(topic.changedAtMs),
      filterType: filterNumberOf(topic),
    };
  },
};

/** Each costs some reads. */
const SUBSCRIPTIONS_COUNTED = 20;

/** A message waits in the topic until its last subscriber has it: as many as wait for the one that is furthest behind. */
async function waitingIn(deps: Deps, topic: string): Promise<number> {
  const { subscriptions } = await listSubscriptions(deps, { topic, prefix: '', limit: SUBSCRIPTIONS_COUNTED });
  const waiting = await Promise.all(subscriptions.map(({ name }) => waitingFor(deps, topic, name)));
  return Math.max(0, ...waiting);
}

async function waitingFor(deps: Deps, topic: string, name: string): Promise<number> {
  try {
    const { counts } = await describeSubscription(deps, { topic, name });
    return messageCount(counts);
  } catch (error) {
    // Gone since it was listed.
    if (error instanceof CallerError && error.kind === 'subscriptionNotFound') return 0;
    throw error;
  }
}
