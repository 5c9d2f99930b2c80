import { describe, expect, it } from 'vitest';
import { readAwsSettings, readLogLevel } from '../../lib/platform/settings.ts';

describe('readAwsSettings', () => {
  it('reads what the stack sets', () => {
    expect(readAwsSettings({
      REWINDMQ_TABLE: 't', REWINDMQ_BUCKET: 'b', REWINDMQ_JOB_FUNCTION: 'f', REWINDMQ_LOG_LEVEL: 'warn', REWINDMQ_PRIVATE_ENDPOINTS: 'allowed',
      REWINDMQ_SCHEDULE_GROUP: 'g', REWINDMQ_SCHEDULE_ROLE: 'r', REWINDMQ_SECRET_KEY: 'arn', REWINDMQ_CALLERS: 'iam',
    })).toEqual({
      tableName: 't', bucketName: 'b', jobFunctionName: 'f', logLevel: 'warn', allowsPrivateEndpoints: true, schedules: { groupName: 'g', roleArn: 'r' },
      secretKeyArn: 'arn', callers: 'iam',
    });
  });

  it('does without a job function, schedules, access keys and a log level, and keeps to public endpoints', () => {
    expect(readAwsSettings({ REWINDMQ_TABLE: 't', REWINDMQ_BUCKET: 'b' })).toEqual({
      tableName: 't', bucketName: 'b', allowsPrivateEndpoints: false, callers: 'accessKeys', logLevel: 'info',
    });
  });

  it.each(['IAM', 'none', ''])('opens nothing by a slip: %j is not known', (callers) => {
    expect(() => readAwsSettings({ REWINDMQ_TABLE: 't', REWINDMQ_BUCKET: 'b', REWINDMQ_CALLERS: callers })).toThrow(`REWINDMQ_CALLERS must be iam or accessKeys, got ${callers}`);
  });

  it('names everything that is missing or wrong at once', () => {
    expect(() => readAwsSettings({ REWINDMQ_TABLE: '', REWINDMQ_LOG_LEVEL: 'loud' }))
      .toThrow(/REWINDMQ_TABLE is not set; .*REWINDMQ_BUCKET is not set; REWINDMQ_LOG_LEVEL must be one of info, .*got loud/);
  });
});

describe('readLogLevel', () => {
  it.each(['info', 'warn', 'error', 'silent'] as const)('knows %s', (level) => {
    expect(readLogLevel({ REWINDMQ_LOG_LEVEL: level })).toBe(level);
  });
});
