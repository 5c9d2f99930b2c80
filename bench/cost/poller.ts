import { prices, usd } from '../prices.ts';
import { newStation } from './station.ts';
import type { CostWorld } from './world.ts';

/** One consumer that waits at an empty queue all month, one long poll after the other. */
export interface PollerAtRest {
  readonly readUnitsPerHour: number;
  readonly writeUnitsPerHour: number;
  readonly usdPerMonth: {
    /** What the table is asked. */
    readonly table: number;
    /** HTTP API and Lambda: requests. */
    readonly requests: number;
    /** Lambda: a waiting function is paid for, per GB of its memory. */
    readonly lambdaPerGigabyte: number;
  };
}

const HOUR_SECONDS = 3600;
const MONTH_HOURS = 730;
const WAIT_SECONDS = 20;

export async function measurePoller(world: CostWorld, simulatedSeconds = HOUR_SECONDS): Promise<PollerAtRest> {
  const station = await newStation(world, 'at-rest');
  await station.receive(1, { waitSeconds: WAIT_SECONDS });
  let [readUnits, writeUnits, polls] = [0, 0, 0];
  const startedAtMs = world.now();
  while (world.now() - startedAtMs < simulatedSeconds * 1000) {
    const { requests } = await station.receive(1, { waitSeconds: WAIT_SECONDS });
    polls += 1;
    for (const request of requests) {
      readUnits += request.readUnits;
      writeUnits += request.writeUnits;
    }
  }
  const hours = (world.now() - startedAtMs) / 1000 / HOUR_SECONDS;
  const perMonth = (total: number): number => Number((total / hours * MONTH_HOURS).toPrecision(3));
  return {
    readUnitsPerHour: Math.round(readUnits / hours),
    writeUnitsPerHour: Math.round(writeUnits / hours),
    usdPerMonth: {
      table: perMonth(usd({ readUnits, writeUnits, s3Puts: 0, s3Gets: 0 })),
      requests: perMonth(polls * (prices.httpApiRequest + prices.lambdaRequest)),
      lambdaPerGigabyte: perMonth(hours * HOUR_SECONDS * prices.lambdaGigabyteSecond),
    },
  };
}
