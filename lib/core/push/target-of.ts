import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Delivery } from '../message.ts';
import type { PushAnswer } from '../ports/push-endpoint.ts';
import type { PushOutcome, PushTarget } from '../ports/push-target.ts';
import { sendMessages, type SendResult } from '../queue/send-messages.ts';
import { isAccepted } from './confirm.ts';
import { messagePush, type PushSender } from './push-message.ts';
import type { PushDelivery, PushSubscription } from './push-subscription.ts';

type To<Kind extends PushDelivery['kind']> = Extract<PushDelivery, { kind: Kind }>;

/** The target that a subscription names. */
export function targetOf(deps: Deps, subscription: PushSubscription): PushTarget {
  const { delivery } = subscription;
  switch (delivery.kind) {
    case 'http': return httpTarget(deps, subscription, delivery);
    case 'queue': return queueTarget(deps, delivery);
    case 'lambda': return functionTarget(deps, subscription, delivery);
  }
}

const accepted: PushOutcome = { kind: 'accepted' };

/** One request a message. */
function httpTarget(deps: Deps, subscription: PushSubscription, { url, format, secret }: To<'http'>): PushTarget {
  return eachAlone(async (message, bounds) => {
    const push = messagePush({ ...senderOf(deps, subscription), ...(secret === undefined ? {} : { secret }) }, message, format);
    const answer = await deps.pushEndpoint.post({ url, ...push, ...bounds });
    return isAccepted(answer) ? accepted : { kind: 'failed', reason: reasonOf(answer) };
  });
}

/** One invocation a message, with the object that an endpoint would get. */
function functionTarget(deps: Deps, subscription: PushSubscription, { functionArn }: To<'lambda'>): PushTarget {
  return eachAlone((message, bounds) => {
    const { body } = messagePush(senderOf(deps, subscription), message, 'json');
    return deps.functions.invoke(functionArn, typeof body === 'string' ? body : new TextDecoder().decode(body), bounds);
  });
}

function eachAlone(deliver: (message: Delivery, bounds: Parameters<PushTarget['deliver']>[1]) => Promise<PushOutcome>): PushTarget {
  return { batchMax: 1, deliver: (batch, bounds) => Promise.all(batch.map((message) => deliver(message, bounds))) };
}

/** One send for the whole batch. What the send of it answers is as good as an endpoint's word. */
function queueTarget(deps: Deps, { queue }: To<'queue'>): PushTarget {
  return {
    batchMax: limits.batchEntries.max,
    async deliver(batch) {
      try {
        const results = await sendMessages(deps, { name: queue, entries: batch.map(({ body, attributes, tags }) => ({ body, attributes, tags })) });
        return results.map(outcomeOf);
      } catch (error) {
        if (!(error instanceof CallerError || error instanceof StoreUnavailable)) throw error;
        return batch.map(() => ({ kind: 'failed', reason: error.message }));
      }
    },
  };
}

const outcomeOf = (result: SendResult): PushOutcome =>
  (result.kind === 'sent' ? accepted : { kind: 'failed', reason: result.error.message });

export const senderOf = (deps: Deps, { topic, subscription }: PushSubscription): PushSender =>
  ({ topic, subscription, signer: deps.signer, nowMs: deps.system.now() });

const reasonOf = (answer: PushAnswer): string => (answer.kind === 'answered' ? `answered ${answer.status}` : answer.reason);
