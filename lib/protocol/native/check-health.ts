import { z } from 'zod';
import { defineAction, takesNothing } from './action.ts';

export const checkHealth = defineAction({
  ...takesNothing,
  operation: 'checkHealth',
  method: 'GET',
  path: '/v1/health',
  summary: 'Liveness: needs no credentials, reads no store, tells nothing.',
  replies: { 200: 'It runs.' },
  reply: z.object({ status: z.literal('ok') }),
  async run() {
    return { status: 200, body: { status: 'ok' as const } };
  },
});
