import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../cli/command-line.ts';

const nowMs = Date.parse('2027-01-31T12:00:00.250Z');
const parse = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => parseCommandLine(args, { environment, nowMs });
const id = 'AKIDx7Qm2PbV9cYt';

describe('what is asked for', () => {
  it.each<[readonly string[], object]>([
    [['create'], { kind: 'createKey', fields: {} }],
    [['create', '--description', 'order service', '--names', 'orders-*,jobs', '--operations', 'send,consume', '--expires', '2027-06-30T00:00:00Z'],
      { kind: 'createKey', fields: { description: 'order service', names: ['orders-*', 'jobs'], operations: ['send', 'consume'], expiresAt: '2027-06-30T00:00:00Z' } }],
    [['create', '--names', 'orders', '--names', 'jobs, mail'], { kind: 'createKey', fields: { names: ['orders', 'jobs', 'mail'] } }],
    [['create', '--expires-in', '90d'], { kind: 'createKey', fields: { expiresAt: '2027-05-01T12:00:00.250Z' } }],
    [['create', '--expires-in', '30m'], { kind: 'createKey', fields: { expiresAt: '2027-01-31T12:30:00.250Z' } }],
    [['create', '--expires', 'never'], { kind: 'createKey', fields: {} }],
    [['create', '--description='], { kind: 'createKey', fields: { description: '' } }],
    [['list'], { kind: 'listKeys' }],
    [['show', id], { kind: 'showKey', id }],
    [['change', id, '--names', '*'], { kind: 'changeKey', id, fields: { names: ['*'] } }],
    [['change', '--expires', 'never', id], { kind: 'changeKey', id, fields: { expiresAt: null } }],
    [['change', id, '--description='], { kind: 'changeKey', id, fields: { description: '' } }],
    [['revoke', id], { kind: 'revokeKey', id }],
  ])('keys %j', (args, task) => {
    expect(parse(['keys', ...args])).toEqual({ kind: 'run', endpoint: new URL('http://127.0.0.1:8400'), signing: { kind: 'nobody' }, isJson: false, task });
  });

  it('answers in JSON on demand', () => {
    expect(parse(['keys', 'list', '--json'])).toMatchObject({ isJson: true });
  });

  it.each([
    [['--help'], /^Usage: npx rewindmq COMMAND\n[^]*keys /],
    [['keys', '--help'], /^Usage: npx rewindmq keys COMMAND \[flags\]\n[^]*create [^]*list [^]*show ID [^]*change ID [^]*revoke ID [^]*--endpoint URL /],
    [['keys', 'create', '--help'], /^Usage: npx rewindmq keys create \[flags\]\n[^]*--names NAMES [^]*--endpoint URL /],
    [['keys', 'change', '--help'], /^Usage: npx rewindmq keys change ID \[flags\]\n[^]*--expires-in AGE /],
  ])('helps with %j', (args, text) => {
    expect(parse(args, { REWINDMQ_ACCESS_KEY: 'wrong', REWINDMQ_ENDPOINT: 'wrong' })).toEqual({ kind: 'help', text: expect.stringMatching(text) });
  });

  it('tells its version', () => {
    expect(parse(['--version'])).toEqual({ kind: 'version' });
  });
});

describe('where it is asked for', () => {
  it.each<[readonly string[], Readonly<Record<string, string>>, string]>([
    [[], {}, 'http://127.0.0.1:8400/'],
    [[], { REWINDMQ_ENDPOINT: '' }, 'http://127.0.0.1:8400/'],
    [[], { REWINDMQ_ENDPOINT: 'http://[::1]:9000' }, 'http://[::1]:9000/'],
    [['--endpoint', 'http://mq.example.com/queue/'], { REWINDMQ_ENDPOINT: 'http://[::1]:9000' }, 'http://mq.example.com/queue/'],
  ])('with %j and %j at %s', (flags, environment, href) => {
    const parsed = parse(['keys', 'list', ...flags], environment);
    expect(parsed.kind === 'run' && parsed.endpoint.href).toBe(href);
  });
});

