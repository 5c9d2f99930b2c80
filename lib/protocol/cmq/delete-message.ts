import type { Deps } from '../../core/deps.ts';
import { deleteMessages as run } from '../../core/queue/delete-messages.ts';
import type { Action } from './action.ts';
import { cmqLimits } from './limits.ts';
import { nameIn } from './names.ts';
import { isOver, readHandle } from './receipt-handle.ts';
import { CmqRefusal, toRefusal, wireError } from './refusals.ts';

export const deleteMessage: Action = {
  name: 'DeleteMessage',
  operation: 'deleteMessages',
  about: 'queueName',
  async run(deps, { params }) {
    const name = nameIn(params, 'queueName');
    const [failure] = await failuresOf(deps, name, [params.text('receiptHandle')]);
    if (failure) throw failure;
    return {};
  },
};

export const batchDeleteMessage: Action = {
  name: 'BatchDeleteMessage',
  operation: 'deleteMessages',
  about: 'queueName',
  async run(deps, { params }) {
    const name = nameIn(params, 'queueName');
    const handles = params.list('receiptHandle');
    if (handles.length === 0) throw new CmqRefusal('missing', 'receiptHandle.n');
    if (handles.length > cmqLimits.batch.max) throw new CmqRefusal('batchSize', 'receiptHandle');
    const failures = await failuresOf(deps, name, handles);
    const errorList = failures.flatMap((failure, at) => (failure ? [{ ...wireError(failure.refusal, failure.subject), receiptHandle: handles[at] }] : []));
    if (errorList.length === 0) return {};
    throw new CmqRefusal(errorList.length < handles.length ? 'deletePartlyFailed' : 'deleteFailed', '', { errorList });
  },
};

/** What is wrong with each; undefined: it is deleted. */
async function failuresOf(deps: Deps, name: string, handles: readonly string[]): Promise<readonly (CmqRefusal | undefined)[]> {
  const nowMs = deps.system.now();
  const read = handles.map((text) => {
    try {
      const handle = readHandle(text);
      return isOver(handle, nowMs) ? new CmqRefusal('handleInvalid') : handle;
    } catch (error) {
      if (error instanceof CmqRefusal) return error;
      throw error;
    }
  });
  const good = read.flatMap((handle) => (handle instanceof CmqRefusal ? [] : [{ receiptHandle: handle.receiptHandle }]));
  // Also where none is left: a queue that is not there is the greater mistake.
  const results = [...await run(deps, { name, entries: good.length > 0 ? good : [{ receiptHandle: '' }] })];
  return read.map((handle) => {
    if (handle instanceof CmqRefusal) return handle;
    const result = results.shift();
    return result?.kind === 'failed' ? toRefusal(result.error) : undefined;
  });
}
