import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { actions } from '../../../lib/protocol/cmq/actions.ts';
import { refusals } from '../../../lib/protocol/cmq/refusals.ts';
import { actions as nativeActions } from '../../../lib/protocol/native/actions.ts';

const page = readFileSync('docs/cmq.md', 'utf8');

it('has a row on every action, and says which operation it is', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| \[(\w+)\]\(protocol\.md#(\w+)\) \|/gm)].map(([, name, operation, anchor]) => [name, operation, anchor]);
  expect(rows).toEqual(actions.map(({ name, operation }) => [name, operation, operation.toLowerCase()]));
});

it('speaks of operations that the native API has: access keys are for those', () => {
  const native = new Set(nativeActions.map(({ operation }) => operation));
  expect(actions.map(({ operation }) => operation).filter((operation) => !native.has(operation))).toEqual([]);
});

it('has a row on every error', () => {
  const rows = [...page.matchAll(/^\| (\d{4}) \| (\d{5}) \| (.+?) \| .*\|$/gm)].map(([, code, module, text]) => ({ code: Number(code), module: Number(module), text }));
  expect(rows).toEqual(Object.values(refusals).map((refusal) => ({ ...refusal, text: refusal.text.replace('%s', '…') })));
});
