import { describe, expect, it } from 'vitest';
import { bannedCalls, waitingTests } from './tidy/banned-calls.ts';
import { inexactVersions, operationsWithoutTest } from './tidy/companions.ts';
import { layerFaults } from './tidy/layers.ts';
import { functionLinesMax, fileLinesUnexplained, longFunctions, unexplainedLongFiles } from './tidy/size.ts';
import { readProject, type SourceFile } from './tidy/source.ts';
import { unfinishedWork, vagueFolderFaults, wordsOfOneMachine } from './tidy/words.ts';

/**
 * The habits of the project as tests: each rule holds for every file, and is seen to fail on a planted violation.
 * That the documents keep up with actions, error codes and limits is in test/protocol/docs.test.ts.
 */
const project = readProject();

const planted = (name: string, text: string): readonly SourceFile[] => [{ name, text }];
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `  use(${index});\n`).join('');

describe('layers', () => {
  it('every import points towards the core', () => {
    expect(layerFaults(project)).toEqual([]);
  });

  it.each([
    ['lib/core/queue/purge-queue.ts', "import { keys } from '../../storage/items/keys.ts';"],
    ['lib/core/log/append.ts', "import { createHash } from 'node:crypto';"],
    ['lib/core/log/append.ts', "import type { Packr } from 'msgpackr';"],
    ['lib/core/log/append.ts', "export * from '../../platform/system.ts';"],
    ['lib/core/log/append.ts', "const fs = await import('node:fs');"],
    ['lib/protocol/handle.ts', "import { memoryTables } from '../storage/memory/tables.ts';"],
    ['lib/protocol/handle.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['lib/protocol/handle.ts', "import type { Context } from 'aws-lambda';"],
    ['lib/storage/s3/object-store.ts', "import { open } from '../folder/object-store.ts';"],
    ['lib/storage/memory/item-table.ts', "import { handle } from '../../protocol/handle.ts';"],
    ['lib/platform/settings.ts', "import { limits } from '../storage/items/keys.ts';"],
    ['lambdas/api.ts', "import { start } from '../local/main.ts';"],
    ['local/main.ts', "import { handler } from '../lambdas/api.ts';"],
    ['cdk/app.ts', "import { limits } from '../lib/core/limits.ts';"],
    ['examples/image-processing/worker.ts', "import { limits } from '../../lib/core/limits.ts';"],
  ])('sees what %s may not import: %s', (name, text) => {
    expect(layerFaults(planted(name, text))).toHaveLength(1);
  });

  it('lets a layer import what it may', () => {
    expect(layerFaults([
      ...planted('lib/core/log/append.ts', "import assert from 'node:assert';\nimport { limits } from '../limits.ts';"),
      ...planted('lib/storage/dynamodb/item-table.ts', "import '@aws-sdk/client-dynamodb';\nimport '../items/keys.ts';"),
      ...planted('local/main.ts', "import '../lib/wiring/rewindmq.ts';"),
      ...planted('cdk/app.ts', "import classes from '../lib/core/retention-classes.json' with { type: 'json' };"),
    ])).toEqual([]);
  });
});

describe('clock, dice, timers and environment', () => {
  it('lib reads them only in lib/platform', () => {
    expect(bannedCalls(project)).toEqual([]);
  });

  it.each([
    'const nowMs = Date.now();',
    'const clock = Date.now;',
    'const today = new Date();',
    'const startMs = performance.now();',
    'const dice = Math.random();',
    "import { randomUUID } from 'node:crypto';",
    "import { setTimeout as sleep } from 'node:timers/promises';",
    'const id = crypto.randomUUID();',
    'setTimeout(retry, 100);',
    'const table = process.env.TABLE;',
  ])('sees %s and names what to use instead', (text) => {
    expect(bannedCalls(planted('lib/core/log/append.ts', text))).toEqual([expect.stringMatching(/^lib\/core\/log\/append\.ts:1 uses .+: use .+/)]);
  });

  it('leaves alone lib/platform, given instants, and other things of those names', () => {
    expect(bannedCalls([
      ...planted('lib/platform/system.ts', 'export const now = () => Date.now();'),
      ...planted('lib/protocol/instant.ts', '// not Date.now()\nexport const text = (ms: number) => new Date(ms).toISOString();'),
      ...planted('lib/core/log/append.ts', 'export const setTimeoutSeconds = (system: { random(): number }) => system.random();'),
    ])).toEqual([]);
  });
});

describe('waiting', () => {
  it('no test lets time pass', () => {
    expect(waitingTests(project)).toEqual([]);
  });

  it.each([
    'await new Promise((resolve) => setTimeout(resolve, 100));',
    "import { setTimeout as pause } from 'node:timers/promises';",
    'globalThis.setInterval(look, 10);',
  ])('sees %s, but not in a support folder', (text) => {
    expect(waitingTests(planted('test/core/queue/send-messages.test.ts', text))).toHaveLength(1);
    expect(waitingTests(planted('test/local/support/until.ts', text))).toEqual([]);
  });
});

describe('size', () => {
  it(`no function has more than ${functionLinesMax} lines`, () => {
    expect(longFunctions(project)).toEqual([]);
  });

  it(`a file of more than ${fileLinesUnexplained} lines says why`, () => {
    expect(unexplainedLongFiles(project)).toEqual([]);
  });

  it.each([
    ['a declaration', (body: string) => `export function long() {\n${body}}\n`],
    ['an arrow', (body: string) => `export const long = async () => {\n${body}};\n`],
    ['a method', (body: string) => `export const object = { long() {\n${body}} };\n`],
  ])('measures %s: 70 lines pass, 71 do not', (_, written) => {
    expect(longFunctions(planted('lib/core/long.ts', written(lines(functionLinesMax - 2))))).toEqual([]);
    expect(longFunctions(planted('lib/core/long.ts', written(lines(functionLinesMax - 1))))).toHaveLength(1);
  });

  it('takes a chapter of tests for what it is, but a long test for a long function', () => {
    const chapter = `describe('all', () => {\n  it('works', () => {});\n${lines(80)}});\n`;
    const longTest = `it('works', () => {\n${lines(80)}});\n`;
    expect(longFunctions(planted('test/long.test.ts', chapter))).toEqual([]);
    expect(longFunctions(planted('test/long.test.ts', longTest))).toHaveLength(1);
  });

  it('measures files, and hears their reason', () => {
    expect(unexplainedLongFiles(planted('lib/core/long.ts', lines(fileLinesUnexplained)))).toEqual([]);
    expect(unexplainedLongFiles(planted('lib/core/long.ts', lines(fileLinesUnexplained + 1)))).toHaveLength(1);
    expect(unexplainedLongFiles(planted('lib/core/long.ts', `/** Long because: one table. */\n${lines(400)}`))).toEqual([]);
  });
});

describe('words', () => {
  it('no folder has a name that says nothing', () => {
    expect(vagueFolderFaults(project)).toEqual([]);
    expect(vagueFolderFaults(planted('lib/utils/strings.ts', ''))).toEqual(['lib/utils']);
  });

  it('no comment promises work without its issue', () => {
    expect(unfinishedWork(project)).toEqual([]);
    expect(unfinishedWork(planted('lib/a.ts', '// TODO: later'))).toHaveLength(1);
    expect(unfinishedWork(planted('lib/a.ts', '/* FIXME(#3) */'))).toHaveLength(1);
    expect(unfinishedWork(planted('lib/a.ts', '// TODO(#12): when topics come'))).toEqual([]);
  });

  it('no file speaks of one machine', () => {
    expect(wordsOfOneMachine(project)).toEqual([]);
  });

  it.each([
    ['see /home', '/somebody/project'],
    ['cd /work', '/main'],
    ['"resolved": "https:', '//npm.example.com/zod.tgz"'],
    ['registry', '=https://npm.example.com/'],
  ])('sees a path or an address of one machine: %s%s', (...halves) => {
    expect(wordsOfOneMachine(planted('docs/setup.md', halves.join('')))).toHaveLength(1);
  });
});

describe('companions', () => {
  it('every operation has its test file', () => {
    expect(operationsWithoutTest(project)).toEqual([]);
    const action = planted('lib/protocol/native/purge-queue.ts', "import { purgeQueue } from '../../core/queue/purge-queue.ts';");
    expect(operationsWithoutTest(action)).toEqual(['test/core/queue/purge-queue.test.ts is missing']);
    expect(operationsWithoutTest([...action, ...planted('test/core/queue/purge-queue.test.ts', '')])).toEqual([]);
  });

  it('every version in package.json is exact', () => {
    expect(inexactVersions(project.find(({ name }) => name === 'package.json')!)).toEqual([]);
    const ranges = { dependencies: { zod: '^4.0.0' }, devDependencies: { vitest: '5.1.1', tsx: 'latest' } };
    expect(inexactVersions({ name: 'package.json', text: JSON.stringify(ranges) })).toEqual(['zod ^4.0.0', 'tsx latest']);
  });
});
