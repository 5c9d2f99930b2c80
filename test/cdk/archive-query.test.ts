import { Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { ArchiveQuery } from '../../cdk/constructs/archive-query.ts';
import { RewindMq } from '../../cdk/constructs/rewindmq.ts';
import { retentionClassDays } from '../../lib/core/retention-classes.ts';
import { schema } from '../../lib/storage/archive/columns.ts';
import { templateOf } from './synthesized.ts';

const table = 'AWS::Glue::Table';

interface Column {
  readonly Name: string;
}

interface TableInput {
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly StorageDescriptor: { readonly Columns: readonly Column[] };
  readonly PartitionKeys: readonly Column[];
}

describe('the archive as a table of Athena', () => {
  const template = templateOf((scope) => new ArchiveQuery(scope, 'Query', { bucket: new Bucket(scope, 'Bucket'), serviceName: 'My Shop' }));
  const resources = Object.values(template.findResources(table)) as unknown as readonly { readonly Properties: { readonly TableInput: TableInput } }[];
  const { Parameters: parameters, StorageDescriptor: stored, PartitionKeys: partitions } = resources[0]!.Properties.TableInput;

  it('has every column of the files, and those of the path', () => {
    const inFiles = schema.slice(1).flatMap(({ name }) => (['list', 'element', 'key_value', 'key', 'value'].includes(name) ? [] : [name]));
    const named = [...stored.Columns, ...partitions].map(({ Name: name }) => name);
    expect(named.toSorted()).toEqual([...inFiles, 'class', 'hour'].toSorted());
    expect(new Set(named).size).toBe(named.length);
  });

  it('computes partitions from the path, for every retention class, and needs no crawler', () => {
    expect(parameters).toMatchObject({
      'projection.enabled': 'true', 'projection.queue.type': 'injected',
      'projection.hour.format': "yyyy-MM-dd'T'HH", 'projection.hour.interval.unit': 'HOURS', 'projection.hour.range': 'NOW-402DAYS,NOW',
    });
    expect(String(parameters['projection.class.values']).split(',')).toEqual([...retentionClassDays.map((days) => `${days}d`), 'kept']);
    expect(JSON.stringify(parameters['storage.location.template'])).toContain('/archive/${class}/queue=${queue}/hour=${hour}/');
    template.resourceCountIs('AWS::Glue::Crawler', 0);
  });

  it('keeps results encrypted, in a place of their own, whatever a client asks for', () => {
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'My-Shop-archive',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        ResultConfiguration: {
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
          OutputLocation: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/athena-results/$')])] },
        },
      },
    });
  });

  it('names its database after the deployment, as Glue allows it', () => {
    template.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: 'my_shop_archive' } });
    template.hasResourceProperties(table, { DatabaseName: 'my_shop_archive' });
  });

  it('is there only when it is asked for', () => {
    templateOf((scope) => new RewindMq(scope, 'Queues')).resourceCountIs(table, 0);
    templateOf((scope) => new RewindMq(scope, 'Queues', { athena: true })).resourceCountIs(table, 1);
  });
});
