import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../testing/fake-clock.js';
import type { LocalBroker } from './local-broker.js';
import { openLocalBroker } from './open-local-broker.js';
import { UNCLAIMED_EVENTS } from './unclaimed-events.js';

const bodies = async (broker: LocalBroker, queue: string): Promise<string[]> =>
  (await broker.queue(queue).receive({ max: 100, wait: 0 })).map(({ body }) => body);

describe.each(['memory', 'file'])('events that nobody subscribes to yet, on %s', (storage) => {
  const clock = new FakeClock();
  let folder: string;
  let broker: LocalBroker;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lc-unclaimed-'));
    const file = storage === 'file' ? { file: join(folder, 'broker.db') } : {};
    broker = await openLocalBroker({ ...file, clock, keepUnclaimed: true });
    for (const topic of ['placed', 'other']) await broker.createTopic(topic);
    for (const name of ['a', 'b', 'ordered.fifo']) await broker.createQueue({ name });
  });
  afterEach(async () => {
    await broker.close();
    rmSync(folder, { recursive: true });
  });

  const publish = (topic: string, ...texts: string[]) =>
    broker.publishToTopic(
      topic,
      texts.map((body) => ({ body, groupId: 'g', deduplicationId: body })),
    );

  it('wait for the first subscription of their topic, in their order', async () => {
    await publish('placed', '1', '2');
    await publish('other', 'x');
    await publish('placed', '3');

    await broker.subscribe({ topic: 'placed', queue: 'a', raw: true });
    expect(await bodies(broker, 'a')).toEqual(['1', '2', '3']);
    await broker.subscribe({ topic: 'other', queue: 'b', raw: true });
    expect(await bodies(broker, 'b')).toEqual(['x']);
    expect(await broker.queue(UNCLAIMED_EVENTS).depth()).toEqual({ available: 0, inFlight: 0, delayed: 0 });
  });

  it('are filtered by the subscription that claims them', async () => {
    await publish('placed', '{"data":{"n":1}}', '{"data":{"n":2}}');
    await broker.subscribe({ topic: 'placed', queue: 'a', raw: true, dataFilter: { n: [2] } });
    expect(await bodies(broker, 'a')).toEqual(['{"data":{"n":2}}']);
    expect((await broker.queue(UNCLAIMED_EVENTS).depth()).available).toBe(0);
  });

  it('keep their group on a FIFO queue, and what is left of their delay', async () => {
    await publish('placed', '{"data":1}', '{"data":2}');
    await broker.subscribe({ topic: 'placed', queue: 'ordered.fifo', raw: true });
    const [first] = await broker.queue('ordered.fifo').receive({ max: 1, wait: 0 });
    expect(first).toMatchObject({ body: '{"data":1}', groupId: 'g' });

    await broker.publishToTopic('other', [{ body: 'late', delay: 1_000 }]);
    await clock.advance(400);
    await broker.subscribe({ topic: 'other', queue: 'b', raw: true });
    await clock.advance(599);
    expect(await bodies(broker, 'b')).toEqual([]);
    await clock.advance(1);
    expect(await bodies(broker, 'b')).toEqual(['late']);
  });

  it('go to the first subscription only, and are not kept once there is one', async () => {
    await broker.subscribe({ topic: 'placed', queue: 'a', raw: true });
    await publish('placed', '1');
    await broker.subscribe({ topic: 'placed', queue: 'b', raw: true });
    expect(await bodies(broker, 'b')).toEqual([]);
    expect(await broker.listQueues()).not.toContain(UNCLAIMED_EVENTS);
  });

  it('are dropped when there are too many', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => String(index));
    await publish('placed', ...many);
    await publish('placed', 'one more');
    expect((await broker.queue(UNCLAIMED_EVENTS).depth()).available).toBe(10_000);
  });

  it('are dropped at once unless the broker is asked to keep them', async () => {
    const plain = await openLocalBroker({ clock });
    await plain.createTopic('placed');
    await plain.publishToTopic('placed', [{ body: '1' }]);
    expect(await plain.listQueues()).toEqual([]);
    await plain.close();
  });
});

describe('events that nobody subscribes to yet, on a file that two brokers share', () => {
  it('are kept again once the other one has claimed what filled the place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lc-unclaimed-'));
    const open = () => openLocalBroker({ file: join(folder, 'broker.db'), keepUnclaimed: true });
    const [full, claiming] = [await open(), await open()];
    await full.createTopic('placed');
    await full.createTopic('other');
    await full.createQueue({ name: 'a' });
    await full.publishToTopic(
      'placed',
      Array.from({ length: 10_000 }, (_, index) => ({ body: String(index) })),
    );

    await claiming.subscribe({ topic: 'placed', queue: 'a', raw: true });
    await full.publishToTopic('other', [{ body: 'x' }]);

    expect((await full.queue(UNCLAIMED_EVENTS).depth()).available).toBe(1);
    await Promise.all([full.close(), claiming.close()]);
    rmSync(folder, { recursive: true });
  });
});
