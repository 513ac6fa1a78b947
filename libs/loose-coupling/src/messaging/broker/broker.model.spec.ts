import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { FakeClock } from '../../testing/fake-clock.js';
import { openLocalBroker } from './open-local-broker.js';
import { BrokerComparison } from './testing/broker-comparison.js';
import { steps } from './testing/broker-steps.js';

const soak = process.env['SOAK'] === '1';
const TIME_LIMIT = soak ? 1_800_000 : 60_000;

describe('whatever is done to it, the local broker answers as a naive model of SQS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lc-model-'));
  let files = 0;
  afterAll(() => rmSync(folder, { recursive: true }));

  const property = (nextFile: () => { file?: string }) =>
    fc.asyncProperty(steps, async (taken) => {
      const clock = new FakeClock();
      const broker = await openLocalBroker({ clock, ...nextFile() });
      try {
        await new BrokerComparison(broker, clock).run(taken);
      } finally {
        await broker.close();
      }
    });

  it(
    'in memory',
    async () => {
      const inMemory = property(() => ({}));
      await expect(fc.assert(inMemory, { seed: 42, numRuns: soak ? 20_000 : 300 })).resolves.toBeUndefined();
    },
    TIME_LIMIT,
  );

  it(
    'on a file',
    async () => {
      const onFile = property(() => ({ file: join(folder, `${(files += 1)}.db`) }));
      await expect(fc.assert(onFile, { seed: 42, numRuns: soak ? 2_000 : 100 })).resolves.toBeUndefined();
    },
    TIME_LIMIT,
  );
});
