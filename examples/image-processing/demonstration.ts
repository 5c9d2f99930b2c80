import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemsOf } from './check-results.ts';
import { parseOperations, type PictureResponse, pictureResponseShape } from './pictures.ts';
import { startRewindmq, startUntil } from './programs.ts';
import { openQueue } from './queue-client.ts';
import { startWorkforce, type Workforce, type WorkforceEvent } from './workforce.ts';

export interface DemonstrationOptions {
  readonly workers: number;
  /** Folder with the pictures to upload. */
  readonly pictures: string;
  /** A RewindMQ that runs already; absent: one is started for this run. */
  readonly rewindmqUrl: string | undefined;
  /** Leave pictures, results and queues where they are. */
  readonly keep: boolean;
}

export interface Summary {
  readonly pictures: number;
  readonly results: number;
  /** Everything that is not as it should be; empty when all is well. */
  readonly problems: readonly string[];
}

type Say = (text: string) => void;
type CleanUp = () => Promise<unknown>;

const operations = 'thumbnail:320,crop:600x600,contrast:1.4';
// Short, so that the picture of the killed worker comes back soon. Workers extend it while they are busy.
const visibilityTimeoutSeconds = 3;
const patienceSeconds = 60;

/** The whole story once: start everything, upload, kill a worker, collect the results, check them, clean up. */
export async function demonstrate(options: DemonstrationOptions, say: Say): Promise<Summary> {
  const cleanUps: CleanUp[] = [];
  try {
    const place = await openPlace(options, say, cleanUps);
    const { found: serverUrl, program: server } = await startUntil({
      file: 'examples/image-processing/server.ts',
      args: ['--port', '0', ...place.args],
      match: (line) => /"url":"([^"]+)"/.exec(line)?.[1],
    });
    cleanUps.push(() => server.stop());
    say(`web server    ${serverUrl}`);

    const workforce = startWorkforce({
      size: options.workers,
      args: [...place.args, '--visibility-timeout', String(visibilityTimeoutSeconds)],
      killOne: options.workers > 1,
      say: (event) => say(describeEvent(event)),
    });
    cleanUps.push(() => workforce.stop());
    await workforce.ready;
    if (options.workers === 1) say('one worker alone has nobody to take over: none is killed');

    return await uploadAndCollect({ options, serverUrl, workforce, say });
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  }
}

/** RewindMQ, the queues of this run, and the folder for pictures and results. */
async function openPlace(options: DemonstrationOptions, say: Say, cleanUps: CleanUp[]): Promise<{ readonly args: readonly string[] }> {
  const rewindmqUrl = options.rewindmqUrl ?? await startOwn(cleanUps);
  const folder = await mkdtemp(join(tmpdir(), 'rewindmq-pictures-'));
  if (options.keep) cleanUps.push(async () => say(`kept: pictures and results in ${folder}`));
  // Also when it is interrupted.
  else process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

  // Queues of its own: a run beside another one, or after one that was interrupted, shares nothing with it.
  const run = basename(folder).slice(-6).replace(/\W/g, '0');
  const queueNamed = (name: string) => openQueue(rewindmqUrl, `${name}-${run}`);
  const [failures, requests, responses] = [queueNamed('picture-failures'), queueNamed('picture-requests'), queueNamed('picture-responses')];
  await failures.create();
  await requests.create({ visibilityTimeoutSeconds, deadLetter: { queue: failures.name, maxReceiveCount: 5 } });
  await responses.create();
  if (!options.keep) for (const queue of [failures, responses, requests]) cleanUps.push(() => queue.drop());

  say(`RewindMQ      ${rewindmqUrl}`);
  say(`queues        ${requests.name}, ${responses.name}, ${failures.name}; visibility timeout ${visibilityTimeoutSeconds} s`);
  return { args: ['--rewindmq', rewindmqUrl, '--requests', requests.name, '--responses', responses.name, '--store', folder] };
}

async function startOwn(cleanUps: CleanUp[]): Promise<string> {
  const { program, found } = await startRewindmq();
  cleanUps.push(() => program.stop());
  return found;
}

