import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isKey, openPictureStore, pictureKey, resultKey } from '../../examples/image-processing/picture-store.ts';
import { applyOperation, nameOf, parseOperations } from '../../examples/image-processing/pictures.ts';
import { type Program, startRewindmq, startUntil } from '../../examples/image-processing/programs.ts';
import { openQueue } from '../../examples/image-processing/queue-client.ts';

const samples = 'examples/image-processing/pictures';
const patienceMs = 120_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rewindmq-example-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** The example as its reader starts it, with a RewindMQ and a folder for temporary files of its own. */
function runExample(temporary: string, ...flags: readonly string[]): Promise<Ended> {
  const env = { ...process.env, REWINDMQ_URL: '', TMPDIR: temporary };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'examples/image-processing/run.ts', ...flags], { env }, (error, output, errors) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output, errors });
    });
  });
}

describe('the image example', () => {
  it('has every picture done, also that of the worker killed in the middle', { timeout: patienceMs }, async () => {
    const { code, output, errors } = await runExample(folder, '--workers', '3', '--keep');

    expect({ code, output, errors }).toMatchObject({ code: 0 });
    expect(output).toContain('6 pictures, 18 results, all checked and right.');
    const [, killed, lost] = /(worker \d) +KILLED \(SIGKILL\) in the middle of (\S+)/.exec(output) ?? [];
    const [, takenOver, victim, heir, delivery] = /taken over +(\S+) of the killed (worker \d) was done by (worker \d), in delivery (\d)/.exec(output) ?? [];
    expect({ takenOver, victim }).toEqual({ takenOver: lost, victim: killed });
    expect(heir).not.toBe(killed);
    expect(Number(delivery)).toBeGreaterThan(1);

    const [, kept = ''] = /pictures and results in (\S+)/.exec(output) ?? [];
    const results = await readdir(join(kept, 'results'), { recursive: true });
    expect(results.filter((name) => /\.(?:webp|jpg)$/.test(name))).toHaveLength(18);
    const crop = results.find((name) => name.includes('dunes-upright') && name.endsWith('crop-600x600.jpg'))!;
    expect(await sharp(await readFile(join(kept, 'results', crop))).metadata()).toMatchObject({ format: 'jpeg', width: 600, height: 600 });
  });

  it('says which file is no picture, does the others, fails, and leaves nothing behind', { timeout: patienceMs }, async () => {
    const temporary = await mkdtemp(join(folder, 'run-'));
    const pictures = join(folder, 'pictures');
    await cp(join(samples, 'sea.jpg'), join(pictures, 'sea.jpg'));
    await writeFile(join(pictures, 'letter.jpg'), 'Dear Sir or Madam');

    const { code, output, errors } = await runExample(temporary, '--workers', '1', '--pictures', pictures);

    expect({ code, output, errors }).toMatchObject({ code: 1 });
    expect(errors).toMatch(/WRONG: letter\.jpg: .*unsupported image format/);
    expect(output).toContain('2 pictures, 3 results, 1 wrong.');
    expect((await readdir(temporary)).filter((name) => name.startsWith('rewindmq'))).toEqual([]);
  });

  it('refuses a number of workers it cannot start', async () => {
    expect(await runExample(folder, '--workers', '0')).toMatchObject({ code: 2, errors: expect.stringContaining('from 1 to 32, got 0') });
  });
});

