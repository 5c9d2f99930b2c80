import { parseArgs } from 'node:util';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { KEY_VARIABLE } from '../lib/platform/access-key-variable.ts';
import type { ArchiveRun } from './archiving.ts';

/** `npm run archive`: one turn of the archiver of a running server, now. */
const helpText = `Usage: npm run archive -- [flags]

Puts messages of a running RewindMQ into its archive now, instead of a day after they were sent.
Only queues whose history is longer than the table keeps it have one: retentionSeconds or
rewindSeconds of more than 7 days.

  --queue NAME      only this queue (default: all)
  --older-than AGE  what was sent at least so long ago, as 90s, 15m, 6h or 1d (default 0s: everything)
  --url URL         of the server (default http://127.0.0.1:8400)
  --help            print this text

A server that takes signed requests only: with its key in ${KEY_VARIABLE}, as ID:SECRET.
`;

const flags = {
  queue: { type: 'string' },
  'older-than': { type: 'string', default: '0s' },
  url: { type: 'string', default: 'http://127.0.0.1:8400' },
  help: { type: 'boolean', default: false },
} as const;

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});

async function main(): Promise<number> {
  const { values } = parseArgs({ options: flags });
  if (values.help) {
    process.stdout.write(helpText);
    return 0;
  }
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(values['older-than']) ?? [];
  if (count === undefined) {
    process.stderr.write(`--older-than must be an age like 90s, 15m, 6h or 1d, got ${values['older-than']}\n\n${helpText}`);
    return 2;
  }
  const said = { olderThanSeconds: Number(count) * (secondsIn[unit] ?? 1), ...(values.queue === undefined ? {} : { queue: values.queue }) };
  const run = await archiveBy(values.url, said);
  process.stdout.write(`${told(run, values.queue)}\n`);
  return run.failed + run.unreadable > 0 ? 1 : 0;
}

async function archiveBy(url: string, said: object): Promise<ArchiveRun> {
  const target = new URL('/local/archive', url);
  const body = JSON.stringify(said);
  const response = await fetch(target, { method: 'POST', headers: await signed(target, body), body }).catch((cause: unknown) => {
    throw new Error(`no RewindMQ answers at ${url}: start it with npm start, or name another one with --url`, { cause });
  });
  if (!response.ok) {
    const text = await response.text();
    throw new Error(refusalIn(text) ?? `${url} answered ${response.status}: ${text}`);
  }
  return await response.json() as ArchiveRun;
}

/** The headers of a signed request, where there is a key to sign with. */
async function signed({ host, hostname, pathname }: URL, body: string): Promise<Record<string, string>> {
  const key = process.env[KEY_VARIABLE];
  if (!key) return {};
  const [accessKeyId = '', ...secret] = key.split(':');
  const credentials = { accessKeyId, secretAccessKey: secret.join(':') };
  const signer = new SignatureV4({ service: 'execute-api', region: 'local', credentials, sha256: Hash.bind(null, 'sha256') });
  const { headers } = await signer.sign({ method: 'POST', protocol: 'http:', hostname, path: pathname, headers: { host }, body });
  return headers;
}

/** As a RewindMQ words it; something else at that address answers as it likes. */
function refusalIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
    return error?.message;
  } catch {
    return undefined;
  }
}

function told({ queues, messages, objects, failed, unreadable, folder }: ArchiveRun, queue: string | undefined): string {
  const whose = queue === undefined ? 'No queue has' : `The queue ${queue} has no`;
  if (queues === 0) return `${whose} history of more than 7 days: nothing to archive.`;
  const where = folder === null ? 'in memory' : `under ${folder}`;
  const wrong = failed + unreadable === 0 ? '' : `; ${failed} shards failed and ${unreadable} sends could not be read: the log of the server says why`;
  return `Archived ${messages} messages in ${objects} files ${where}${wrong}.`;
}
