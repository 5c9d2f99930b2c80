import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { capacityMeter } from '../../../lib/platform/capacity-meter.ts';
import { s3ObjectStore } from '../../../lib/storage/s3/object-store.ts';

const failure = (httpStatusCode: number, name: string) =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: 'injected' });

/** A bucket that answers each request with the next of these, the last one again and again. */
function bucketAnswering(...answers: readonly (Error | 'ok')[]) {
  const client = new S3Client({ region: 'x', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const meter = capacityMeter();
  let requests = 0;
  client.middlewareStack.add(() => async () => {
    const answer = answers[Math.min(requests, answers.length - 1)];
    requests += 1;
    if (answer instanceof Error) throw answer;
    return { response: {}, output: { $metadata: {} } };
  }, { step: 'initialize' });
  return { objects: s3ObjectStore({ client, bucket: 'b', meter }), meter, requests: () => requests };
}

describe('bucket', () => {
  const conflict = failure(409, 'ConditionalRequestConflict');

  it('repeats a conditional put that met another one', async () => {
    const { objects, requests, meter } = bucketAnswering(conflict, conflict, 'ok');
    expect(await objects.putObjectIfAbsent('k', Uint8Array.of(1))).toBe('landed');
    expect(requests()).toBe(3);
    expect(meter.consumed().objectPuts).toBe(3);
  });

  it('takes a failed precondition for a refusal', async () => {
    const { objects } = bucketAnswering(conflict, failure(412, 'PreconditionFailed'));
    expect(await objects.putObjectIfAbsent('k', Uint8Array.of(1))).toBe('refused');
  });

  it('repeats within a bound', async () => {
    const { objects, requests } = bucketAnswering(conflict);
    await expect(objects.putObjectIfAbsent('k', Uint8Array.of(1))).rejects.toBe(conflict);
    expect(requests()).toBe(5);
  });

  it.each([
    [failure(503, 'SlowDown'), 'refused'],
    [failure(500, 'InternalError'), 'unknown'],
    [Object.assign(new Error('late'), { name: 'TimeoutError' }), 'unknown'],
    [Object.assign(new Error('gone'), { code: 'ECONNRESET' }), 'unknown'],
  ])('turns %s into a store that does not answer', async (fault, outcome) => {
    const { objects } = bucketAnswering(fault);
    for (const request of [objects.putObject('k', Uint8Array.of(1)), objects.getObject('k'), objects.deleteObject('k')]) {
      await expect(request).rejects.toMatchObject({ name: 'StoreUnavailable', outcome, cause: fault });
    }
  });

  it('throws our own mistakes as they are', async () => {
    const denied = failure(403, 'AccessDenied');
    await expect(bucketAnswering(denied).objects.getObject('k')).rejects.toBe(denied);
  });
});
