import {
  ActionAfterCompletion, ConflictException, CreateScheduleCommand, type CreateScheduleCommandInput, FlexibleTimeWindowMode, ResourceNotFoundException, SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { JobKey } from '../core/ports/job-table.ts';
import type { ScheduleJob } from '../housekeeping/run-job.ts';

export interface ScheduledStartsOptions {
  /** The schedules of one deployment. */
  readonly groupName: string;
  /** What EventBridge Scheduler may start the function as. */
  readonly roleArn: string;
  /** The function that runs jobs. */
  readonly functionArn: string;
}

const CREATE_OR_UPDATE_TRIES = 4;

/**
 * Starts of jobs at a later time, each a schedule of EventBridge that goes when it is done. One a job: a time that was
 * asked for before is replaced. They come up to a minute late.
 */
export function scheduledStarts({ groupName, roleArn, functionArn }: ScheduledStartsOptions, client = new SchedulerClient()): ScheduleJob {
  return async (job, atMs) => {
    const schedule: CreateScheduleCommandInput = {
      GroupName: groupName,
      Name: scheduleNameOf(job),
      ScheduleExpression: atExpression(atMs),
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: FlexibleTimeWindowMode.OFF },
      ActionAfterCompletion: ActionAfterCompletion.DELETE,
      Target: { Arn: functionArn, RoleArn: roleArn, Input: JSON.stringify(job) },
    };
    for (let tries = 1; ; tries += 1) {
      try {
        await (tries % 2 === 1 ? client.send(new CreateScheduleCommand(schedule)) : client.send(new UpdateScheduleCommand(schedule)));
        return;
      } catch (fault) {
        // There is one already; or it went in between.
        const isTheOther = fault instanceof ConflictException || fault instanceof ResourceNotFoundException;
        if (!isTheOther || tries >= CREATE_OR_UPDATE_TRIES) throw fault;
      }
    }
  };
}

/** Incarnations and ids have letters, digits and dots; a name may have 64 characters. */
export const scheduleNameOf = ({ kind, jobId }: JobKey): string => `${kind}-${jobId}`.slice(0, 64);

/** Whole seconds, never early. */
const atExpression = (atMs: number): string => `at(${new Date(Math.ceil(atMs / 1000) * 1000).toISOString().slice(0, 19)})`;
