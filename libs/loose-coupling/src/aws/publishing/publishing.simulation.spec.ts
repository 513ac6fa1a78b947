import { claimingPlanOf, publishingPlanOf } from './testing/publishing-plan.js';
import { PublishingSimulation } from './testing/publishing-simulation.js';

const RUNS = process.env.SOAK ? 10_000 : 500;
const FIRST = Number(process.env.SIMULATION_SEED ?? 1);

describe('publishing in a world of faults', () => {
  it(
    `loses nothing that was accepted, reorders no group and answers each caller once, in ${RUNS} seeded runs`,
    async () => {
      const failures: string[] = [];
      for (let seed = FIRST; seed < FIRST + RUNS && failures.length < 5; seed += 1) {
        const broken = await new PublishingSimulation(publishingPlanOf(seed)).run();
        if (broken.length > 0) failures.push(`seed ${seed}: ${broken.slice(0, 3).join('; ')}`);
      }
      expect(failures).toEqual([]);
    },
    process.env.SOAK ? 1_800_000 : 60_000,
  );

  it(
    `stores data before what refers to it is sent, and keeps those promises then too, in ${RUNS} seeded runs`,
    async () => {
      const failures: string[] = [];
      for (let seed = FIRST; seed < FIRST + RUNS && failures.length < 5; seed += 1) {
        const broken = await new PublishingSimulation(claimingPlanOf(seed)).run();
        if (broken.length > 0) failures.push(`seed ${seed}: ${broken.slice(0, 3).join('; ')}`);
      }
      expect(failures).toEqual([]);
    },
    process.env.SOAK ? 1_800_000 : 60_000,
  );

  it('runs the same for the same seed, and another way for another', async () => {
    const traces: (readonly string[])[] = [];
    for (const seed of [7, 7, 8]) {
      const simulation = new PublishingSimulation(publishingPlanOf(seed));
      await simulation.run();
      traces.push(simulation.trace);
    }
    expect(traces[0]?.length).toBeGreaterThan(3);
    expect(traces[1]).toEqual(traces[0]);
    expect(traces[2]).not.toEqual(traces[0]);
  });
});