interface Run {
  readonly options: DemonstrationOptions;
  readonly serverUrl: string;
  readonly workforce: Workforce;
  readonly say: Say;
}

interface Upload {
  readonly file: string;
  readonly original: Uint8Array;
  readonly pictureKey: string;
}

async function uploadAndCollect(run: Run): Promise<Summary> {
  const files = (await readdir(run.options.pictures)).filter((file) => /\.(?:jpe?g|png|webp)$/i.test(file));
  if (files.length === 0) throw new Error(`there are no pictures in ${run.options.pictures}`);
  const uploads = await Promise.all(files.map((file) => upload(run, file)));
  const responses = await Promise.all(uploads.map(({ pictureKey }) => responseFor(run, pictureKey)));
  const problems = await Promise.all(uploads.map(async (uploaded, index) => checkPicture(run, uploaded, responses[index])));
  return {
    pictures: uploads.length,
    results: responses.reduce((sum, response) => sum + (response?.results.length ?? 0), 0),
    problems: [...problems.flat(), ...await checkTakeOver(run)],
  };
}

async function upload({ options, serverUrl, say }: Run, file: string): Promise<Upload> {
  const original = await readFile(join(options.pictures, file));
  const reply = await fetch(`${serverUrl}/pictures/${encodeURIComponent(file)}?operations=${operations}`, { method: 'POST', body: original });
  const { pictureKey, error } = await reply.json() as { pictureKey?: string; error?: string };
  if (pictureKey === undefined) throw new Error(`the web server refused ${file}: ${error}`);
  say(`uploaded      ${pictureKey}  ${Math.ceil(original.length / 1024)} KiB  ${operations}`);
  return { file, original, pictureKey };
}

async function responseFor({ serverUrl }: Run, pictureKey: string): Promise<PictureResponse | undefined> {
  const reply = await fetch(`${serverUrl}/pictures/${pictureKey}?waitSeconds=${patienceSeconds}`);
  return reply.status === 200 ? pictureResponseShape.parse(await reply.json()) : undefined;
}

async function checkPicture({ serverUrl }: Run, { file, original }: Upload, response: PictureResponse | undefined): Promise<readonly string[]> {
  if (!response) return [`${file}: no response in ${patienceSeconds} s`];
  if (response.problem !== undefined) return [`${file}: ${response.problem}`];
  const problems = await Promise.all(parseOperations(operations).map(async (operation, index) => {
    const reply = await fetch(`${serverUrl}/files/${response.results[index]?.resultKey}`);
    if (!reply.ok) return [`result ${index + 1} is not in the store`];
    return problemsOf({ original, operation, result: new Uint8Array(await reply.arrayBuffer()) });
  }));
  return problems.flat().map((problem) => `${file}: ${problem}`);
}

/** The picture of the killed worker was done all the same, by another. */
async function checkTakeOver({ options, workforce, say }: Run): Promise<readonly string[]> {
  if (options.workers === 1) return [];
  const loss = await workforce.loss();
  if (!loss) return ['no worker was killed in the middle of its work'];
  const patience = sleep(patienceSeconds * 1000, undefined, { ref: false });
  const takeOver = await Promise.race([workforce.takeOver, patience]);
  if (!takeOver) return [`nobody did ${loss.pictureKey}, which the killed ${loss.worker} had in hand`];
  say(`taken over    ${loss.pictureKey} of the killed ${loss.worker} was done by ${takeOver.worker}, in delivery ${takeOver.receiveCount}`);
  return [];
}

function describeEvent(event: WorkforceEvent): string {
  const who = event.worker.padEnd(13);
  switch (event.event) {
    case 'ready': return `${who} is ready`;
    case 'took': return `${who} took      ${event.pictureKey}${event.receiveCount > 1 ? `  (delivery ${event.receiveCount})` : ''}`;
    case 'stored': return `${who} stored    ${event.resultKey}`;
    case 'finished': return `${who} finished  ${event.pictureKey}`;
    case 'failed': return `${who} left      ${event.messageId} for another try: ${event.problem}`;
    case 'killed': return `${who} KILLED (SIGKILL) in the middle of ${event.pictureKey}`;
  }
}
