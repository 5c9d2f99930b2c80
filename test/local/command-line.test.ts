import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../local/command-line.ts';

describe('parseCommandLine', () => {
  it('listens on loopback, port 8400, and keeps data in .rewindmq when told nothing', () => {
    expect(parseCommandLine([])).toEqual({
      kind: 'serve', options: { host: '127.0.0.1', port: 8400, store: { kind: 'folder', folder: '.rewindmq' } },
    });
  });

  it('takes each flag', () => {
    expect(parseCommandLine(['--port', '0', '--host=::1', '--data', 'here'])).toEqual({
      kind: 'serve', options: { host: '::1', port: 0, store: { kind: 'folder', folder: 'here' } },
    });
    expect(parseCommandLine(['--memory', '--host', 'localhost'])).toMatchObject({ options: { host: 'localhost', store: { kind: 'memory' } } });
    expect(parseCommandLine(['--help'])).toEqual({ kind: 'help' });
    expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' });
  });

  it('takes a key, which need not be seen by others, and with it other addresses', () => {
    const administrator = { id: 'AKIDops', secret: 'a:b/c+d=e' };
    expect(parseCommandLine(['--access-key', 'AKIDops:a:b/c+d=e', '--host', '0.0.0.0'])).toMatchObject({ options: { administrator, host: '0.0.0.0' } });
    expect(parseCommandLine(['--host', '::'], { REWINDMQ_ACCESS_KEY: 'AKIDops:a:b/c+d=e' })).toMatchObject({ options: { administrator, host: '::' } });
    expect(parseCommandLine(['--access-key', 'AKIDops:a:b/c+d=e'], { REWINDMQ_ACCESS_KEY: 'AKIDother:longenough' })).toMatchObject({ options: { administrator } });
    expect(parseCommandLine([], { REWINDMQ_ACCESS_KEY: 'AKIDops' })).toEqual({ kind: 'wrong', text: expect.stringMatching(/^REWINDMQ_ACCESS_KEY must be/) });
  });

  it('does not start open for a key that came out empty', () => {
    expect(parseCommandLine([], { REWINDMQ_ACCESS_KEY: '' })).toEqual({ kind: 'wrong', text: expect.stringMatching(/^REWINDMQ_ACCESS_KEY is set, but empty/) });
    expect(parseCommandLine(['--access-key', 'AKIDops:longenough'], { REWINDMQ_ACCESS_KEY: '' })).toMatchObject({ kind: 'serve' });
    expect(parseCommandLine([], { REWINDMQ_ACCESS_KEY: undefined })).toMatchObject({ kind: 'serve' });
  });

  it('repeats no secret', () => {
    const parsed = parseCommandLine(['--access-key', 'AKID_ops:hunter2hunter2']);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it.each(['0', '65535'])('takes port %s, the end of its range', (port) => {
    expect(parseCommandLine(['--port', port])).toMatchObject({ options: { port: Number(port) } });
  });

  it.each(['127.0.0.1', '127.8.9.10', '::1', '0:0:0:0:0:0:0:1', 'LOCALHOST'])('takes %s for loopback', (host) => {
    expect(parseCommandLine(['--host', host])).toMatchObject({ kind: 'serve' });
  });

  it.each([
    [['--port', '65536'], /--port .*0 to 65535, got 65536/],
    [['--port=-1'], /--port .*got -1/],
    [['--port', '8400x'], /--port .*got 8400x/],
    [['--port='], /--port .*got $/],
    [['--port'], /--port/],
    [['--host', '0.0.0.0'], /--host .*loopback.*got 0\.0\.0\.0/],
    [['--host', '::'], /--host .*loopback.*got ::/],
    [['--host', '192.168.1.4'], /--host .*got 192\.168\.1\.4/],
    [['--host', 'example.com'], /--host .*got example\.com/],
    [['--access-key', 'AKIDops'], /--access-key must be ID:SECRET.*got 7 characters/],
    [['--access-key=:longenough'], /--access-key/],
    [['--access-key=AKID_ops:longenough'], /--access-key/],
    [['--access-key=AKIDops:short'], /--access-key/],
    [['--access-key='], /--access-key/],
    [['--access-key', 'AKIDops:longenough', '--host', 'example.com'], /--host must be an IP address.*got example\.com/],
    [['--data='], /--data/],
    [['--memory', '--data', 'here'], /--memory .*--data here/],
    [['--memory=yes'], /--memory/],
    [['--colour'], /--colour/],
    [['8400'], /8400/],
  ])('refuses %j, naming flag, limit and value', (args, text) => {
    const parsed = parseCommandLine(args);
    expect(parsed).toEqual({ kind: 'wrong', text: expect.stringMatching(text) });
  });
});
