import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressGuard, ForbiddenAddress, forbiddenKind } from '../../lib/delivery/address-guard.ts';

/** First and last of each range, and their neighbours outside. */
const forbidden = [
  ['unspecified', '0.0.0.0', '0.255.255.255'],
  ['private', '10.0.0.0', '10.255.255.255'],
  ['carrierGradeNat', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.0', '127.0.0.1', '127.255.255.255'],
  ['linkLocal', '169.254.0.0', '169.254.169.254', '169.254.170.2', '169.254.255.255'],
  ['private', '172.16.0.0', '172.31.255.255'],
  ['reserved', '192.0.0.0', '192.0.0.255', '192.0.2.0', '192.0.2.255', '192.88.99.0', '192.88.99.255'],
  ['private', '192.168.0.0', '192.168.255.255'],
  ['reserved', '198.18.0.0', '198.19.255.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255'],
  ['multicast', '224.0.0.0', '239.255.255.255'],
  ['reserved', '240.0.0.0', '255.255.255.254'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['reserved', '::7f00:1', '::808:808', '1fff:ffff::', '4000::', 'fbff:ffff::'],
  ['ipv4Mapped', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:8.8.8.8'],
  ['rfc6145', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8'],
  ['rfc6052', '64:ff9b::10.0.0.1', '64:ff9b::8.8.8.8', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['discard', '100::', '100::ffff:ffff:ffff:ffff'],
  ['teredo', '2001::', '2001:0:ffff::1'],
  ['benchmarking', '2001:2::', '2001:2:0:ffff::'],
  ['orchid2', '2001:20::', '2001:2f:ffff::'],
  ['reserved', '2001:1ff::', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '3fff::', '3fff:fff:ffff::'],
  ['6to4', '2002::', '2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:ffff::'],
  ['segmentRouting', '5f00::', '5f00:ffff::'],
  ['uniqueLocal', 'fc00::', 'fd00:ec2::254', 'fdff:ffff::'],
  ['linkLocal', 'fe80::', 'fe80::1', 'febf:ffff::', 'fe80::1%eth0'],
  ['deprecatedSiteLocal', 'fec0::', 'feff:ffff::'],
  ['multicast', 'ff00::', 'ff02::1', 'ffff:ffff::'],
  ['unknown', '', 'localhost', '1.2.3.4.5', '::1::', '1.2.3.4:80', '[::1]'],
].flatMap(([kind = '', ...addresses]) => addresses.map((address) => ({ kind, address })));

const allowed = [
  '1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0',
  '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0', '192.88.98.255', '192.88.100.0', '192.167.255.255', '192.169.0.0',
  '198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0', '223.255.255.255', '8.8.8.8', '54.239.28.85',
  '2001:200::', '2001:db7:ffff::', '2001:db9::', '2001:4860:4860::8888', '2003::', '2600:1f18::1', '2a00:1450::1', '3ffe:ffff::', '3fff:1000::',
];

describe('forbiddenKind', () => {
  it.each(forbidden)('finds $address $kind', ({ kind, address }) => {
    expect(forbiddenKind(address)).toBe(kind);
  });

  it.each(allowed)('lets %s through', (address) => {
    expect(forbiddenKind(address)).toBeUndefined();
  });

  it('lets no spelling of a forbidden IPv4 address through that wraps it in IPv6', () => {
    const byte = fc.nat(255);
    const prefix = fc.constantFrom('::', '::ffff:', '::ffff:0:', '64:ff9b::', '64:ff9b:1::', '2001::', 'fe80::5efe:');
    fc.assert(fc.property(prefix, byte, byte, byte, byte, (head, ...bytes) => {
      expect(forbiddenKind(head + bytes.join('.'))).toBeDefined();
    }));
  });
});

describe('addressGuard', () => {
  const guardOf = (allowPrivateAddresses: boolean, ...answers: (readonly string[])[]) => {
    const asked: string[] = [];
    const resolve = async (host: string): Promise<readonly string[]> => {
      asked.push(host);
      await Promise.resolve();
      return answers[asked.length - 1] ?? [];
    };
    return { asked, guard: addressGuard({ allowPrivateAddresses, resolve }) };
  };

  it('gives all addresses of a name when all are public', async () => {
    const { guard } = guardOf(false, ['8.8.8.8', '2001:4860:4860::8888']);
    expect(await guard.addressesOf('example.com')).toEqual(['8.8.8.8', '2001:4860:4860::8888']);
  });

  it.each([[['10.0.0.7']], [['8.8.8.8', '10.0.0.7']], [['10.0.0.7', '8.8.8.8']], [['2001:4860:4860::8888', '::ffff:10.0.0.7']]])('refuses a name that leads to %j, without saying where it leads', async (addresses) => {
    const refusal = await guardOf(false, addresses).guard.addressesOf('db.example.com').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ForbiddenAddress);
    expect((refusal as Error).message).toMatch(/^the host resolves to an address that is not public \((?:private|ipv4Mapped)\)$/);
  });

  it('looks nothing up for an address', async () => {
    const { guard, asked } = guardOf(false);
    expect(await guard.addressesOf('8.8.8.8')).toEqual(['8.8.8.8']);
    await expect(guard.addressesOf('::1')).rejects.toThrow('the host is an address that is not public (loopback)');
    expect(asked).toEqual([]);
  });

  it('lets everything through where private addresses are allowed', async () => {
    expect(await guardOf(true, ['10.0.0.7']).guard.addressesOf('db')).toEqual(['10.0.0.7']);
    expect(await guardOf(true).guard.addressesOf('127.0.0.1')).toEqual(['127.0.0.1']);
  });

  it('judges a name anew each time', async () => {
    const { guard } = guardOf(false, ['8.8.8.8'], ['127.0.0.1']);
    expect(await guard.addressesOf('rebound.example.com')).toEqual(['8.8.8.8']);
    await expect(guard.addressesOf('rebound.example.com')).rejects.toThrow(ForbiddenAddress);
  });

  it('looks a name up once for all who ask at once, and again for who asks later', async () => {
    const { guard, asked } = guardOf(false, ['8.8.8.8'], ['9.9.9.9']);
    const both = await Promise.all([guard.addressesOf('example.com'), guard.addressesOf('example.com')]);
    expect(both).toEqual([['8.8.8.8'], ['8.8.8.8']]);
    expect(await guard.addressesOf('example.com')).toEqual(['9.9.9.9']);
    expect(asked).toHaveLength(2);
  });

  it('takes a name without addresses for one that does not exist', async () => {
    await expect(guardOf(true, []).guard.addressesOf('empty.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('knows by itself where localhost leads', async () => {
    await expect(addressGuard({ allowPrivateAddresses: false }).addressesOf('localhost')).rejects.toThrow('not public (loopback)');
  });
});
