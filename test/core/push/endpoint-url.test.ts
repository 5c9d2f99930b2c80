import { describe, expect, it } from 'vitest';
import { endpointUrlLengthMax, endpointUrlProblem } from '../../../lib/core/push/endpoint-url.ts';

const lengthOf = (length: number): string => 'https://example.com/'.padEnd(length, 'x');

describe('endpointUrlProblem', () => {
  it.each([
    'http://example.com', 'HTTPS://Example.com:8443/a/b?c=d#e', 'http://127.0.0.1:1/', 'http://[::1]:8080', 'http://localhost:3000/x', 'https://例え.jp/',
    lengthOf(endpointUrlLengthMax),
  ])('finds none with %s', (url) => {
    expect(endpointUrlProblem(url)).toBeUndefined();
  });

  it.each([
    '', 'example.com', '/orders', 'http://', 'http://a b', 'http://example.com:65536', 'http://1.2.3.4.5',
    'ftp://example.com', 'file:///etc/passwd', 'javascript:alert(1)', 'ws://example.com', 'data:,x',
    'https://user@example.com', 'https://user:secret@example.com', 'https://:secret@example.com',
    lengthOf(endpointUrlLengthMax + 1),
  ])('finds one with %s, and does not repeat it', (url) => {
    const problem = endpointUrlProblem(url);
    expect(problem).toMatch(/^must /);
    expect(problem).not.toContain('secret');
  });
});
