import { measureConsumers } from './consumers.ts';
import { measureBurst, measureSenders } from './senders.ts';

const COUNTS = [1, 2, 5, 10, 50, 200];

/** The tables of docs/simulation.md. */
export async function measureCollisions(print: (line: string) => void): Promise<void> {
  print('| senders | sends/s | shards | writes per success | throttled |\n|---|---|---|---|---|');
  for (const count of COUNTS) {
    const { sendsPerSecond, shards, writesPerSuccess, throttled } = await measureSenders(count);
    print(`| ${count} | ${sendsPerSecond.toFixed(0)} | ${shards} | ${writesPerSuccess.toFixed(2)} | ${throttled} |`);
  }
  const burst = await measureBurst();
  print(`\nburst of 200 senders: ${burst.shardsAtPeak} shards, later ${burst.shardsAfter}; `
    + `read units of an empty receive: new ${burst.unitsNew.toFixed(2)}, after ${burst.unitsAfter.toFixed(2)}\n`);
  await measureDelayed(print);
  print('| consumers | messages/s | received | writes per success | p50 ms | p95 ms | read units/s |\n|---|---|---|---|---|---|---|');
  for (const count of COUNTS) {
    for (const perSecond of [1, 10]) {
      const { received, writesPerSuccess, p50Ms, p95Ms, readUnitsPerSecond } = await measureConsumers(count, perSecond);
      print(`| ${count} | ${perSecond} | ${received} | ${writesPerSuccess.toFixed(2)} | ${p50Ms} | ${p95Ms} | ${readUnitsPerSecond.toFixed(1)} |`);
    }
  }
}

/** Whether messages that are due in a day show in what ready ones cost, or in how long they take. */
async function measureDelayed(print: (line: string) => void): Promise<void> {
  print('| delayed by a day | received | writes per success | p50 ms | p95 ms | read units/s |\n|---|---|---|---|---|---|');
  for (const delayed of [0, 1000, 1_000_000]) {
    const { received, writesPerSuccess, p50Ms, p95Ms, readUnitsPerSecond } = await measureConsumers(5, 10, delayed);
    print(`| ${delayed.toLocaleString('en')} | ${received} | ${writesPerSuccess.toFixed(2)} | ${p50Ms} | ${p95Ms} | ${readUnitsPerSecond.toFixed(1)} |`);
  }
  print('');
}
