import { type AttributeValue, ConditionalCheckFailedException, DeleteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { toStoreFault } from './faults.ts';

/** A page read holds up the writers of an engine with one lock: short, and then it is their turn. */
const ITEMS_PER_STEP = 100;

/** An item read long before it is removed may have been given a later end since: so the removal asks again. */
const isExpired = { ExpressionAttributeNames: { '#ttl': 'ttl' }, expression: '#ttl < :now' } as const;

/**
 * What DynamoDB's TTL does, for an engine that only remembers the setting: removes the items whose
 * `ttl` has passed. Each step looks at a bounded page, and answers whether the table has more of them;
 * after the last one it begins again.
 */
export function expiredItemsRemover({ client, tableName, nowMs }: {
  readonly client: DynamoDBClient; readonly tableName: string; readonly nowMs: () => number;
}): () => Promise<'more' | 'done'> {
  let cursor: Record<string, AttributeValue> | undefined;
  return async () => {
    try {
      const now = { ':now': { N: String(Math.floor(nowMs() / 1000)) } };
      const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand({
        TableName: tableName,
        Limit: ITEMS_PER_STEP,
        ProjectionExpression: 'pk, sk',
        FilterExpression: isExpired.expression,
        ExpressionAttributeNames: isExpired.ExpressionAttributeNames,
        ExpressionAttributeValues: now,
        ...(cursor && { ExclusiveStartKey: cursor }),
      }));
      for (const key of Items) await removeIfExpired(client, tableName, key, now);
      cursor = LastEvaluatedKey;
      return cursor ? 'more' : 'done';
    } catch (error) {
      throw toStoreFault(error);
    }
  };
}

async function removeIfExpired(
  client: DynamoDBClient, tableName: string, key: Record<string, AttributeValue>, now: Record<string, AttributeValue>,
): Promise<void> {
  try {
    await client.send(new DeleteItemCommand({
      TableName: tableName,
      Key: key,
      ConditionExpression: isExpired.expression,
      ExpressionAttributeNames: isExpired.ExpressionAttributeNames,
      ExpressionAttributeValues: now,
    }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
