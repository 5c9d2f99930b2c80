import { columns, cut, plainText } from '../plain-text.ts';
import type { AccessKey, NewAccessKey } from './answers.ts';

/** A list of scopes may be long; `keys show` has all of it. */
const CELL_LENGTH_MAX = 40;

/** Keys as a table. */
export function renderKeys(keys: readonly AccessKey[]): string {
  if (keys.length === 0) return 'There are no access keys.\n';
  const rows = keys.map(({ accessKeyId, state, names, operations, expiresAt, description }) =>
    [accessKeyId, state, names.join(', '), operations.join(', '), instant(expiresAt), description].map((cell) => cut(plainText(cell), CELL_LENGTH_MAX)));
  return columns([['ID', 'STATE', 'NAMES', 'OPERATIONS', 'EXPIRES', 'DESCRIPTION'], ...rows]);
}

/** A key as a sheet, a line for each of its fields. */
export function renderKey(key: AccessKey): string {
  return sheet([['id', key.accessKeyId], ...linesOf(key)]);
}

/** A key that was just issued. */
export function renderNewKey(key: NewAccessKey): string {
  const lines = sheet([['id', key.accessKeyId], ['secret', key.secretAccessKey], ...linesOf(key)]);
  return `${lines}\nThe secret is not told again: keep it now.\n`;
}

function linesOf({ state, description, names, operations, createdAt, createdBy, expiresAt, revokedAt }: AccessKey): readonly (readonly [string, string])[] {
  return [
    ['state', state],
    ...(description === '' ? [] : [['description', description] as const]),
    ['names', names.join(', ')],
    ['operations', operations.join(', ')],
    ['created', instant(createdAt) + (createdBy === undefined ? '' : ` by ${createdBy}`)],
    ['expires', instant(expiresAt)],
    ...(revokedAt === undefined ? [] : [['revoked', instant(revokedAt)] as const]),
  ];
}

const sheet = (lines: readonly (readonly [string, string])[]): string => columns(lines.map(([name, value]) => [name, plainText(value)]));

/** Milliseconds tell nobody anything here. */
const instant = (text: string | undefined): string => text?.replace(/\.\d+(?=Z$)/, '') ?? 'never';
