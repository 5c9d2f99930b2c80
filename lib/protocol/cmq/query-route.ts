import { describeQueue } from '../../core/queue/describe-queue.ts';
import { describeTopic } from '../../core/topic/describe-topic.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';

/** Where to go on: there is one place, and whoever asks has reached it. */
export const queryQueueRoute: Action = {
  name: 'QueryQueueRoute',
  operation: 'describeQueue',
  about: 'queueName',
  async run(deps, { params, host }) {
    await describeQueue(deps, { name: nameIn(params, 'queueName'), skipsRewindable: true });
    return { addr: [withPort(host)] };
  },
};

export const queryTopicRoute: Action = {
  name: 'QueryTopicRoute',
  operation: 'describeTopic',
  about: 'topicName',
  async run(deps, { params, host }) {
    await describeTopic(deps, { name: nameIn(params, 'topicName') });
    return { addr: [withPort(host)] };
  },
};

const withPort = (host: string): string => (/:\d+$/.test(host) ? host : `${host}:443`);
