import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SQS } from '@aws-sdk/client-sqs';
import { Injectable } from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  OnCommand,
  OnEvent,
  ReceivingStatus,
  type LooseCouplingOptions,
} from 'nestjs-loose-coupling';
import { can } from '../conformance/probes.js';
import { closeApps, startApp } from '../messaging/start-app.js';
import { describeOnAws } from '../support/aws-emulator/index.js';
import { UnsteadyEndpoint } from './unsteady-endpoint.js';

// What users of @ssut/nestjs-sqs have reported there, each by the number of its issue. Those that need no SQS are in test/messaging.
const Placed = defineEvent<{ id: string }>('shop.order.placed');
const Paid = defineEvent<{ id: string }>('shop.order.paid');
const Booked = defineEvent<{ account: string; entry: number }>('shop.booked', {
  key: ({ account }) => account,
  ordered: true,
});
const Import = defineCommand<{ id: string }>('shop.import');
const ten = Array.from({ length: 10 }, (_, index) => String(index));

let endpoint: UnsteadyEndpoint | undefined;

jest.setTimeout(60_000);
afterEach(async () => {
  await closeApps();
  await endpoint?.close();
  endpoint = undefined;
});

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; !condition();) {
    if (Date.now() > deadline) throw new Error(`Never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describeOnAws('an application on SQS', (aws) => {
  const options = (endpoint = aws().endpoint): LooseCouplingOptions => ({
    service: 'app',
    transport: { type: 'aws', prefix: `t${randomUUID().slice(0, 8)}`, provision: 'create' },
    aws: { endpoint, region: aws().region, credentials: aws().credentials },
  });
  /** What the queue holds, as somebody else sees it. */
  const depthOf = async ({ transport }: LooseCouplingOptions, name: string) => {
    const { endpoint, region, credentials } = aws();
    // A copy: the SDK writes into it.
    const other = new SQS({ endpoint, region, credentials: { ...credentials } });
    const { QueueUrl } = await other.getQueueUrl({ QueueName: `${(transport as { prefix: string }).prefix}-${name}` });
    const { Attributes = {} } = await other.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    other.destroy();
    const { ApproximateNumberOfMessages: available, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes;
    return { available: Number(available), inFlight: Number(inFlight) };
  };

  it('[ssut-#20] has no handler running when its close is through, and every message acknowledged', async () => {
    const happened: string[] = [];
    let running = 0;
    const gate = new Gate();
    @Injectable()
    class Orders {
      @OnCommand(Import, { concurrency: 10 })
      async import() {
        running += 1;
        await gate.opened;
        happened.push('handled');
      }
      onModuleDestroy() {
        happened.push('destroyed');
      }
    }
    const settings = options();
    const { bus, close } = await startApp({ ...settings, providers: [Orders] });
    await Promise.all(ten.map((id) => bus.send(Import, { id })));
    await until(() => running === 10);

    const closing = close().then(() => happened.push('closed'));

    for (const _ of ten) await depthOf(settings, 'shop-import');
    happened.push('let go');
    gate.open();
    await closing;
    expect(happened).toEqual(['let go', ...ten.map(() => 'handled'), 'destroyed', 'closed']);
    expect(await depthOf(settings, 'shop-import')).toEqual({ available: 0, inFlight: 0 });
  });

  it('[ssut-#28] goes on receiving after SQS could not be reached, and meanwhile says so', async () => {
    const lines: string[] = [];
    const keep = (line: unknown) => void lines.push(String(line));
    endpoint = await UnsteadyEndpoint.before(aws().endpoint);
    @Injectable()
    class Orders {
      @OnCommand(Import)
      import() {}
    }
    const { bus, probe, get } = await startApp({
      ...options(endpoint.url),
      // A poll that was cut off may still take a message, which is then seen again after so long.
      consumer: { visibilityTimeout: 5_000 },
      logger: { log: keep, warn: keep, error: keep },
      providers: [Orders],
    });
    const receiving = () => get(ReceivingStatus).queues()[0];
    await bus.send(Import, { id: 'before' });
    await probe.consumed(Import, ({ data }) => data.id === 'before', { timeout: 15_000 });

    endpoint.goDown();
    await until(() => receiving()?.failingSince !== undefined && (endpoint?.refused ?? 0) > 5);
    endpoint.comeBack();

    await bus.send(Import, { id: 'after' });
    await probe.consumed(Import, ({ data }) => data.id === 'after', { timeout: 30_000 });
    expect(receiving()?.failingSince).toBeUndefined();
    expect(lines.filter((line) => /Queue shop-import, receive: AwsCallError/.test(line))).not.toEqual([]);
  });

  it('[ssut-#29] lives on when its handlers throw, of batches too, and nobody listens for errors', async () => {
    const loader = join(__dirname, '../support/run-typescript.cjs');
    const child = spawn(
      process.execPath,
      ['--require', loader, join(__dirname, 'children/failing-handlers.ts'), JSON.stringify(options())],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    const ended = new Promise<string>((resolve) => child.once('exit', (code) => resolve(`ended with ${code}`)));
    const fine = new Promise<string>((resolve) => {
      child.stdout.on('data', (text) => {
        output += text;
        if (output.includes('is fine') && output.includes('a batch, attempt 2')) resolve('lives');
      });
    });

    expect(await Promise.race([ended, fine])).toBe('lives');

    child.kill('SIGKILL');
    await ended;
    expect(output.trim().split('\n').toSorted()).toEqual([
      'a batch, attempt 1',
      'a batch, attempt 2',
      'fails in a callback it waits for',
      'is fine',
      'rejects',
      'rejects with nothing',
      'throws',
    ]);
  });

  it('[ssut-#94] runs more than ten of one queue at once, each message in the handler of its type', async () => {
    const running: string[] = [];
    const gate = new Gate();
    const shared = { queue: 'orders', concurrency: 25 };
    @Injectable()
    class Orders {
      @OnEvent(Placed, shared)
      placed({ id }: { id: string }) {
        return this.run(`placed ${id}`);
      }
      @OnEvent(Paid, shared)
      paid({ id }: { id: string }) {
        return this.run(`paid ${id}`);
      }
      private async run(what: string) {
        running.push(what);
        await gate.opened;
      }
    }
    const { bus } = await startApp({ ...options(), providers: [Orders] });

    await bus.publishAll([
      ...[...ten, ...ten].map((_, index) => ({ event: Placed, data: { id: `a${index}` } })),
      ...[1, 2, 3, 4, 5].map((index) => ({ event: Paid, data: { id: `b${index}` } })),
    ]);

    // None of them ends before all of them run.
    await until(() => running.length === 25);
    expect(running.filter((each) => /^placed a\d+$/.test(each))).toHaveLength(20);
    expect(running.filter((each) => /^paid b\d$/.test(each))).toHaveLength(5);
    gate.open();
  });

  it('[ssut-#97] keeps the order of each group of a FIFO queue while groups run beside each other', async () => {
    const seen: string[] = [];
    const busy = new Set<string>();
    const faults: string[] = [];
    let most = 0;
    @Injectable()
    class Ledger {
      @OnEvent(Booked, { retry: { initialDelay: 0, maxDelay: 0 } })
      async book({ account, entry }: { account: string; entry: number }) {
        if (busy.has(account)) faults.push(`two of ${account} at once`);
        busy.add(account);
        most = Math.max(most, busy.size);
        // The earlier, the slower: without lanes the last would be first.
        await new Promise((resolve) => setTimeout(resolve, 5 * (6 - entry)));
        busy.delete(account);
        seen.push(`${account}${entry}`);
      }
    }
    const { bus, transport } = await startApp({ ...options(), providers: [Ledger] });
    if (!(await can(transport, 'a waiting receive sees a FIFO group that is released'))) return;
    const entries = [1, 2, 3, 4, 5];
    const accounts = ['a', 'b', 'c'];

    await bus.publishAll(
      entries.flatMap((entry) => accounts.map((account) => ({ event: Booked, data: { account, entry } }))),
    );

    await until(() => seen.length === 15);
    expect(faults).toEqual([]);
    expect(accounts.map((account) => seen.filter((each) => each.startsWith(account)))).toEqual(
      accounts.map((account) => entries.map((entry) => `${account}${entry}`)),
    );
    expect(most).toBeGreaterThan(1);
  });

  it('[ssut-#103] acknowledges what a handler resolves, to whatever, and nothing that it rejects', async () => {
    const results: Record<string, unknown> = { undefined, null: null, false: false, list: [], object: {} };
    const later = { maxAttempts: 5, initialDelay: 600_000, maxDelay: 600_000 };
    const settings = options();
    @Injectable()
    class Orders {
      @OnCommand(Import, { retry: later })
      async import({ id }: { id: string }): Promise<unknown> {
        if (!(id in results)) throw new Error('not yet');
        return results[id];
      }
    }
    const { bus, probe } = await startApp({ ...settings, providers: [Orders] });

    for (const id of [...Object.keys(results), 'rejected']) await bus.send(Import, { id });

    await probe.failed(Import, undefined, { timeout: 15_000 });
    for (const id of Object.keys(results)) {
      await probe.consumed(Import, ({ data }) => data.id === id, { timeout: 15_000 });
    }
    await closeApps();
    expect(await depthOf(settings, 'shop-import')).toEqual({ available: 0, inFlight: 1 });
  });
});
