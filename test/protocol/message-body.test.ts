import { expect, it } from 'vitest';
import { limits } from '../../lib/core/limits.ts';
import { parseBody, renderBody } from '../../lib/protocol/native/shapes/message-body.ts';

it('answers ordinary text as text', () => {
  expect(renderBody({ kind: 'text', text: '{"order": "Zürich"}' })).toEqual({ body: '{"order": "Zürich"}', encoding: 'text' });
});

it('answers text in base64 when its escapes would take more, so that the largest message fits an answer', () => {
  const text = '\u0000'.repeat(limits.messageBytes.max);
  const wire = renderBody({ kind: 'text', text });
  expect(wire.encoding).toBe('base64');
  expect(JSON.stringify(wire).length).toBeLessThan(limits.answerBytes.max);
  expect(parseBody(wire)).toEqual({ kind: 'binary', bytes: Buffer.from(text) });
});
