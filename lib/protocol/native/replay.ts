import { z } from 'zod';
import { cancelReplay as runCancel, listReplays as runList, readReplay as runRead, startReplay as runStart } from '../../core/queue/replay.ts';
import { defineAction, takesNothing } from './action.ts';
import { fitting } from './shapes/fitting.ts';
import { renderReplay, replayAnswer, replayRequest } from './shapes/replay.ts';

export const startReplay = defineAction({
  ...takesNothing,
  operation: 'startReplay',
  method: 'POST',
  path: '/v1/queues/{queue}/replays',
  summary: 'Copy what was sent in a window into another queue, in order: all, or what a filter lets through. The queue itself is not touched.',
  body: replayRequest,
  replies: { 202: 'Started; it goes on by itself.' },
  reply: replayAnswer,
  errors: ['queueNotFound', 'rewindIsOff', 'rewindOutOfRange', 'messageNotFound'],
  async run(deps, { param, body, requestedBy }) {
    return { status: 202, body: renderReplay(await runStart(deps, { name: param('queue'), ...body, ...requestedBy })) };
  },
});

export const listReplays = defineAction({
  ...takesNothing,
  operation: 'listReplays',
  method: 'GET',
  path: '/v1/queues/{queue}/replays',
  summary: 'Replays out of a queue, the newest first.',
  replies: { 200: 'The newest hundred, or as many of them as one answer takes.' },
  reply: z.object({ replays: z.array(replayAnswer) }),
  errors: ['queueNotFound'],
  async run(deps, { param }) {
    const jobs = await runList(deps, { name: param('queue') });
    return { status: 200, body: { replays: fitting(jobs.map(renderReplay)) } };
  },
});

export const readReplay = defineAction({
  ...takesNothing,
  operation: 'readReplay',
  method: 'GET',
  path: '/v1/queues/{queue}/replays/{replayId}',
  summary: 'How far a replay is.',
  replies: { 200: 'The replay.' },
  reply: replayAnswer,
  errors: ['queueNotFound', 'replayNotFound'],
  async run(deps, { param }) {
    return { status: 200, body: renderReplay(await runRead(deps, { name: param('queue'), replayId: param('replayId') })) };
  },
});

export const cancelReplay = defineAction({
  ...takesNothing,
  operation: 'cancelReplay',
  method: 'DELETE',
  path: '/v1/queues/{queue}/replays/{replayId}',
  summary: 'End a replay. What it has copied stays where it is.',
  replies: { 200: 'The replay: cancelled, or as it had ended before.' },
  reply: replayAnswer,
  errors: ['queueNotFound', 'replayNotFound', 'queueIsChanging'],
  async run(deps, { param }) {
    return { status: 200, body: renderReplay(await runCancel(deps, { name: param('queue'), replayId: param('replayId') })) };
  },
});
