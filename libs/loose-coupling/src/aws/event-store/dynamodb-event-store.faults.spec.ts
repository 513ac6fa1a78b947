import * as fc from 'fast-check';
import { chaos, checkWorld } from './testing/faulty-world.js';

const RUNS = process.env['SOAK'] === '1' ? 10_000 : 300;
jest.setTimeout(process.env['SOAK'] === '1' ? 3_600_000 : 60_000);

describe('an event store on DynamoDB whose world fails', () => {
  it('loses, doubles, reorders and misses nothing', async () => {
    const run = fc.assert(
      fc.asyncProperty(chaos, (settings) => checkWorld(settings)),
      { seed: 42, numRuns: RUNS },
    );
    await expect(run).resolves.toBeUndefined();
  });
});
