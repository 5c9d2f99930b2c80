import { subscriptionName } from '../../core/queue/names.ts';
import { type Action, pathParameters } from './action.ts';
import { validate } from './validate.ts';

const QUEUE = '/v1/queues/{queue}';
const SUBSCRIPTION = '/v1/topics/{topic}/subscriptions/{subscription}';

/** A subscription is consumed as a queue is: the same action, below another path. */
export const onSubscription = (action: Action): Action => ({
  ...action,
  operation: `${action.operation}OfSubscription`,
  path: action.path.replace(QUEUE, SUBSCRIPTION),
  sameAs: action.operation,
  errors: action.errors.flatMap((kind) => (kind === 'queueNotFound' ? ['topicNotFound', 'subscriptionNotFound'] : [kind])),
  answer(deps, request) {
    const { topic = '', subscription = '' } = validate(pathParameters, request.params, 'the path');
    return action.answer(deps, { ...request, consumed: subscriptionName({ topic, subscription }) });
  },
});
