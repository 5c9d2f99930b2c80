import type { Command, CommandGroup } from '../command.ts';
import { WrongUse } from '../failure.ts';
import type { Flags, Given } from '../flags.ts';
import { readKeyFields } from './read-key-fields.ts';

const scope: Flags = {
  description: { value: 'TEXT', text: 'whom or what it is for' },
  names: { value: 'NAMES', text: "of queues and topics, separated by commas; * stands for any characters: 'orders-*,jobs'" },
  operations: { value: 'LIST', text: 'groups send, consume, read, rewind, manage, or single operations, separated by commas; * is all groups' },
};

const end: Flags = {
  expires: { value: 'TIME', text: 'when it ends, as 2027-06-30T00:00:00Z, or never' },
  'expires-in': { value: 'AGE', text: 'the same counted from now, as 30m, 12h or 90d' },
};

const create: Command = {
  summary: 'issue a key for all names and operations, or fewer; its secret is told this once',
  flags: { ...scope, ...end },
  read: (given, nowMs) => {
    const { expiresAt, ...fields } = readKeyFields(given, nowMs);
    return { kind: 'createKey', fields: { ...fields, ...(typeof expiresAt === 'string' ? { expiresAt } : {}) } };
  },
};

const list: Command = {
  summary: 'list all keys, also those that ended within 90 days',
  flags: {},
  read: () => ({ kind: 'listKeys' }),
};

const show: Command = {
  operand: 'ID',
  summary: 'show what a key is for',
  flags: {},
  read: (given) => ({ kind: 'showKey', id: readId(given) }),
};

const change: Command = {
  operand: 'ID',
  summary: 'change what a key is for, or when it ends; what is not given stays',
  flags: { ...scope, ...end },
  read: (given, nowMs) => {
    const fields = readKeyFields(given, nowMs);
    if (Object.keys(fields).length > 0) return { kind: 'changeKey', id: readId(given), fields };
    throw new WrongUse(`keys change needs at least one of ${Object.keys({ ...scope, ...end }).map((flag) => `--${flag}`).join(', ')}`);
  },
};

const revoke: Command = {
  operand: 'ID',
  summary: 'revoke a key, for good',
  flags: {},
  read: (given) => ({ kind: 'revokeKey', id: readId(given) }),
};

export const keys: CommandGroup = {
  summary: 'issue, list, change and revoke access keys',
  commands: { create, list, show, change, revoke },
};

/** What is not an id may be a secret: it is not repeated. */
function readId({ operands: [id = ''] }: Given): string {
  if (/^[A-Za-z0-9]{4,128}$/.test(id)) return id;
  throw new WrongUse(`ID must be 4 to 128 letters and digits, as \`keys list\` shows them, got ${id.length} characters of another form`);
}
