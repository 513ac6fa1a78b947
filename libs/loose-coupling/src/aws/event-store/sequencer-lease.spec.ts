import { spawnSync } from 'node:child_process';
import { relayIdentity } from '../../event-sourcing/runtime.js';
import { FakeClock } from '../../testing/index.js';
import { EventItems } from './event-items.js';
import { SequencerLease } from './sequencer-lease.js';
import { FakeDynamoDb, FakeTable } from './testing/fake-dynamodb.js';

/** What another process of this machine would call itself. */
const identityOf = (pid: number): string => relayIdentity().replace(`/${process.pid}/`, `/${pid}/`);

describe('SequencerLease', () => {
  const open = () => {
    const clock = new FakeClock();
    const items = new EventItems(new FakeDynamoDb(new FakeTable()), 'events', clock);
    return { clock, lease: (holder: string) => new SequencerLease(items, clock, holder) };
  };

  it('is held by one process at a time, until that lets go of it or its term ends', async () => {
    const { clock, lease } = open();
    const [one, other] = [lease('elsewhere/1/a'), lease('elsewhere/2/b')];
    expect(await one.take()).toBe(true);
    expect(await other.take()).toBe(false);
    await clock.advance(2_000);
    await one.release();
    expect(await other.take()).toBe(true);
    await clock.advance(9_999);
    expect(await one.take()).toBe(false);
    await clock.advance(1_000);
    expect(await one.take()).toBe(true);
  });

  it('is taken at once from a process of this machine that is dead, and not from one that lives', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const { lease } = open();
    expect(await lease(identityOf(pid)).take()).toBe(true);
    expect(await lease(relayIdentity()).take()).toBe(true);
    expect(await lease(identityOf(process.ppid)).take()).toBe(false);
  });
});
