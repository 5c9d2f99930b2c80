import { expect, it } from 'vitest';
import { capacityMeter } from '../../lib/platform/capacity-meter.ts';

it('adds up units and requests until it is reset', () => {
  const meter = capacityMeter();
  meter.read(0.5);
  meter.write(3);
  meter.write(1);
  meter.objectPut();
  meter.objectGet();
  expect(meter.consumed()).toEqual({ writeUnits: 4, readUnits: 0.5, requests: 3, objectPuts: 1, objectGets: 1 });
  meter.reset();
  expect(meter.consumed()).toEqual({ writeUnits: 0, readUnits: 0, requests: 0, objectPuts: 0, objectGets: 0 });
});
