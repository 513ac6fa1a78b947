import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../testing/fake-clock.js';
import { openDatabase } from '../../sqlite/index.js';
import type { LocalBroker } from './local-broker.js';
import { openLocalBroker } from './open-local-broker.js';
import { ChildProcess } from './testing/child-process.js';

const soak = process.env['SOAK'] === '1';

describe('a broker file that several processes share', () => {
  let folder: string;
  let file: string;
  const brokers: LocalBroker[] = [];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lc-shared-'));
    file = join(folder, 'broker.db');
  });
  afterEach(async () => {
    await Promise.all([
      ...brokers.splice(0).map((broker) => broker.close()),
      ...children.splice(0).map((child) => child.kill()),
    ]);
    rmSync(folder, { recursive: true });
  });

  const open = async (clock?: FakeClock) => {
    const broker = await openLocalBroker({ file, ...(clock && { clock }) });
    brokers.push(broker);
    return broker;
  };
  const start = (script: string, ...args: string[]) => {
    const child = new ChildProcess(script, file, ...args);
    children.push(child);
    return child;
  };

  it('shows each what the others made, also while it is open', async () => {
    const [one, two] = [await open(), await open()];
    await one.createTopic('placed');
    await one.createQueue({ name: 'stock' });
    await one.subscribe({ topic: 'placed', queue: 'stock', raw: true });
    await two.publishToTopic('placed', [{ body: 'x' }]);
    expect(await one.queue('stock').receive({ max: 1, wait: 0 })).toMatchObject([{ body: 'x' }]);
    await one.deleteQueue('stock');
    await one.createQueue({ name: 'stock' });
    await two.queue('stock').send([{ body: 'y' }]);
    expect(await one.queue('stock').receive({ max: 1, wait: 0 })).toMatchObject([{ body: 'y' }]);
  });

  it('keeps everything for the next who opens it', async () => {
    const one = await open();
    await one.createQueue({ name: 'orders.fifo' });
    await one.queue('orders.fifo').send([{ body: 'a', groupId: 'g', deduplicationId: 'id' }]);
    await one.close();
    const two = await open();
    const queue = two.queue('orders.fifo');
    await queue.send([{ body: 'b', groupId: 'g', deduplicationId: 'id' }]);
    const received = await queue.receive({ max: 10, wait: 0 });
    expect(received).toMatchObject([{ body: 'a' }]);
    await two.close();
    const three = await open();
    expect(await three.queue('orders.fifo').delete([received[0]?.receiptHandle ?? ''])).toMatchObject([{ ok: true }]);
  });

  it('leaves nothing of a deleted queue in the file', async () => {
    const broker = await open();
    for (const name of ['orders', 'orders.fifo']) {
      await broker.createQueue({ name });
      await broker.queue(name).send([{ body: 'a', groupId: 'g' }]);
      await broker.deleteQueue(name);
    }
    const database = openDatabase({ file });
    for (const table of ['lc_message', 'lc_group', 'lc_deduplication']) {
      expect(database.prepare(`SELECT * FROM ${table}`).all()).toEqual([]);
    }
    database.close();
  });

  it('wakes receivers of the others at once, by the doorbell alone', async () => {
    // Time stands still, so neither a due time nor the safety poll can be what wakes them.
    const [one, two] = [await open(new FakeClock()), await open(new FakeClock())];
    await one.createQueue({ name: 'orders' });
    for (const body of ['a', 'b', 'c']) {
      const waiting = two.queue('orders').receive({ max: 1, wait: 20_000 });
      await one.queue('orders').send([{ body }]);
      expect(await waiting).toMatchObject([{ body }]);
    }
  });

  it('wakes receivers by the safety poll when the doorbell is not heard', async () => {
    const clock = new FakeClock();
    const [one, two] = [await open(clock), await open(clock)];
    await one.createQueue({ name: 'orders' });
    const waiting = two.queue('orders').receive({ max: 1, wait: 20_000 });
    // The sender makes a new one, which the receiver does not watch.
    rmSync(`${file}-bell`);
    for (let turn = 0; turn < 5; turn += 1) await clock.advance(0);
    await one.queue('orders').send([{ body: 'a' }]);
    await clock.advance(1_000);
    expect(await waiting).toMatchObject([{ body: 'a' }]);
  });

  it('carries messages to another process and back', async () => {
    const broker = await open();
    for (const name of ['there', 'back']) await broker.createQueue({ name });
    const child = start('answering-worker.ts', 'there', 'back');
    await child.wrote('ready');
    for (let round = 0; round < 20; round += 1) {
      await broker.queue('there').send([{ body: `m${round}` }]);
      const [answer] = await broker.queue('back').receive({ max: 1, wait: 20_000 });
      expect(answer?.body).toBe(`m${round}`);
      await broker.queue('back').delete([answer?.receiptHandle ?? '']);
    }
  }, 30_000);

  it('does not keep a process alive once it is closed there', async () => {
    const broker = await open();
    for (const name of ['there', 'back']) await broker.createQueue({ name });
    const child = start('answering-worker.ts', 'there', 'back');
    await child.wrote('ready');
    child.write('close');
    expect(await child.end()).toBe(0);
    expect(child.errors).toBe('');
  }, 30_000);

  it.each(['orders', 'orders.fifo'])(
    'loses nothing of %s and stays sound when processes are killed in the middle of their work',
    async (queueName) => {
      const broker = await open();
      await broker.createQueue({ name: queueName });
      const facts = { sent: [] as string[], deleting: [] as string[], deleted: [] as string[] };
      for (let kill = 0; kill < (soak ? 100 : 4); kill += 1) {
        const workers = [
          start('crashing-worker.ts', `${kill}a`, queueName),
          start('crashing-worker.ts', `${kill}b`, queueName),
        ];
        await Promise.all(workers.map((worker) => worker.wrote('ready')));
        // As long as a varying number of messages takes, so that each kill strikes somewhere else.
        await workers[0]?.wrote(`sent ${kill}a-${20 + kill * 13}-0`);
        await Promise.all(workers.map((worker) => worker.kill()));
        for (const line of workers.flatMap((worker) => worker.lines).filter((each) => each !== 'ready')) {
          const [fact, body = ''] = line.split(' ') as [keyof typeof facts, string];
          facts[fact].push(body);
        }
      }
      expect(facts.deleted.length).toBeGreaterThan(0);
      expect(new Set(facts.deleted).size).toBe(facts.deleted.length);

      const left = new Set(await drain(broker, queueName));
      expect(facts.deleted.filter((body) => left.has(body))).toEqual([]);
      const attempted = new Set(facts.deleting);
      expect(facts.sent.filter((body) => !left.has(body) && !attempted.has(body))).toEqual([]);
      const database = openDatabase({ file });
      expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      database.close();
    },
    soak ? 600_000 : 60_000,
  );

  async function drain(broker: LocalBroker, queueName: string): Promise<string[]> {
    const bodies: string[] = [];
    const queue = broker.queue(queueName);
    for (;;) {
      const received = await queue.receive({ max: 100, wait: 200 });
      if (received.length === 0) return bodies;
      bodies.push(...received.map(({ body }) => body));
      await queue.delete(received.map(({ receiptHandle }) => receiptHandle));
    }
  }
});