describe('who signs it', () => {
  const onAws = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com';
  const REWINDMQ_ACCESS_KEY = 'AKIDops:a:long/secret';
  const [accessKeyId, secret] = ['AKIDops', 'a:long/secret'];

  it.each<[string, Readonly<Record<string, string>>, object]>([
    ['http://127.0.0.1:8400', {}, { kind: 'nobody' }],
    ['http://127.0.0.1:8400', { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIA' }, { kind: 'nobody' }],
    ['http://127.0.0.1:8400', { REWINDMQ_ACCESS_KEY: '' }, { kind: 'nobody' }],
    ['http://127.0.0.1:8400', { REWINDMQ_ACCESS_KEY }, { kind: 'accessKey', id: accessKeyId, secret, region: 'us-east-1' }],
    [onAws, {}, { kind: 'awsCredentials', region: 'eu-west-1' }],
    [onAws, { AWS_REGION: 'us-west-2' }, { kind: 'awsCredentials', region: 'eu-west-1' }],
    [`${onAws}.cn`, {}, { kind: 'awsCredentials', region: 'eu-west-1' }],
    ['https://mq.example.com', { AWS_REGION: 'us-west-2' }, { kind: 'awsCredentials', region: 'us-west-2' }],
    ['https://mq.example.com', { AWS_DEFAULT_REGION: 'us-west-2' }, { kind: 'awsCredentials', region: 'us-west-2' }],
    ['https://mq.example.com', { REWINDMQ_ACCESS_KEY }, { kind: 'accessKey', id: accessKeyId, secret, region: 'us-east-1' }],
    [onAws, { REWINDMQ_ACCESS_KEY }, { kind: 'accessKey', id: accessKeyId, secret, region: 'eu-west-1' }],
  ])('at %s with %j', (endpoint, environment, signing) => {
    expect(parse(['keys', 'list', '--endpoint', endpoint], environment)).toMatchObject({ signing });
  });
});

describe('what is wrong', () => {
  it.each<[readonly string[], RegExp]>([
    [[], /^a command is missing$/],
    [['queues'], /there is no command queues/],
    [['toString'], /there is no command toString/],
    [['--colour'], /--colour/],
    [['keys'], /a command is missing behind keys/],
    [['keys', 'delete'], /there is no command keys delete/],
    [['keys', 'constructor'], /there is no command keys constructor/],
    [['keys', 'list', 'all'], /keys list takes flags only, got 1/],
    [['keys', 'list', '--names', 'a'], /--names/],
    [['keys', 'list', '--json=yes'], /--json/],
    [['keys', 'list', '--endpoint', '127.0.0.1:8400'], /--endpoint must be the address/],
    [['keys', 'list', '--endpoint', 'ftp://127.0.0.1'], /--endpoint must be the address/],
    [['keys', 'list', '--endpoint', 'http://127.0.0.1/?a=b'], /--endpoint must be the address/],
    [['keys', 'list', '--endpoint', 'http://a', '--endpoint', 'http://b'], /--endpoint may be given once, got it 2 times/],
    [['keys', 'list', '--endpoint', 'https://mq.example.com'], /AWS_REGION/],
    [['keys', 'show'], /keys show needs the ID/],
    [['keys', 'show', 'AKIDa', 'AKIDb'], /keys show takes one ID, got 2/],
    [['keys', 'show', '..'], /ID must be 4 to 128 letters and digits.*got 2 characters/],
    [['keys', 'revoke', ''], /ID must be .*got 0 characters/],
    [['keys', 'change', id], /keys change needs at least one of --description, --names, --operations, --expires, --expires-in/],
    [['keys', 'create', 'orders'], /keys create takes flags only, got 1 words/],
    [['keys', 'create', '--names', 'a,,b'], /--names .*empty one in "a,,b"/],
    [['keys', 'create', '--operations='], /--operations .*empty one/],
    [['keys', 'create', '--expires', 'tomorrow'], /--expires must be a time such as .*got tomorrow/],
    [['keys', 'create', '--expires', '2027-06-30'], /--expires must be a time such as .*got 2027-06-30/],
    [['keys', 'create', '--expires-in', '0d'], /--expires-in must be 1 to 99999 .*got 0d/],
    [['keys', 'create', '--expires-in', '100000d'], /--expires-in must be 1 to 99999 .*got 100000d/],
    [['keys', 'create', '--expires-in', '90'], /--expires-in .*got 90/],
    [['keys', 'create', '--expires-in', '1d', '--expires', 'never'], /--expires and --expires-in/],
  ])('is told of %j, naming flag, limit and value', (args, text) => {
    expect(parse(args)).toEqual({ kind: 'wrong', text: expect.stringMatching(text), help: expect.stringContaining(['Usage: npx rewindmq', ...args.slice(0, 1).filter((word) => word === 'keys')].join(' ')) });
  });

  it.each<[readonly string[], Readonly<Record<string, string>>]>([
    [['keys', 'list'], { REWINDMQ_ENDPOINT: 'nowhere' }],
    [['keys', 'list'], { REWINDMQ_ACCESS_KEY: 'AKIDops' }],
  ])('is told of %j in %j', (args, environment) => {
    expect(parse(args, environment)).toMatchObject({ kind: 'wrong', text: expect.stringContaining(`${Object.keys(environment)[0]} must be`) });
  });

  it.each<[readonly string[], Readonly<Record<string, string>>]>([
    [['keys', 'list', '--access-key', 'AKIDops:hunter2hunter2'], {}],
    [['keys', 'list', '--access-key=AKIDops:hunter2hunter2'], {}],
    [['keys', 'show', 'AKIDops:hunter2hunter2'], {}],
    [['keys', 'list', '--endpoint', 'http://user:hunter2hunter2@mq.example.com'], {}],
    [['keys', 'list'], { REWINDMQ_ACCESS_KEY: 'AKID_ops:hunter2hunter2' }],
  ])('never repeats a secret: %j in %j', (args, environment) => {
    const parsed = parse(args, environment);
    expect(parsed.kind).toBe('wrong');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
