import { expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import type { MessageState } from '../../../lib/core/message.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { newCaller, refusal } from '../caller.ts';
import { message, messageOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/find-message.ts'));

const { call } = newCaller();
const states: readonly MessageState[] = ['delayed', 'ready', 'inFlight', 'deleted', 'deadLettered', 'expired'];

it.each(states)('shows a message that is %s', async (state) => {
  vi.mocked(findMessage).mockResolvedValue({ ...message, state, receiveCount: 3 });
  const reply = await call('GET', '/v1/queues/work/messages/s1-0');
  expect(reply).toMatchObject({ status: 200, body: { ...messageOnTheWire, state, receiveCount: 3 } });
  expect(findMessage).toHaveBeenCalledWith(expect.anything(), { name: 'work', messageId: 's1-0' });
});

it.each(['queueNotFound', 'messageNotFound'] as const)('answers %s', async (kind) => {
  vi.mocked(findMessage).mockRejectedValue(new CallerError(kind, 'why'));
  expect(await call('GET', '/v1/queues/work/messages/s1-0')).toMatchObject(refusal(kind, 'why'));
});
