import type { DeadLetterPolicy } from '../../core/queue.ts';
import { namePattern } from '../../core/limits.ts';
import { cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';

const PARAMETER = 'deadLetterPolicy';
const MAX_AGE = 'maxTimeToLive';

/** By how often a message was received and not deleted … */
const BY_RECEIVE_COUNT = 0;
/** … or by how long it could have been consumed, and was not. */
const BY_AGE = 1;

/**
 * The policy, which comes as JSON in a parameter; `{}` takes it away.
 * @throws CmqRefusal `wrongType`, `missing`, `outOfRange`, `queueNameForm`
 */
export function deadLetterIn(params: Parameters): { readonly deadLetter?: DeadLetterPolicy | null } {
  const text = params.optionalText(PARAMETER);
  if (text === undefined) return {};
  const fields = fieldsOf(text);
  if (fields.size === 0) return { deadLetter: null };
  const policy = numberOf(fields, 'policy', { min: BY_RECEIVE_COUNT, max: BY_AGE });
  const queue = fields.get('deadLetterQueue');
  if (queue === undefined) throw new CmqRefusal('missing', 'deadLetterQueue');
  if (typeof queue !== 'string' || !namePattern.test(queue)) throw new CmqRefusal('queueNameForm');
  return { deadLetter: policy === BY_AGE
    ? { queue, maxAgeSeconds: numberOf(fields, MAX_AGE, cmqLimits.maxTimeToLive) }
    : { queue, maxReceiveCount: numberOf(fields, 'maxReceiveCount', cmqLimits.maxReceiveCount) } };
}

/** @throws CmqRefusal `outOfRange`: what is kept for less than its age would expire before it */
export function checkAge({ deadLetter, retentionSeconds }: { readonly deadLetter?: DeadLetterPolicy | null | undefined; readonly retentionSeconds: number }): void {
  if (deadLetter?.maxAgeSeconds !== undefined && deadLetter.maxAgeSeconds >= retentionSeconds) throw new CmqRefusal('outOfRange', MAX_AGE);
}

/** As it was given, but that the policy is always named. */
export const shownDeadLetter = ({ queue, maxReceiveCount, maxAgeSeconds }: DeadLetterPolicy): string =>
  JSON.stringify({ deadLetterQueue: queue, ...(maxAgeSeconds === undefined ? { policy: BY_RECEIVE_COUNT, maxReceiveCount } : { policy: BY_AGE, [MAX_AGE]: maxAgeSeconds }) });

function fieldsOf(text: string): ReadonlyMap<string, unknown> {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CmqRefusal('wrongType', PARAMETER);
  return new Map(Object.entries(value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CmqRefusal('wrongType', PARAMETER);
  }
}

/** Clients write numbers as texts too. */
function numberOf(fields: ReadonlyMap<string, unknown>, name: string, { min, max }: { readonly min: number; readonly max: number }): number {
  const given = fields.get(name);
  if (given === undefined || given === '') throw new CmqRefusal('missing', name);
  const value = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new CmqRefusal('wrongType', name);
  if (value < min || value > max) throw new CmqRefusal('outOfRange', name);
  return value;
}
