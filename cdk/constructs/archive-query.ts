import { Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import retentionClassDays from '../../lib/core/retention-classes.json' with { type: 'json' };

export interface ArchiveQueryProps {
  readonly bucket: Bucket;
  /** Names database and workgroup: two deployments in one account have one each. */
  readonly serviceName: string;
}

/** Columns of the files, as lib/storage/archive/columns.ts writes them; `queue` and `hour` come from the path. */
const columns: Readonly<Record<string, string>> = {
  shard: 'string',
  offset: 'bigint',
  message_id: 'string',
  enqueue_time: 'timestamp',
  due_time: 'timestamp',
  attributes: 'map<string,string>',
  tags: 'array<string>',
  body: 'string',
  body_bytes: 'binary',
  dead_letter_origin: 'string',
  replay: 'string',
  routing_key: 'string',
  recipient: 'string',
  segment: 'bigint',
  append_id: 'string',
  retention_seconds: 'int',
};

/**
 * The archive as a table of Athena. Partitions are computed from the path and never stored, so nothing
 * has to be crawled or repaired: a query names a queue, and hours as texts like `2026-11-21T06`.
 */
export class ArchiveQuery extends Construct {
  readonly database: string;
  readonly workGroup: string;

  constructor(scope: Construct, id: string, { bucket, serviceName }: ArchiveQueryProps) {
    super(scope, id);
    this.database = `${serviceName.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}_archive`;
    this.workGroup = `${serviceName.replaceAll(/[^A-Za-z0-9._-]/g, '-')}-archive`;
    const catalogId = Stack.of(this).account;
    const database = new CfnDatabase(this, 'Database', {
      catalogId, databaseInput: { name: this.database, description: 'RewindMQ: messages of the archive' },
    });
    const table = new CfnTable(this, 'Messages', { catalogId, databaseName: this.database, tableInput: messagesOf(bucket) });
    table.addResourceDependency(database);
    new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroup,
      description: 'RewindMQ: queries of the archive',
      // What was asked once is no history: deleting the workgroup may take it along.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        resultConfiguration: {
          outputLocation: bucket.s3UrlForObject('athena-results/'),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }
}

const messagesOf = (bucket: Bucket): CfnTable.TableInputProperty => ({
  name: 'messages',
  description: 'One row a message',
  tableType: 'EXTERNAL_TABLE',
  partitionKeys: [{ name: 'class', type: 'string' }, { name: 'queue', type: 'string' }, { name: 'hour', type: 'string' }],
  parameters: {
    classification: 'parquet',
    'projection.enabled': 'true',
    'projection.class.type': 'enum',
    'projection.class.values': [...retentionClassDays.map((days) => `${days}d`), 'kept'].join(','),
    // Only the query knows the names of queues.
    'projection.queue.type': 'injected',
    'projection.hour.type': 'date',
    'projection.hour.format': "yyyy-MM-dd'T'HH",
    'projection.hour.range': `NOW-${Math.max(...retentionClassDays)}DAYS,NOW`,
    'projection.hour.interval': '1',
    'projection.hour.interval.unit': 'HOURS',
    'storage.location.template': bucket.s3UrlForObject('archive/${class}/queue=${queue}/hour=${hour}/'),
  },
  storageDescriptor: {
    location: bucket.s3UrlForObject('archive/'),
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  },
});
