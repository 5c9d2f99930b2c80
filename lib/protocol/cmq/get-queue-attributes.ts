import { describeQueue } from '../../core/queue/describe-queue.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';
import { queueId, settableFields } from './queue-attributes.ts';
import { unixSeconds } from './unix-seconds.ts';

export const getQueueAttributes: Action = {
  name: 'GetQueueAttributes',
  operation: 'describeQueue',
  about: 'queueName',
  async run(deps, { params }) {
    const { queue, counts } = await describeQueue(deps, { name: nameIn(params, 'queueName') });
    return {
      queueId: queueId(queue),
      queueName: queue.name,
      ...settableFields(queue),
      createTime: unixSeconds(queue.createdAtMs),
      lastModifyTime: unixSeconds(queue.changedAtMs),
      activeMsgNum: counts.ready,
      inactiveMsgNum: counts.inFlight,
      delayMsgNum: counts.delayed,
      // One half of the clients reads the one spelling, the other half the other.
      rewindMsgNum: counts.rewindable,
      rewindmsgNum: counts.rewindable,
      // With nothing left to consume: now, the latest that can be rewound to.
      minMsgTime: unixSeconds(counts.asOfMs) - (counts.oldestMessageAgeSeconds ?? 0),
    };
  },
};
