import { z } from 'zod';
import { changeAccessKey as runChange, revokeAccessKey as runRevoke } from '../../core/access-key/change-access-key.ts';
import { createAccessKey as runCreate } from '../../core/access-key/create-access-key.ts';
import { describeAccessKey as runDescribe, listAccessKeys as runList } from '../../core/access-key/list-access-keys.ts';
import { defineAction, takesNothing } from './action.ts';
import { DEFAULT_LIMIT } from './list-queues.ts';
import { accessKeyAnswer, accessKeyChanges, accessKeyRequest, newAccessKeyAnswer, renderAccessKey } from './shapes/access-key.ts';
import { wholeNumberText } from './shapes/bounded.ts';

const path = '/v1/access-keys/{accessKeyId}';

export const createAccessKey = defineAction({
  ...takesNothing,
  operation: 'createAccessKey',
  method: 'POST',
  path: '/v1/access-keys',
  summary: 'Issue an access key. Its secret is in this answer and nowhere else.',
  body: accessKeyRequest,
  replies: { 201: 'Issued.' },
  reply: newAccessKeyAnswer,
  errors: ['accessKeysAreOff'],
  async run(deps, { body, requestedBy }) {
    const { accessKey, secret } = await runCreate(deps, { ...body, ...requestedBy });
    return { status: 201, body: { ...renderAccessKey(accessKey), secretAccessKey: secret } };
  },
});

export const listAccessKeys = defineAction({
  ...takesNothing,
  operation: 'listAccessKeys',
  method: 'GET',
  path: '/v1/access-keys',
  summary: 'List access keys by id, ascending: also those that expired or were revoked within 90 days.',
  query: z.strictObject({
    limit: wholeNumberText('listAccessKeys').exactOptional().meta({ description: `So many in one answer; ${DEFAULT_LIMIT} when omitted.` }),
    cursor: z.string().exactOptional().meta({ description: 'As the page before answered it.' }),
  }),
  replies: { 200: 'A page; without `cursor` it is the last.' },
  reply: z.object({ accessKeys: z.array(accessKeyAnswer), cursor: z.string().exactOptional() }),
  async run(deps, { query: { limit = DEFAULT_LIMIT, ...rest } }) {
    const { accessKeys, cursor } = await runList(deps, { limit, ...rest });
    return { status: 200, body: { accessKeys: accessKeys.map(renderAccessKey), ...(cursor !== undefined && { cursor }) } };
  },
});

export const describeAccessKey = defineAction({
  ...takesNothing,
  operation: 'describeAccessKey',
  method: 'GET',
  path,
  summary: 'What an access key is for.',
  replies: { 200: 'The key, without its secret.' },
  reply: accessKeyAnswer,
  errors: ['accessKeyNotFound'],
  async run(deps, { param }) {
    return { status: 200, body: renderAccessKey(await runDescribe(deps, param('accessKeyId'))) };
  },
});

export const changeAccessKey = defineAction({
  ...takesNothing,
  operation: 'changeAccessKey',
  method: 'PATCH',
  path,
  summary: 'Change what an access key is for, or when it ends. Omitted fields stay.',
  body: accessKeyChanges,
  replies: { 200: 'The key as it is now.' },
  reply: accessKeyAnswer,
  errors: ['accessKeyNotFound', 'accessKeyIsRevoked', 'accessKeyIsChanging'],
  async run(deps, { param, body }) {
    return { status: 200, body: renderAccessKey(await runChange(deps, param('accessKeyId'), body)) };
  },
});

export const revokeAccessKey = defineAction({
  ...takesNothing,
  operation: 'revokeAccessKey',
  method: 'DELETE',
  path,
  summary: 'Revoke an access key, for good. Again is a success.',
  replies: { 200: 'The key, revoked: it is listed for 90 days more.' },
  reply: accessKeyAnswer,
  errors: ['accessKeyNotFound', 'accessKeyIsChanging'],
  async run(deps, { param }) {
    return { status: 200, body: renderAccessKey(await runRevoke(deps, param('accessKeyId'))) };
  },
});
