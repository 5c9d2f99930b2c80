import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { system } from '../../lib/platform/system.ts';
import { folderObjectStore } from '../../lib/storage/folder/object-store.ts';
import { memoryObjectStore } from '../../lib/storage/memory/object-store.ts';
import { s3Client } from '../../lib/storage/s3/client.ts';
import { s3ObjectStore } from '../../lib/storage/s3/object-store.ts';
import { type ObjectEngine, objectStoreContract } from './object-store.contract.ts';

const endpoint = process.env['CONTRACT_S3_ENDPOINT'];

const engines: readonly ObjectEngine[] = [
  {
    name: 'memory',
    open: async () => ({ objects: memoryObjectStore(), close: async () => {} }),
  },
  {
    name: 'folder',
    async open() {
      const folder = await mkdtemp(path.join(tmpdir(), 'rewindmq-objects-'));
      return { objects: folderObjectStore({ folder, newId: () => system.newId() }), close: () => rm(folder, { recursive: true }) };
    },
  },
  {
    name: `CONTRACT_S3_ENDPOINT ${endpoint ?? ''}`,
    ...(endpoint ? {} : { missing: 'CONTRACT_S3_ENDPOINT is not set' }),
    async open() {
      const credentials = { accessKeyId: 'contract', secretAccessKey: 'contract' };
      const client = s3Client({ endpoint: endpoint ?? '', region: 'us-east-1', credentials, forcePathStyle: true });
      const bucket = `contract-${system.newId()}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return { objects: s3ObjectStore({ client, bucket }), close: async () => { client.destroy(); } };
    },
  },
];

engines.forEach(objectStoreContract);
