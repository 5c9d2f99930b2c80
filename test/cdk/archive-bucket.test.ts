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

  it.each(retentionClassDays)('removes segments of the class of %i days after that time', (days) => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([{ Id: `segments-${days}d`, Prefix: `segments/${days}d/`, ExpirationInDays: days, Status: 'Enabled' }]),
      },
    });
  });

  it('removes what an interrupted upload left behind', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })]),
      },
    });
  });

  it('lets a function write and read segments only, and delete nothing', () => {
    const grants = grantsIn(template);
    expect(grants.map(({ action }) => action).toSorted()).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    const objects = grants.filter(({ action }) => action !== 's3:ListBucket');
    expect(objects.every(({ resource }) => resource.includes('"/segments/*"'))).toBe(true);
  });
});
