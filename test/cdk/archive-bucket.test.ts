import { Match } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { ArchiveBucket } from '../../cdk/constructs/archive-bucket.ts';
import { retentionClassDays } from '../../lib/core/retention-classes.ts';
import { grantsIn, templateOf } from './synthesized.ts';

const denied = (condition: object) => Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: condition });

describe('the archive bucket', () => {
  const template = templateOf((scope) => {
    const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new ArchiveBucket(scope, 'Archive').grantDataPlane(role);
  });

  it('stays when the stack goes', () => {
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('is encrypted and closed to the public, whatever an access list says', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  it('refuses plain HTTP and old TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          denied({ Bool: { 'aws:SecureTransport': 'false' } }),
          denied({ NumericLessThan: { 's3:TlsVersion': 1.2 } }),
        ]),
      }),
    });
  });

  it.each(retentionClassDays)('removes segments and files of the class of %i days after that time', (days) => {
    for (const prefix of ['segments', 'archive']) {
      template.hasResourceProperties('AWS::S3::Bucket', {
        LifecycleConfiguration: {
          Rules: Match.arrayWith([{ Id: `${prefix}-${days}d`, Prefix: `${prefix}/${days}d/`, ExpirationInDays: days, Status: 'Enabled' }]),
        },
      });
    }
  });

  it('removes what an interrupted upload left behind', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })]),
      },
    });
  });

  /** Grants on objects, as action and prefix. */
  const onObjects = (of: typeof template): readonly string[] => grantsIn(of)
    .flatMap(({ action, resource }) => (action === 's3:ListBucket' ? [] : [`${action} ${/"\/(\w+)\/\*"/.exec(resource)?.[1]}`])).toSorted();

  it('lets a function write segments, read them and the archive, and delete nothing', () => {
    expect(onObjects(template)).toEqual(['s3:GetObject archive', 's3:GetObject segments', 's3:PutObject segments']);
  });

  it('lets the archiver read segments, write the archive, and delete nothing', () => {
    const archiver = templateOf((scope) => {
      const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      new ArchiveBucket(scope, 'Archive').grantArchiver(role);
    });
    expect(onObjects(archiver)).toEqual(['s3:GetObject archive', 's3:GetObject segments', 's3:PutObject archive']);
    expect(grantsIn(archiver).map(({ action }) => action)).toContain('s3:ListBucket');
  });
});