describe('the web server of the example', () => {
  const programs: Program[] = [];
  let url: string;

  beforeAll(async () => {
    const { program: rewindmq, found: rewindmqUrl } = await startRewindmq();
    programs.push(rewindmq);
    const [requests, responses] = [openQueue(rewindmqUrl, 'requests'), openQueue(rewindmqUrl, 'responses')];
    await Promise.all([requests.create(), responses.create()]);
    const { program, found } = await startUntil({
      file: 'examples/image-processing/server.ts',
      args: ['--port', '0', '--rewindmq', rewindmqUrl, '--requests', requests.name, '--responses', responses.name, '--store', join(folder, 'server')],
      match: (line) => /"url":"([^"]+)"/.exec(line)?.[1],
    });
    programs.unshift(program);
    url = found;
  });
  afterAll(async () => {
    for (const program of programs) await program.stop();
  });

  const ask = async (method: string, path: string, body?: string) => {
    const reply = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body }) });
    return { status: reply.status, text: await reply.text() };
  };

  it('takes a picture, and says that its results are not there yet', async () => {
    const { status, text } = await ask('POST', '/pictures/a.jpg?operations=thumbnail:320', 'bytes');
    const { pictureKey: key } = JSON.parse(text) as { pictureKey: string };
    expect({ status, key }).toEqual({ status: 202, key: expect.stringMatching(/^originals\/a-\w{8}\.jpg$/) });
    expect(await ask('GET', `/files/${key}`)).toEqual({ status: 200, text: 'bytes' });
    expect((await ask('GET', `/pictures/${key}`)).status).toBe(202);
  });

  it.each([
    ['POST', '/pictures/a.jpg', 400, 'is not an operation'],
    ['POST', '/pictures/a.jpg?operations=rotate:90', 400, 'rotate:90'],
    ['POST', '/pictures/a.j%24g?operations=thumbnail:320', 400, 'is not a name for a picture'],
    ['GET', '/files/..%2F..%2Fpackage.json', 400, 'not the key of a picture'],
    ['GET', '/files/originals/none.jpg', 404, 'there is no originals/none.jpg'],
    ['GET', '/files/%zz', 400, 'percent-encoded'],
    ['GET', '/elsewhere', 404, 'there is nothing at GET /elsewhere'],
  ])('answers %s %s with %i: %s', async (method, path, status, reason) => {
    const reply = await ask(method, path, method === 'POST' ? 'bytes' : undefined);
    expect(reply).toEqual({ status, text: expect.stringContaining(reason) });
  });

  it('refuses an upload without a picture', async () => {
    expect(await ask('POST', '/pictures/a.jpg?operations=thumbnail:320', '')).toMatchObject({ status: 400 });
  });
});

describe('operations on pictures', () => {
  it('reads the text form of each', () => {
    expect(parseOperations('thumbnail:320,crop:600x400,contrast:1.4').map(nameOf)).toEqual(['thumbnail-320', 'crop-600x400', 'contrast-1.4']);
  });

  it.each(['', 'thumbnail', 'thumbnail:0', 'thumbnail:4097', 'crop:600', 'crop:axb', 'contrast:99', 'rotate:90', 'constructor:1'])(
    'refuses "%s" and names it',
    (text) => {
      expect(() => parseOperations(`thumbnail:10,${text}`)).toThrow(`"${text}" is not an operation`);
    },
  );

  it('turns a picture upright before it does anything else', async () => {
    const dunes = await readFile(join(samples, 'dunes-upright.jpg'));
    expect(await sharp(dunes).metadata()).toMatchObject({ width: 1600, height: 1200, orientation: 6 });
    expect(await applyOperation(dunes, { kind: 'thumbnail', side: 320 })).toMatchObject({ width: 240, height: 320 });
  });

  it('gives the same bytes for the same picture and operation', async () => {
    const leaf = await readFile(join(samples, 'leaf.png'));
    const [once, again] = [await applyOperation(leaf, { kind: 'crop', width: 100, height: 50 }), await applyOperation(leaf, { kind: 'crop', width: 100, height: 50 })];
    expect(Buffer.compare(once.bytes, again.bytes)).toBe(0);
  });
});

describe('the picture store of the example', () => {
  it('gives back what was put, under a key made of name and content', async () => {
    const store = openPictureStore(join(folder, 'store'));
    const bytes = new TextEncoder().encode('not really a picture');
    const key = pictureKey('Sea & sun.JPG', bytes);
    await store.put(key, bytes);
    expect(key).toMatch(/^originals\/Sea-sun-[0-9a-f]{8}\.jpg$/);
    expect(new Uint8Array(await store.get(key))).toEqual(bytes);
    expect(isKey(resultKey(key, 'thumbnail-320', 'webp'))).toBe(true);
  });

  it.each(['../secret', 'originals/../../secret', '/etc/passwd', 'originals/', 'results/a', 'other/a.jpg'])('has no file at %s', async (key) => {
    await expect(async () => openPictureStore(folder).get(key)).rejects.toThrow('is not the key of a picture');
  });
});
