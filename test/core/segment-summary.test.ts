import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayMatch, type SegmentSummary, summaryOf } from '../../lib/core/segment-summary.ts';
import { type Filterable, type SubscriptionFilter, subscriptionMatcher } from '../../lib/core/subscription-filter.ts';

const tagged = (...tags: readonly string[]): Filterable => ({ tags, attributes: {} });
const routed = (routingKey: string): Filterable => ({ tags: [], attributes: {}, routingKey });
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`);

it('has each tag and each routing key once', () => {
  expect(summaryOf([tagged('a', 'b'), tagged('b', 'c'), routed('x.y'), routed('x.y')])).toEqual({ tags: ['a', 'b', 'c'], routingKeys: ['', 'x.y'] });
  expect(summaryOf([tagged()])).toEqual({ tags: [], routingKeys: [''] });
});

it('keeps sixteen different ones, and nothing of seventeen', () => {
  expect(summaryOf(numbered(16).map((tag) => tagged(tag, 'w0'))).tags).toHaveLength(16);
  expect(summaryOf(numbered(17).map((tag) => tagged(tag)))).toEqual({ routingKeys: [''] });
  expect(summaryOf(numbered(16).map(routed)).routingKeys).toHaveLength(16);
  expect(summaryOf(numbered(17).map(routed))).toEqual({ tags: [] });
});

it('keeps 256 bytes of them, and nothing of more', () => {
  expect(summaryOf([routed('x'.repeat(200)), routed('é'.repeat(28))]).routingKeys).toHaveLength(2);
  expect(summaryOf([routed('x'.repeat(201)), routed('é'.repeat(28))])).toEqual({ tags: [] });
  expect(summaryOf([tagged('x'.repeat(64), 'y'.repeat(64), 'z'.repeat(64), 'é'.repeat(32))]).tags).toHaveLength(4);
  expect(summaryOf([tagged('x'.repeat(64), 'y'.repeat(64), 'z'.repeat(64), 'é'.repeat(32), 'a')])).toEqual({ routingKeys: [''] });
});

it.each<[SubscriptionFilter, SegmentSummary, boolean]>([
  [{}, { tags: [], routingKeys: [''] }, true],
  [{ tags: ['a'] }, { tags: ['b', 'a'] }, true],
  [{ tags: ['a'] }, { tags: ['b'] }, false],
  [{ tags: ['a'] }, { tags: [] }, false],
  [{ tags: ['a'] }, {}, true],
  [{ bindingKeys: ['a.*'] }, { routingKeys: ['', 'a.b'] }, true],
  [{ bindingKeys: ['a.*'] }, { routingKeys: ['', 'a'] }, false],
  [{ bindingKeys: ['#'] }, { routingKeys: [''] }, true],
  [{ bindingKeys: ['a.*'] }, { tags: [] }, true],
  [{ tags: ['a'], bindingKeys: ['b'] }, { tags: ['a'], routingKeys: [''] }, false],
  [{ tags: ['a'], bindingKeys: ['b'] }, { tags: [], routingKeys: ['b'] }, false],
  [{ tags: ['a'], bindingKeys: ['b'] }, { tags: ['a'], routingKeys: ['b'] }, true],
  [{ attributes: { a: 'b' } }, { tags: [], routingKeys: [''] }, true],
])('a segment that %j asks and %j describes may have a match: %s', (filter, summary, isPossible) => {
  expect(mayMatch(filter, summary)).toBe(isPossible);
});

it('never rules out a segment with a match', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'long'.repeat(15));
  const routingKey = fc.array(word, { maxLength: 4 }).map((words) => words.join('.'));
  const bindingKey = fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { minLength: 1, maxLength: 4 }).map((words) => words.join('.'));
  const anyMessage = fc.record(
    { tags: fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 5 }), attributes: fc.constant({}), routingKey },
    { requiredKeys: ['tags', 'attributes'] },
  );
  const anyFilter = fc.record({ tags: fc.array(word, { minLength: 1 }), bindingKeys: fc.array(bindingKey, { minLength: 1 }) }, { requiredKeys: [] });
  const seen = { passed: 0, ruledOut: 0 };
  fc.assert(fc.property(fc.array(anyMessage, { maxLength: 12 }), anyFilter, (messages, filter) => {
    const passes = messages.some(subscriptionMatcher(filter));
    const isPossible = mayMatch(filter, summaryOf(messages));
    seen.passed += Number(passes);
    seen.ruledOut += Number(!isPossible);
    if (passes) expect(isPossible).toBe(true);
  }), { numRuns: 1000 });
  expect(Math.min(seen.passed, seen.ruledOut)).toBeGreaterThan(50);
});
