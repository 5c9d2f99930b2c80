import { expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { newQueue, textsOf, throughOther } from '../queue-calls.ts';

it('a consumer that was away redelivers in time: others have walked the chain for it', async () => {
  const deps = memoryDeps();
  const { clock } = deps;
  const busy = await newQueue(deps);
  const away = throughOther(deps);
  await busy.send('first');
  await away.delete(await away.receive());
  clock.advance(31_000);
  expect(await away.receive()).toEqual([]);
  for (let sends = 0; sends < 4000; sends += 1) {
    await busy.send('more');
    await busy.delete(await busy.receive(1));
    clock.advance(10);
  }
  for (let looks = 0; looks < 30; looks += 1) {
    clock.advance(1600);
    await busy.receive(1);
  }
  await busy.send('received by one that dies');
  await busy.receive(1);

  clock.advance(30_000);
  expect(textsOf(await away.receive(1, { waitSeconds: 2 }))).toEqual(['received by one that dies']);
});
