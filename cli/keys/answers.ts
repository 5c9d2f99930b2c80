import { z } from 'zod';

/** What the table and the sheet show of a key; what else an answer has stays in it, for `--json`. */
export const accessKey = z.looseObject({
  accessKeyId: z.string(),
  state: z.string(),
  description: z.string(),
  names: z.array(z.string()),
  operations: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string().optional(),
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
});

export const newAccessKey = accessKey.extend({ secretAccessKey: z.string() });

export const accessKeyPage = z.looseObject({ accessKeys: z.array(accessKey), cursor: z.string().optional() });

export type AccessKey = z.infer<typeof accessKey>;
export type NewAccessKey = z.infer<typeof newAccessKey>;
