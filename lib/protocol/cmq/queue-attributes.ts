import type { Notes, Queue, QueueSettings } from '../../core/queue.ts';
import { checkAge, deadLetterIn, shownDeadLetter } from './dead-letter-policy.ts';
import type { Fields } from './action.ts';
import { cmqDefaults, cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';

/** What a request says of a queue's settings; absent: nothing. */
export interface SaidOfQueue {
  readonly settings: Partial<Pick<QueueSettings, 'receiveWaitSeconds' | 'visibilityTimeoutSeconds' | 'maxMessageBytes' | 'retentionSeconds' | 'rewindSeconds'>>
    & { readonly deadLetter?: QueueSettings['deadLetter'] | null };
  /** Here there is no bound on the messages of a queue: the number is only shown again. */
  readonly notes: Notes | undefined;
}

/** The names of this dialect, and what they are called in the core. */
const numbers = [
  ['pollingWaitSeconds', 'receiveWaitSeconds'],
  ['visibilityTimeout', 'visibilityTimeoutSeconds'],
  ['maxMsgSize', 'maxMessageBytes'],
  ['msgRetentionSeconds', 'retentionSeconds'],
  ['rewindSeconds', 'rewindSeconds'],
] as const;

export function readQueueAttributes(params: Parameters): SaidOfQueue {
  const said = numbers.flatMap(([name, field]) => {
    const value = params.optionalWhole(name, cmqLimits[name]);
    return value === undefined ? [] : [[field, value] as const];
  });
  const maxMsgHeapNum = params.optionalWhole('maxMsgHeapNum', cmqLimits.maxMsgHeapNum);
  return { settings: { ...Object.fromEntries(said), ...deadLetterIn(params) }, notes: maxMsgHeapNum === undefined ? undefined : { maxMsgHeapNum } };
}

/** How long messages are kept, and what goes by it. */
type Periods = Pick<QueueSettings, 'rewindSeconds' | 'retentionSeconds'> & { readonly deadLetter?: QueueSettings['deadLetter'] | null | undefined };

/**
 * In this dialect nothing is kept for longer than the retention.
 * @throws CmqRefusal `rewindBeyondRetention`; `outOfRange` of a dead-letter policy by age
 */
export function checkPeriods(periods: Periods): void {
  if (periods.rewindSeconds > periods.retentionSeconds) throw new CmqRefusal('rewindBeyondRetention');
  checkAge(periods);
}

/** Everything that can be set. */
export const settableFields = ({ settings, notes }: Pick<Queue, 'settings' | 'notes'>): Fields => ({
  maxMsgHeapNum: notes?.['maxMsgHeapNum'] ?? cmqDefaults.maxMsgHeapNum,
  ...Object.fromEntries(numbers.map(([name, field]) => [name, settings[field]])),
  ...(settings.deadLetter ? { deadLetterPolicy: shownDeadLetter(settings.deadLetter) } : {}),
});

export const queueId = ({ incarnation }: Pick<Queue, 'incarnation'>): string => `queue-${incarnation}`;
