import { limits } from '../../core/limits.ts';
import { sendMessages as run, type SendEntry, type SendResult } from '../../core/queue/send-messages.ts';
import { utf8Bytes } from '../../core/text-size.ts';
import type { Action } from './action.ts';
import { cmqLimits } from './limits.ts';
import { nameIn } from './names.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';

export const sendMessage: Action = {
  name: 'SendMessage',
  operation: 'sendMessages',
  about: 'queueName',
  async run(deps, { params }) {
    const entries = [entryOf(bodyIn(params), params)];
    const [msgId] = idsOf(await run(deps, { name: nameIn(params, 'queueName'), entries, isAllOrNothing: true }));
    return { msgId };
  },
};

export const batchSendMessage: Action = {
  name: 'BatchSendMessage',
  operation: 'sendMessages',
  about: 'queueName',
  async run(deps, { params }) {
    const entries = bodiesIn(params).map((body) => entryOf(body, params));
    const ids = idsOf(await run(deps, { name: nameIn(params, 'queueName'), entries, isAllOrNothing: true }));
    return { msgList: ids.map((msgId) => ({ msgId })) };
  },
};

/** @throws CmqRefusal `bodyEmpty` */
export function bodyIn(params: Parameters): string {
  const body = params.optionalText('msgBody');
  if (body === undefined) throw new CmqRefusal('bodyEmpty');
  return body;
}

/** @throws CmqRefusal `bodyEmpty`, `batchSize`, `batchTooLarge` */
export function bodiesIn(params: Parameters): readonly string[] {
  const bodies = params.list('msgBody');
  if (bodies.length === 0) throw new CmqRefusal('missing', 'msgBody.n');
  if (bodies.length > cmqLimits.batch.max) throw new CmqRefusal('batchSize', 'msgBody');
  if (bodies.includes('')) throw new CmqRefusal('bodyEmpty');
  const bytes = bodies.reduce((sum, body) => sum + utf8Bytes(body), 0);
  if (bytes > cmqLimits.batchBytes.max) throw new CmqRefusal('batchTooLarge');
  return bodies;
}

function entryOf(text: string, params: Parameters): SendEntry {
  return { body: { kind: 'text', text }, attributes: {}, tags: [], ...delayIn(params) };
}

/** Its own refusal, whatever is wrong with the number. Absent: the queue's own, which only other dialects set. */
function delayIn(params: Parameters): Pick<SendEntry, 'delaySeconds'> {
  const delaySeconds = params.optionalWhole('delaySeconds', { min: -limits.delaySeconds.max, max: Number.MAX_SAFE_INTEGER });
  if (delaySeconds === undefined) return {};
  const { min, max } = cmqLimits.delaySeconds;
  if (delaySeconds < min || delaySeconds > max) throw new CmqRefusal('delayOutOfRange');
  return { delaySeconds };
}

/** All or none: what the core could not send at all is an error of the whole. */
export const idsOf = (results: readonly SendResult[]): readonly string[] => results.map((result) => {
  if (result.kind === 'failed') throw result.error;
  return result.messageId;
});
