import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { collect, read } from '../../../libs/loose-coupling/src/event-sourcing/testing/event-store-under-test.js';
import type { ProcessStore } from './faulty-stores.js';
import { FaultyWorld, type Chaos, type Sabotage } from './faulty-world.js';
import { SABOTAGES } from './sabotages.js';
import { expectedOf } from './sale-model.js';

const SOAK = process.env['SOAK'] === '1';
const RUNS = SOAK ? 10_000 : 100;
jest.setTimeout(SOAK ? 3_600_000 : 60_000);

const chaosOn = (store: Chaos['store']): fc.Arbitrary<Chaos> =>
  fc.record({
    store: fc.constant(store),
    seed: fc.integer(),
    sales: fc.constantFrom(1, 2, 3),
    paidShare: fc.constantFrom(0, 0.5),
    lostReplies: fc.constantFrom(0, 0.05, 0.2),
    crashes: fc.constantFrom(0, 0.02, 0.06),
    staleIndex: fc.constantFrom(0, 0.5),
    lostAcknowledgements: fc.constantFrom(0, 0.3),
  });

interface DeadlineTimes {
  readonly name: string;
  readonly dueAt: number;
}

/** Every instance ended as the model says, with each effect once. */
async function check(chaos: Chaos, sabotage?: Sabotage): Promise<void> {
  const world = new FaultyWorld(chaos, sabotage);
  try {
    await world.run();
    const { store, outbox, index } = world.look();
    const outgoing = await outbox.pending(0, 1_000);
    for (const saleId of world.saleIds) {
      const events = await read(store, `pm-sale-${saleId}`);
      const steps: string[] = [];
      const inputs = new Set<string>();
      let deadline: DeadlineTimes | undefined;
      for (const { type, data, recordedAt } of events) {
        const { id, type: input, name, dueAt } = data as DeadlineTimes & { id: string; type: string };
        if (type === 'process.inputHandled') {
          assert.ok(!inputs.has(id), `${id} was handled twice`);
          inputs.add(id);
          steps.push(input);
        }
        if (type === 'process.deadlineScheduled') deadline = { name, dueAt };
        if (type !== 'process.deadlineReached') continue;
        assert.deepEqual({ name, dueAt }, deadline, 'a deadline that is not set was reached');
        assert.ok(recordedAt >= dueAt, 'a deadline was reached too early');
        deadline = undefined;
        steps.push(name);
      }
      const expected = expectedOf(steps);
      assert.ok(expected.isOver, `${saleId} is not over after ${steps.join(', ')}`);
      const messages = outgoing
        .filter(({ envelope }) => (envelope.data as { saleId: string }).saleId === saleId)
        .map(({ envelope: { type, data } }) => [type, (data as { how?: string }).how].filter(Boolean).join(' '));
      assert.deepEqual(messages, expected.messages);
    }
    assert.deepEqual(await collectIds(index), [], 'what is over is listed as open');
    const feed = await collect(store.readAll());
    assert.deepEqual(
      feed.map(({ position }) => position),
      feed.map((_, at) => at + 1),
    );
  } finally {
    await world.shared.close();
  }
}

async function collectIds(index: ProcessStore['index']): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of index.open('sale')) ids.push(id);
  return ids;
}

describe.each(['memory', 'sqlite', 'dynamodb'] as const)('process managers on %s, in a world that fails', (store) => {
  it('come to their end with every effect once', async () => {
    const property = fc.asyncProperty(chaosOn(store), (chaos) => check(chaos));
    const outcome = await fc.check(property, { seed: 7, numRuns: RUNS });
    expect(fc.defaultReportMessage(outcome)).toBeUndefined();
  });
});

describe('the test notices when', () => {
  it.each(Object.entries(SABOTAGES))('%s', async (_what, sabotage) => {
    const property = fc.asyncProperty(chaosOn('memory'), (chaos) => check(chaos, sabotage));
    const { failed } = await fc.check(property, { seed: 7, numRuns: 200, endOnFailure: true });
    expect(failed).toBe(true);
  });
});
