import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Where the engine listens: on this machine only. */
export interface EngineAddress {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/**
 * An address of loopback that was free a moment ago. Should another program be faster, the engine
 * says so and does not start.
 *
 * The engine believes everybody, and tells browsers that pages of any origin may ask it: a page that
 * tried all ports of 127.0.0.1 would get around the guard of our own API. On Linux all of 127/8 is
 * loopback, so the engine gets a random address there, and the page would have 16 million times as
 * many places to try. Elsewhere only the port is hard to guess.
 */
export async function freeAddress(): Promise<EngineAddress> {
  if (process.platform !== 'linux') return addressOn(LOOPBACK);
  // A sandbox may have no more of 127/8 than the one everybody uses.
  return addressOn(randomLoopback()).catch(() => addressOn(LOOPBACK));
}

const addressOn = async (host: string): Promise<EngineAddress> => ({ host, port: await freePort(host) });

const randomLoopback = (): string => `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;

async function freePort(host: string): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen({ host, port: 0 }, () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
