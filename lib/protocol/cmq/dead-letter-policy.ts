import type { DeadLetterPolicy } from '../../core/queue.ts';
import { namePattern } from '../../core/limits.ts';
import { cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';

const PARAMETER = 'deadLetterPolicy';

/** By how often a message was received; 1 would be by its age, which the core cannot do yet. */
const BY_RECEIVE_COUNT = 0;

/**
 * The policy, which comes as JSON in a parameter; `{}` takes it away.
 * @throws CmqRefusal `wrongType`, `missing`, `outOfRange`, `queueNameForm`; `parametersWrong` for policy 1
 */
export function deadLetterIn(params: Parameters): { readonly deadLetter?: DeadLetterPolicy | null } {
  const text = params.optionalText(PARAMETER);
  if (text === undefined) return {};
  const fields = fieldsOf(text);
  if (fields.size === 0) return { deadLetter: null };
  if (numberOf(fields, 'policy', { min: 0, max: 1 }) !== BY_RECEIVE_COUNT) throw new CmqRefusal('parametersWrong');
  const queue = fields.get('deadLetterQueue');
  if (queue === undefined) throw new CmqRefusal('missing', 'deadLetterQueue');
  if (typeof queue !== 'string' || !namePattern.test(queue)) throw new CmqRefusal('queueNameForm');
  return { deadLetter: { queue, maxReceiveCount: numberOf(fields, 'maxReceiveCount', cmqLimits.maxReceiveCount) } };
}

/** As it was given, but that the policy is always named. */
export const shownDeadLetter = ({ queue, maxReceiveCount }: DeadLetterPolicy): string =>
  JSON.stringify({ deadLetterQueue: queue, policy: BY_RECEIVE_COUNT, maxReceiveCount });

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
