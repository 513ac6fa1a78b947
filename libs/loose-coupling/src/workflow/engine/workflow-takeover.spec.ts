import { FakeClock } from '../../testing/fake-clock.js';
import type { OwnedWorkflow, WorkflowOwners } from './workflow-owners.js';
import { WorkflowTakeover } from './workflow-takeover.js';

const LEASE_MS = 3_000;
const LOOK = LEASE_MS / 3;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What a dead process has left, and one that takes it on. */
function world(workflows: readonly string[], take: (id: string) => Promise<void>) {
  const clock = new FakeClock();
  const forgotten: string[] = [];
  const faults: unknown[] = [];
  const counts = { looks: 0 };
  const owners = {
    leaseMs: LEASE_MS,
    all: async () => {
      counts.looks += 1;
      return new Map([['dead', false]]);
    },
    // A page each: what is taken on fails while the next one is read.
    async *workflows(): AsyncGenerator<OwnedWorkflow> {
      for (const id of workflows) {
        yield { id, owner: 'dead' };
        await turn();
      }
    },
    forget: async (owner: string) => void forgotten.push(owner),
  };
  const report = (_: string, error: unknown) => void faults.push(error);
  const takeover = new WorkflowTakeover(
    owners as unknown as WorkflowOwners,
    clock,
    ({ id }) => take(id),
    () => true,
    report,
  );
  return { clock, takeover, forgotten, faults, counts };
}

describe('WorkflowTakeover', () => {
  it('takes on what it can when one of them fails, and looks again before it forgets whose they were', async () => {
    const taken: string[] = [];
    let isAway = true;
    const { clock, takeover, forgotten, faults } = world(['a', 'b', 'c'], async (id) => {
      if (id === 'a' && isAway) throw new Error('the store is away');
      taken.push(id);
    });
    await takeover.start();
    expect(taken).toEqual(['b', 'c']);
    expect(faults).toEqual([new Error('the store is away')]);
    expect(forgotten).toEqual([]);
    isAway = false;
    await clock.advance(LOOK);
    for (let each = 0; each < 10; each++) await turn();
    expect(taken).toEqual(['b', 'c', 'a', 'b', 'c']);
    expect(forgotten).toEqual(['dead']);
    await takeover.close();
  });

  it('leaves no failure unattended while it reads what there is', async () => {
    const failure = Promise.reject(new Error('the store is away'));
    const attended = jest.spyOn(failure, 'then');
    const { takeover } = world(['a', 'b'], (id) => {
      if (id === 'a') return failure;
      expect(attended).toHaveBeenCalledTimes(1);
      return Promise.resolve();
    });
    await takeover.start();
    expect(attended).toHaveBeenCalledTimes(1);
    await takeover.close();
  });

  it('closes also when what it is about fails, and forgets nobody whose workflows it has not taken on', async () => {
    const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const { takeover, forgotten, faults } = world(
      ['a', 'b'],
      () => new Promise((resolve, reject) => ends.push({ resolve, reject })),
    );
    const started = takeover.start();
    for (let each = 0; each < 5; each++) await turn();
    const closed = takeover.close();
    ends[0]?.resolve();
    ends[1]?.reject(new Error('closed'));
    await Promise.all([closed, started]);
    expect([forgotten, faults]).toEqual([[], []]);
  });

  it('forgets nobody when it was closed while it took on what they left', async () => {
    const ends: (() => void)[] = [];
    const { takeover, forgotten } = world(['a'], () => new Promise((resolve) => ends.push(resolve)));
    const started = takeover.start();
    for (let each = 0; each < 5; each++) await turn();
    const closed = takeover.close();
    ends[0]?.();
    await Promise.all([closed, started]);
    expect(forgotten).toEqual([]);
  });

  it('looks three times in a lease until it is closed, also when it is started again', async () => {
    const { clock, takeover, counts } = world([], async () => undefined);
    await takeover.start();
    await takeover.start();
    const before = counts.looks;
    for (let each = 0; each < 3; each++) await clock.advance(LOOK);
    expect(counts.looks - before).toBe(3);
    await takeover.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
