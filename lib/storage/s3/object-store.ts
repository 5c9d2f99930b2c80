import {
  DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound, PutObjectCommand, type S3Client, S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { ObjectMeter } from '../items/meters.ts';
import { storeFault } from '../items/sdk-faults.ts';

export interface S3Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly meter?: ObjectMeter;
}

/** Two conditional puts of one key that meet answer 409 to one of them: "retry", says the S3 manual. */
const CONFLICT_TRIES = 5;

/** Objects in an S3 bucket. */
export function s3ObjectStore({ client, bucket, meter }: S3Bucket): ObjectStore {
  const put = async (key: string, bytes: Uint8Array, condition: { readonly IfNoneMatch?: '*' } = {}): Promise<void> => {
    meter?.objectPut();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ...condition }));
  };
  return {
    putObject: (key, bytes) => answered(() => put(key, bytes)),
    putObjectIfAbsent: (key, bytes) => answered(() => putIfAbsent(() => put(key, bytes, { IfNoneMatch: '*' }))),
    getObject: (key) => answered(async () => {
      meter?.objectGet();
      return getIfThere(async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Body?.transformToByteArray();
      });
    }),
    getObjectRange: (key, from, end) => answered(async () => {
      if (end <= from) return new Uint8Array();
      meter?.objectGet();
      return getIfThere(() => rangeOrNothing(async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${from}-${end - 1}` }));
        return Body?.transformToByteArray();
      }));
    }),
    objectBytes: (key) => answered(async () => {
      meter?.objectGet();
      return getIfThere(async () => (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentLength);
    }),
    deleteObject: (key) => answered(async () => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    }),
  };
}

async function putIfAbsent(put: () => Promise<void>): Promise<'landed' | 'refused'> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    try {
      await put();
      return 'landed';
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 412) return 'refused';
      if (status !== 409 || tryNumber === CONFLICT_TRIES) throw error;
    }
  }
}

async function getIfThere<T>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
    throw error;
  }
}

/** A range that begins behind the end of the object is refused by S3; to us it is an empty one. */
async function rangeOrNothing(get: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 416) return new Uint8Array();
    throw error;
  }
}

async function answered<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw storeFault('the bucket', error);
  }
}
