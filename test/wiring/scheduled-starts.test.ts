import { ConflictException, ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler';
import { describe, expect, it } from 'vitest';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import { epochMs } from '../../lib/core/time.ts';
import { scheduledStarts } from '../../lib/wiring/scheduled-starts.ts';

const job: JobKey = { kind: 'push', incarnation: 'id0123456789ab.id0123456789cd', jobId: 'id0123456789ab.id0123456789cd' };
const options = { groupName: 'jobs', roleArn: 'arn:role', functionArn: 'arn:function' };
const conflict = new ConflictException({ message: 'there is one', Message: 'there is one', $metadata: {} });
const missing = new ResourceNotFoundException({ message: 'there is none', Message: 'there is none', $metadata: {} });

/** A scheduler that answers each request with the next of these. */
function schedulerAnswering(...answers: readonly (Error | 'ok')[]) {
  const client = new SchedulerClient({ region: 'x', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const requests: [string, object][] = [];
  client.middlewareStack.add((_next, context) => async ({ input }) => {
    const answer = answers[requests.length];
    requests.push([String(context.commandName), input]);
    if (answer instanceof Error) throw answer;
    return { response: {}, output: { $metadata: {} } as never };
  }, { step: 'initialize' });
  return { schedule: scheduledStarts(options, client), requests };
}

describe('a scheduled start', () => {
  it('is a schedule for once, of a whole second, that is never early and goes when it is done', async () => {
    const { schedule, requests } = schedulerAnswering('ok');
    await schedule(job, epochMs(Date.UTC(2030, 0, 2, 3, 4, 5, 1)));
    expect(requests).toEqual([['CreateScheduleCommand', {
      GroupName: 'jobs', Name: 'push-id0123456789ab.id0123456789cd', ScheduleExpression: 'at(2030-01-02T03:04:06)', ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' }, ActionAfterCompletion: 'DELETE', Target: { Arn: 'arn:function', RoleArn: 'arn:role', Input: JSON.stringify(job) },
    }]]);
  });

  it('takes the place of one that the job has already, also when that goes in between', async () => {
    const { schedule, requests } = schedulerAnswering(conflict, missing, 'ok');
    await schedule(job, epochMs(0));
    expect(requests.map(([name]) => name)).toEqual(['CreateScheduleCommand', 'UpdateScheduleCommand', 'CreateScheduleCommand']);
  });

  it('tells what else is wrong', async () => {
    const { schedule } = schedulerAnswering(new Error('no permission'));
    await expect(schedule(job, epochMs(0))).rejects.toThrow('no permission');
  });
});
