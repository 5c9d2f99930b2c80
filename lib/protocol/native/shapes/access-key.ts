import { z } from 'zod';
import type { AccessKey } from '../../../core/access-key.ts';
import { operationGroups } from '../../../core/access-key/operations.ts';
import { boundedList, boundedText } from './bounded.ts';
import { instant, instantAnswer, renderInstant } from './instant.ts';

const names = boundedList('scopeEntries', z.string())
  .meta({ description: 'Names of queues and topics, in which "*" stands for any characters. All when omitted.', examples: [['orders-*']] });

const operations = boundedList('scopeEntries', z.string())
  .meta({ description: `Operations, or groups of them: ${Object.keys(operationGroups).join(', ')}. "*", which is also meant when omitted: all of these groups.` });

/** A key as it is asked for; core/access-key/scope.ts looks at names and operations. */
export const accessKeyRequest = z.strictObject({
  description: boundedText('descriptionLength').exactOptional().meta({ description: 'Whom or what it is for.' }),
  names: names.exactOptional(),
  operations: operations.exactOptional(),
  expiresAt: instant.exactOptional().meta({ description: 'From then on it opens nothing. Never when omitted.' }),
}).transform(inTermsOfCore);

/** Omitted ones stay. */
export const accessKeyChanges = z.strictObject({
  description: boundedText('descriptionLength').exactOptional(),
  names: names.exactOptional(),
  operations: operations.exactOptional(),
  expiresAt: instant.nullable().exactOptional().meta({ description: 'null: never.' }),
}).transform(inTermsOfCore);

interface Said<Expiry> {
  readonly names?: string[];
  readonly operations?: string[];
  readonly expiresAt?: Expiry;
}

/** What was left out stays left out. */
function inTermsOfCore<Expiry, Rest extends object>({ names: scoped, operations: allowed, expiresAt, ...rest }: Said<Expiry> & Rest) {
  const scope = { ...(scoped ? { names: scoped } : {}), ...(allowed ? { operations: allowed } : {}) };
  return { ...rest, scope, ...(expiresAt === undefined ? {} : { expiresAtMs: expiresAt }) };
}

/** A key as answers show it: without its secret. */
export const accessKeyAnswer = z.object({
  accessKeyId: z.string(),
  state: z.enum(['active', 'expired', 'revoked']),
  description: z.string(),
  names: z.array(z.string()),
  operations: z.array(z.string()),
  createdAt: instantAnswer,
  createdBy: z.string().exactOptional().meta({ description: 'Who issued it, where that was known.' }),
  expiresAt: instantAnswer.exactOptional(),
  revokedAt: instantAnswer.exactOptional(),
});

/** The only time that the secret is told. */
export const newAccessKeyAnswer = accessKeyAnswer.extend({ secretAccessKey: z.string().meta({ description: 'Told now and never again.' }) });

export const renderAccessKey = ({ id, state, description, scope, createdAtMs, createdBy, expiresAtMs, revokedAtMs }: AccessKey): z.input<typeof accessKeyAnswer> => ({
  accessKeyId: id,
  state,
  description,
  names: [...scope.names],
  operations: [...scope.operations],
  createdAt: renderInstant(createdAtMs),
  ...(createdBy === undefined ? {} : { createdBy }),
  ...(expiresAtMs === undefined ? {} : { expiresAt: renderInstant(expiresAtMs) }),
  ...(revokedAtMs === undefined ? {} : { revokedAt: renderInstant(revokedAtMs) }),
});
