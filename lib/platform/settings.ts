import { type LogLevel, logLevels } from './log.ts';

/** Names of the environment variables; the stacks set them, so they are written down once. */
export const environmentNames = {
  table: 'REWINDMQ_TABLE',
  bucket: 'REWINDMQ_BUCKET',
  jobFunction: 'REWINDMQ_JOB_FUNCTION',
  /** `allowed`: messages may be pushed to addresses that are not public. */
  privateEndpoints: 'REWINDMQ_PRIVATE_ENDPOINTS',
  scheduleGroup: 'REWINDMQ_SCHEDULE_GROUP',
  scheduleRole: 'REWINDMQ_SCHEDULE_ROLE',
  /** ARN of the KMS key that encrypts the secrets of access keys. */
  secretKey: 'REWINDMQ_SECRET_KEY',
  /** Who may call the function, `iam` or `accessKeys`: whom API Gateway has let in by IAM, or who signs with an access key. */
  callers: 'REWINDMQ_CALLERS',
  logLevel: 'REWINDMQ_LOG_LEVEL',
} as const;

/** What a function of the deployment is told of its surroundings. */
export interface AwsSettings {
  readonly tableName: string;
  readonly bucketName: string;
  /** Absent in a function that starts no jobs but itself. */
  readonly jobFunctionName?: string;
  readonly allowsPrivateEndpoints: boolean;
  /** Absent: there are no access keys. */
  readonly secretKeyArn?: string;
  /** Only when the stack says that IAM stands before the function, requests need no access key. */
  readonly callers: 'iam' | 'accessKeys';
  /** Of the function that runs jobs: how starts at a later time are asked for. */
  readonly schedules?: { readonly groupName: string; readonly roleArn: string };
  readonly logLevel: LogLevel;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process cannot start: what is wrong with its settings, all of it at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** @throws SettingsError, naming every variable that is missing or wrong */
export function readAwsSettings(environment: Environment): AwsSettings {
  const problems: string[] = [];
  const collect = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const tableName = collect(() => required(environment, environmentNames.table));
  const bucketName = collect(() => required(environment, environmentNames.bucket));
  const logLevel = collect(() => readLogLevel(environment));
  const callers = collect(() => readCallers(environment));
  if (!tableName || !bucketName || !logLevel || callers === undefined) throw new SettingsError(problems.join('; '));
  const jobFunctionName = environment[environmentNames.jobFunction];
  const secretKeyArn = environment[environmentNames.secretKey];
  const [groupName, roleArn] = [environment[environmentNames.scheduleGroup], environment[environmentNames.scheduleRole]];
  return {
    tableName, bucketName, logLevel,
    allowsPrivateEndpoints: environment[environmentNames.privateEndpoints] === 'allowed',
    callers,
    ...(secretKeyArn ? { secretKeyArn } : {}),
    ...(jobFunctionName ? { jobFunctionName } : {}),
    ...(groupName && roleArn ? { schedules: { groupName, roleArn } } : {}),
  };
}

/** @throws SettingsError */
export function readLogLevel(environment: Environment): LogLevel {
  const text = environment[environmentNames.logLevel] || 'info';
  const level = logLevels.find((known) => known === text);
  if (!level) throw new SettingsError(`${environmentNames.logLevel} must be one of ${logLevels.join(', ')}, got ${text}`);
  return level;
}

/** A function that is told nothing answers only who has a key. */
function readCallers(environment: Environment): AwsSettings['callers'] {
  const text = environment[environmentNames.callers] ?? 'accessKeys';
  if (text === 'iam' || text === 'accessKeys') return text;
  throw new SettingsError(`${environmentNames.callers} must be iam or accessKeys, got ${text}`);
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new SettingsError(`the environment variable ${name} is not set`);
  return value;
}
