import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { RewindMq } from '../../cdk/constructs/rewindmq.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { toAttributes } from '../../lib/storage/dynamodb/attribute-values.ts';
import type { Item, ItemTable } from '../../lib/storage/items/item-table.ts';
import { newQueue } from '../core/queue-calls.ts';
import { newTopic, topicCalls } from '../core/topic-calls.ts';
import { memoryDeps, memoryWorld } from '../support/memory-deps.ts';
import { grantsIn, templateOf } from './synthesized.ts';

const mapping = 'AWS::Lambda::EventSourceMapping';
const template = templateOf((scope) => new RewindMq(scope, 'Queues'));

/** Filters of events: a list holds the values that will do, an object the fields that must. */
function passes(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((wanted) => isWanted(wanted, value));
  return isRecord(pattern) && isRecord(value) && Object.entries(pattern).every(([field, wanted]) => passes(wanted, value[field]));
}

const isWanted = (wanted: unknown, value: unknown): boolean =>
  (isRecord(wanted) ? typeof value === 'string' && value.startsWith(String(wanted['prefix'])) : wanted === value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

function filterIn(synthesized: Template): unknown {
  const [resource] = Object.values(synthesized.findResources(mapping));
  return JSON.parse(resource?.['Properties'].FilterCriteria.Filters[0].Pattern);
}

const eventOf = (eventName: string, item: Item) => {
  const { pk, sk, ...rest } = toAttributes(item);
  return { eventName, dynamodb: { Keys: { pk, sk }, NewImage: { pk, sk, ...rest } } };
};

/** All that is put while a topic with a pushed subscription, one without, and a queue are used. */
async function putsOfAll(): Promise<readonly Item[]> {
  const puts: Item[] = [];
  const world = memoryWorld();
  const table: ItemTable = { ...world.table, put: async (item, condition) => {
    puts.push(item);
    return world.table.put(item, condition);
  } };
  const deps = memoryDeps({ world: { ...world, table } });
  await createQueue(deps, { name: 'inbox', settings: {} });
  const orders = await newTopic(deps);
  const pulled = await orders.subscribe('pulled');
  await orders.publish('before anybody is pushed to');
  await orders.subscribe('pushed', { push: { delivery: { kind: 'queue', queue: 'inbox' } } });
  await orders.publish('pushed', 'with it');
  await pulled.receive();
  await (await newQueue(deps)).send('a', 'b');
  await topicCalls(deps).publish('pushed later');
  return puts;
}

describe('the event source of the waker', () => {
  it('lets through what is published to topics with pushed subscriptions, and nothing else that is written', async () => {
    const filter = filterIn(template);
    const through = (await putsOfAll()).filter((item) => passes(filter, eventOf('INSERT', item)));
    expect(through.map(({ pk, n }) => [pk.slice(0, 2), n])).toEqual([['l/', 2], ['l/', 1]]);
    expect(through.some((item) => passes(filter, eventOf('MODIFY', item)) || passes(filter, eventOf('REMOVE', item)))).toBe(false);
  });

  it('misses nothing that is published while it comes, waits for no second record, and gives up on what is an hour old', () => {
    template.hasResourceProperties(mapping, {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Messages'), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON', MaximumBatchingWindowInSeconds: Match.absent(), MaximumRecordAgeInSeconds: 3600,
      BisectBatchOnFunctionError: true, FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('lets the waker read the stream, find who is to be started, and start the runner: no body, no change of a message', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const own = policies.filter(([id]) => id.startsWith('QueuesPushes'))
      .flatMap(([, { Properties }]): readonly { readonly Action: string | readonly string[] }[] => Properties.PolicyDocument.Statement);
    expect(own.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'dynamodb:DescribeStream', 'dynamodb:GetItem', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams', 'dynamodb:PutItem', 'dynamodb:Query',
      'logs:CreateLogStream', 'logs:PutLogEvents',
    ]);
    expect(grantsIn(template).filter(({ action }) => action === 'dynamodb:ListStreams').map(({ resource }) => resource)).toEqual([expect.stringContaining('StreamArn')]);
  });
});
