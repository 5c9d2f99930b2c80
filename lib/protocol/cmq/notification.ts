import { namePattern } from '../../core/limits.ts';
import type { CmqPushFormat } from '../../core/push/cmq-push.ts';
import { endpointUrlProblem } from '../../core/push/endpoint-url.ts';
import type { PushDelivery } from '../../core/push/push-subscription.ts';
import type { PushSettings } from '../../core/push/push-settings.ts';
import type { RetryPolicy } from '../../core/push/retry-policy.ts';
import type { Fields } from './action.ts';
import { cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';

/** How a subscription is notified: where to, in what form, and when again. */

/** @throws CmqRefusal that says what is wrong with protocol, endpoint or format */
export function deliveryIn(params: Parameters): PushDelivery {
  const protocol = params.text('protocol').toLowerCase();
  const endpoint = params.text('endpoint');
  switch (protocol) {
    case 'http': return { kind: 'http', url: checkedUrl(endpoint), format: formatIn(params) ?? 'cmqJson' };
    case 'queue': return { kind: 'queue', queue: checkedQueue(endpoint, params) };
    default: throw new CmqRefusal('protocolUnknown');
  }
}

function checkedUrl(url: string): string {
  if (/\s/.test(url)) throw new CmqRefusal('endpointBlank');
  if (url.length > cmqLimits.endpointLength.max || endpointUrlProblem(url) !== undefined) throw new CmqRefusal('endpointForm');
  return url;
}

/** A queue gets bodies as they are: not saying so is taken for it. */
function checkedQueue(queue: string, params: Parameters): string {
  if (formatIn(params) === 'cmqJson') throw new CmqRefusal('queueNeedsSimplified');
  if (!namePattern.test(queue)) throw new CmqRefusal('endpointForm');
  return queue;
}

/** @throws CmqRefusal `contentFormatUnknown` */
export function formatIn(params: Parameters): CmqPushFormat | undefined {
  switch (params.optionalText('notifyContentFormat')?.toUpperCase()) {
    case undefined: return undefined;
    case 'JSON': return 'cmqJson';
    case 'SIMPLIFIED': return 'cmqSimplified';
    default: throw new CmqRefusal('contentFormatUnknown');
  }
}

/** @throws CmqRefusal `notifyStrategyUnknown` */
export function retryIn(params: Parameters): RetryPolicy | undefined {
  switch (params.optionalText('notifyStrategy')?.toUpperCase()) {
    case undefined: return undefined;
    case 'BACKOFF_RETRY': return { kind: 'backoff' };
    case 'EXPONENTIAL_DECAY_RETRY': return { kind: 'exponentialDecay' };
    default: throw new CmqRefusal('notifyStrategyUnknown');
  }
}

/** Where to, in the names of this dialect; of what only others know, in theirs. */
export function shownTarget(push: PushSettings | undefined): { readonly protocol: string; readonly endpoint: string } {
  switch (push?.delivery.kind) {
    case undefined: return { protocol: 'pull', endpoint: '' };
    case 'http': return { protocol: 'http', endpoint: push.delivery.url };
    case 'queue': return { protocol: 'queue', endpoint: push.delivery.queue };
    case 'lambda': return { protocol: 'lambda', endpoint: push.delivery.functionArn };
  }
}

const shownStrategies = { backoff: 'BACKOFF_RETRY', exponentialDecay: 'EXPONENTIAL_DECAY_RETRY', custom: 'CUSTOM_RETRY' } as const;

export const shownNotification = (push: PushSettings | undefined): Fields => ({
  ...shownTarget(push),
  notifyStrategy: push ? shownStrategies[push.retry.kind] : '',
  notifyContentFormat: push?.delivery.kind === 'http' && (push.delivery.format === 'cmqJson' || push.delivery.format === 'json') ? 'JSON' : 'SIMPLIFIED',
});
