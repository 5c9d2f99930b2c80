import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { limits, queueDefaults } from '../../lib/core/limits.ts';
import { actions } from '../../lib/protocol/native/actions.ts';
import { callerErrorCodes, faultCodes } from '../../lib/protocol/native/error-codes.ts';

const page = readFileSync('docs/protocol.md', 'utf8');
const codes = [...Object.values(callerErrorCodes), ...Object.values(faultCodes)];

/** What is the same on a subscription is described where it is of a queue. */
const described = actions.filter(({ sameAs }) => sameAs === undefined);

/** The text below a heading, up to the next one. */
function section(heading: string): string {
  const [, text = ''] = page.split(`\n${heading}\n`);
  return text.split(/\n#+ /)[0] ?? '';
}

const codesIn = (text: string): readonly string[] => (
  [...text.matchAll(/\[(\w+)\]\(#(\w+)\)/g)].flatMap(([, code]) => code ?? []).filter((name) => codes.some(({ code }) => code === name))
);

it.each(described.map((action) => [action.operation, action] as const))('has a section on %s, with its path, replies and errors', (operation, action) => {
  const text = section(`## ${operation}`);
  expect(text).toContain(`\`${action.method} ${action.path}`);
  for (const status of Object.keys(action.replies)) expect(text).toContain(`**${status}**`);
  const entryErrors = action.entryErrors.length === 0 ? [] : [...action.entryErrors.map((kind) => callerErrorCodes[kind].code), faultCodes.storeUnavailable.code];
  const errors = [...action.errors.map((kind) => callerErrorCodes[kind].code), ...entryErrors];
  expect(codesIn(text).toSorted()).toEqual(errors.toSorted());
});

it.each(described.map((action) => [action.operation, action] as const))('names every parameter of %s', (operation, { query, headers }) => {
  const text = section(`## ${operation}`).toLowerCase();
  for (const name of [...Object.keys(query.shape), ...Object.keys(headers.shape)]) expect(text).toContain(name.toLowerCase());
});

const examplesIn = (text: string): readonly unknown[] => (
  [...text.matchAll(/```json\n([^`]+)```/g)].map(([, json = '']) => JSON.parse(json) as unknown)
);

it.each(described.map((action) => [action.operation, action] as const))('shows examples of %s that the schemas take', (operation, { body, reply }) => {
  for (const example of examplesIn(section(`## ${operation}`))) {
    const isPartOfAnswer = operation === 'describeQueue' || (typeof example === 'object' && example !== null && ('deadLetter' in example || 'replay' in example));
    expect(isPartOfAnswer || body.safeParse(example).success || reply.safeParse(example).success).toBe(true);
  }
});

it.each(codes)('has a section on $code, which begins with its status', ({ status, code }) => {
  expect(section(`### ${code}`).trimStart()).toMatch(new RegExp(`^${status}[,.;]`));
});

it.each(actions.flatMap(({ sameAs, operation }) => (sameAs === undefined ? [] : [[operation, sameAs]])))('names %s where it tells what a subscription shares with a queue', (_operation, sameAs) => {
  expect(section('## What a subscription shares with a queue')).toContain(`](#${sameAs.toLowerCase()})`);
});

it('has no section on a code or an action that does not exist', () => {
  const known = new Set([...codes.map(({ code }) => code), ...actions.map(({ operation }) => operation), 'What']);
  const headings = [...page.matchAll(/^##+ (\w+)/gm)].flatMap(([, name]) => name ?? []);
  expect(headings.filter((name) => !known.has(name))).toEqual([]);
});

it('names the limits and the defaults of the code', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| .+ \| ([\d.]+) \| (\d+) \| (\w+) \|$/gm)].map(([row, name, min, max, unit]) => (
    [name, { min: Number(min), max: Number(max), unit, ...(row.includes('fractions too') && { takesFractions: true }) }]
  ));
  expect(Object.fromEntries(rows)).toEqual(limits);
  expect(examplesIn(section('## createQueue'))[0]).toEqual(queueDefaults);
});
