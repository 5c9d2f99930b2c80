import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { type Child, startChild } from '../child.ts';
import { freePort } from '../free-port.ts';
import type { Broker } from './broker.ts';

/** Debian's wrapper in /usr/sbin insists on the system's own data directory; this is what it calls. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const START_MS = 90_000;

/**
 * A RabbitMQ of this run alone: its own data directory, its own node name and port mapper, all of
 * it on loopback. Nothing of an installed and perhaps running RabbitMQ is touched.
 * @throws Error that says how to install it
 */
export async function startRabbitmq({ program = SERVER }: { readonly program?: string } = {}): Promise<Broker> {
  await checkInstalled(program);
  const dataDir = await mkdtemp(join(tmpdir(), 'rewindmq-bench-rabbitmq-'));
  const [port, distributionPort, mapperPort] = [await freePort(), await freePort(), await freePort()];
  await writeFile(join(dataDir, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\n`);
  await writeFile(join(dataDir, 'environment.conf'), '');
  await writeFile(join(dataDir, 'plugins'), '[].\n');
  const mapper = startChild({ command: 'epmd', args: ['-address', '127.0.0.1', '-port', String(mapperPort)] });
  const server = startChild({ command: program, args: [], env: environment({ dataDir, distributionPort, mapperPort }) });
  const stop = async () => {
    await server.stop();
    await mapper.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    return await connected({ server, url: `amqp://guest:guest@127.0.0.1:${port}`, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function checkInstalled(program: string): Promise<void> {
  try {
    await access(program);
  } catch (cause) {
    throw new Error(`--against rabbitmq needs ${program}: install it with "apt-get install rabbitmq-server" (Debian, Ubuntu)`, { cause });
  }
}

interface Places { readonly dataDir: string; readonly distributionPort: number; readonly mapperPort: number }

const environment = ({ dataDir, distributionPort, mapperPort }: Places) => ({
  HOME: dataDir,
  ERL_EPMD_PORT: String(mapperPort),
  ERL_EPMD_ADDRESS: '127.0.0.1',
  RABBITMQ_NODENAME: `rewindmq-bench-${distributionPort}@localhost`,
  RABBITMQ_DIST_PORT: String(distributionPort),
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  RABBITMQ_CONF_ENV_FILE: join(dataDir, 'environment.conf'),
  RABBITMQ_CONFIG_FILE: join(dataDir, 'rabbitmq.conf'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(dataDir, 'plugins'),
  RABBITMQ_MNESIA_BASE: join(dataDir, 'mnesia'),
  RABBITMQ_LOG_BASE: join(dataDir, 'log'),
  RABBITMQ_PID_FILE: join(dataDir, 'pid'),
});

interface Server { readonly server: Child; readonly url: string; readonly stop: () => Promise<void> }

async function connected({ server, url, stop }: Server): Promise<Broker> {
  await server.until(/completed with \d+ plugins/, START_MS);
  const connection = await connect(url);
  const channel = await connection.createChannel();
  return {
    target: { system: 'rabbitmq', url },
    pid: server.pid,
    version: `RabbitMQ ${connection.connection.serverProperties.version}, quorum queue`,
    async createQueue(name) {
      await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      // A quorum queue elects its leader first, also when it is alone.
      await sleep(500);
    },
    deleteQueue: async (name) => void await channel.deleteQueue(name),
    async stop() {
      await connection.close();
      await stop();
    },
  };
}
