import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { DeadLetter, defineEvent, OnEvent } from 'nestjs-loose-coupling';
import { run } from '../../libs/loose-coupling/src/cli/run.js';
import { openDatabase } from '../../libs/loose-coupling/src/sqlite/index.js';
import { closeApps, startApp } from '../messaging/start-app.js';

const Placed = defineEvent<{ id: string }>('shop.order.placed');
const queue = 'order-shop-order-placed';

@Injectable()
class Orders {
  static heal = false;
  @OnEvent(Placed)
  on() {
    if (!Orders.heal) throw new DeadLetter('no');
  }
}

describe('the command', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loose-coupling-'));
    file = join(folder, 'broker.db');
    Orders.heal = false;
  });

  afterEach(async () => {
    await closeApps();
    await rm(folder, { recursive: true });
  });

  const start = () => startApp({ service: 'order', transport: { type: 'local', file }, providers: [Orders] });

  async function command(...args: string[]) {
    const written = { out: '', error: '' };
    const code = await run(args, {
      out: (text) => void (written.out += text),
      error: (text) => void (written.error += text),
    });
    return { code, ...written };
  }

  it('lists queues and sends dead letters back, beside the running service', async () => {
    const { bus, probe, deadLetter } = await start();
    await bus.publish(Placed, { id: '1' });
    await deadLetter(queue);

    const listed = await command('queues', '--file', file);
    expect(listed).toMatchObject({ code: 0, error: '' });
    expect(listed.out.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['QUEUE', 'AVAILABLE', 'IN FLIGHT', 'DELAYED'],
      [queue, '0', '0', '0'],
      [`${queue}-dlq`, '1', '0', '0'],
      [''],
    ]);

    Orders.heal = true;
    expect(await command('redrive', '-f', file, '-n', '5')).toEqual({
      code: 0,
      out: `${queue}-dlq: 1 sent back\n`,
      error: '',
    });
    await expect(probe.consumed(Placed)).resolves.toMatchObject({ data: { id: '1' } });
    expect((await command('redrive', '--file', file)).out).toBe('There are no dead letters.\n');
  });

  it('says of letters that are hidden now that they are there', async () => {
    const { bus, deadLetter, transport } = await start();
    await bus.publish(Placed, { id: '1' });
    await deadLetter(queue);
    await transport.queue(`${queue}-dlq`).receive({ max: 1, wait: 0, visibilityTimeout: 60_000 });

    expect((await command('redrive', '--file', file)).out).toBe(
      `${queue}-dlq: 0 sent back, 1 more is being handled or waits for another attempt; run again later\n`,
    );
  });

  it('says what is wrong and how it is used', async () => {
    expect(await command('--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('loose-coupling <command>'),
    });
    for (const [args, fault] of [
      [[], 'no command given'],
      [['reddrive', '--file', file], 'unknown command "reddrive"'],
      [['queues'], '--file: needed'],
      [['queues', '--file', join(folder, 'none.db')], `--file: there is no ${join(folder, 'none.db')}`],
      [['redrive', '--file', file, '--limit', 'x'], '--limit: expected a whole number above 0, got "x"'],
      [['redrive', '--frob'], '--frob'],
    ] as const) {
      const { code, error } = await command(...args);
      expect([code, error]).toEqual([2, expect.stringContaining(fault)]);
      expect(error.trimEnd().split('\n').at(-1)).toMatch(args.length === 0 ? 'Exit codes: ' : 'loose-coupling --help');
    }
  });

  it('leaves a file alone that is no broker', async () => {
    const shop = join(folder, 'shop.db');
    const database = openDatabase({ file: shop });
    database.exec('CREATE TABLE orders (id)');
    // Else whoever opens it next may bring the log into the file, which changes nothing of what is in it.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    await writeFile(join(folder, 'empty.db'), '');
    await writeFile(join(folder, 'notes.db'), 'these are notes, and no database at all');

    for (const name of ['shop.db', 'empty.db', 'notes.db']) {
      const before = await readFile(join(folder, name));
      const { code, error } = await command('queues', '-f', join(folder, name));
      expect([code, error]).toEqual([1, expect.stringContaining(`${name} is not the file of an embedded broker`)]);
      expect(await readFile(join(folder, name))).toEqual(before);
    }
  });

  it('fails for a queue that is not there', async () => {
    await start();

    expect(await command('redrive', '--file', file, '--queue', 'none')).toMatchObject({ code: 1, out: '' });
  });
});
