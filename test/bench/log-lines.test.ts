import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LOG_LINE_BYTES, logLines } from '../../bench/log-lines.ts';

describe('log lines', () => {
  it('are JSON of 1 KB, and the same for the same seed', () => {
    const lines = logLines(200);

    expect(new Set(lines.map((line) => Buffer.byteLength(line)))).toEqual(new Set([LOG_LINE_BYTES]));
    expect(lines.map((line): unknown => JSON.parse(line))).toHaveLength(200);
    expect(logLines(200)).toEqual(lines);
    expect(logLines(200, 2)).not.toEqual(lines);
  });

  it('compress about three to one, sixteen at a time', () => {
    const text = logLines(16).join('\n');

    expect(text.length / gzipSync(text).byteLength).toBeGreaterThan(2.7);
    expect(text.length / gzipSync(text).byteLength).toBeLessThan(3.3);
  });
});
