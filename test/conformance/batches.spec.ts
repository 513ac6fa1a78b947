import { Injectable } from '@nestjs/common';
import {
  BatchFailedError,
  defineCommand,
  defineEvent,
  OnBatch,
  OnEvent,
  type BatchContext,
  type BatchFailure,
} from 'nestjs-loose-coupling';
import { z } from 'zod';
import { describeTransports } from './describe-transports.js';

const Measured = defineEvent('plant.measured', { schema: z.object({ sensor: z.string(), value: z.number() }) });
const Booked = defineEvent('plant.booked', {
  schema: z.object({ account: z.string(), entry: z.number() }),
  key: ({ account }) => account,
  ordered: true,
});
/** Of imports: each is looked at when it is sent, and when it has come. */
let looks = 0;
const Import = defineCommand('plant.import', {
  schema: z.object({ line: z.number() }).refine(() => (looks += 1) > 0),
});
const Close = defineCommand<{ account: string }>('plant.close', { key: ({ account }) => account, ordered: true });
const QUICK = { maxAttempts: 2, initialDelay: 0, maxDelay: 0 };

jest.setTimeout(90_000);

const until = async (is: () => boolean | Promise<boolean>) => {
  // Moto goes on with the groups it found locked when a receive began, to the end of its 20 seconds.
  const end = Date.now() + 50_000;
  while (!(await is()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
};

describeTransports('batches', (start) => {
  it('hold many messages, validated, each with its context; those that fail come again, and are given up alone', async () => {
    const batches: number[][] = [];
    const contexts: BatchContext[] = [];
    @Injectable()
    class Statistics {
      @OnBatch(Measured, { size: 5, maxWait: 300, retry: QUICK })
      add(batch: readonly { sensor: string; value: number }[], context: BatchContext): BatchFailure[] {
        batches.push(batch.map(({ value }) => value));
        contexts.push(context);
        return context.messages.flatMap(({ id }, index) =>
          batch[index]?.value === 3 ? [{ id, error: new RangeError('three') }] : [],
        );
      }
    }
    const app = await start({ providers: [Statistics] });
    const events = Array.from({ length: 12 }, (_, value) => ({
      event: Measured,
      data: { sensor: 'a', value },
      options: { correlationId: `c-${value}` },
    }));
    await app.bus.publishAll(events);
    const { details } = await app.deadLetter('app-plant-measured');
    expect(details).toMatchObject({ errorType: 'RangeError', message: 'three', attempts: 2 });
    await until(() => new Set(batches.flat()).size === 12);
    expect(batches.flat().filter((value) => value !== 3)).toHaveLength(11);
    expect(batches.filter((batch) => batch.includes(3)).map(({ length }) => length > 1)[1]).toBe(false);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(5);
    const [first] = contexts;
    expect(first?.messages.map(({ correlationId }) => correlationId)).toEqual(batches[0]?.map((value) => `c-${value}`));
    expect(first).toMatchObject({ queue: 'app-plant-measured', handler: 'app/Statistics.add' });
  });

  it('keep the order of each key of an ordered contract, also behind a failure', async () => {
    // AWS takes no group of that name.
    const other = 'Konto Ü';
    const done: Record<string, number[]> = { x: [], [other]: [] };
    let refused = 0;
    @Injectable()
    class Accounts {
      @OnBatch(Booked, { size: 10, maxWait: 100, retry: { initialDelay: 0, maxDelay: 0 } })
      book(batch: readonly { account: string; entry: number }[], { messages }: BatchContext) {
        const failures: BatchFailure[] = [];
        const stopped = new Set<string>();
        batch.forEach(({ account, entry }, index) => {
          if (stopped.has(account)) return;
          if (account === 'x' && entry === 2 && refused++ === 0) {
            stopped.add(account);
            failures.push({ id: messages[index]?.id ?? '', error: new Error('not yet') });
          } else done[account]?.push(entry);
        });
        if (failures.length > 0) throw new BatchFailedError(failures);
      }
    }
    const app = await start({ providers: [Accounts] });
    const entries = [0, 1, 2, 3, 4, 5];
    await app.bus.publishAll(
      entries.flatMap((entry) => ['x', other].map((account) => ({ event: Booked, data: { account, entry } }))),
    );
    await until(() => (done['x']?.length ?? 0) >= 6 && (done[other]?.length ?? 0) >= 6);
    expect(done).toEqual({ x: entries, [other]: entries });
    expect(refused).toBeGreaterThan(1);
  });

  it('take the tenants of a queue without order for no keys: one that fails holds back nobody', async () => {
    const seen: (readonly [number, string | undefined])[] = [];
    @Injectable()
    class Importer {
      @OnBatch(Import, { size: 3, maxWait: 300, retry: { initialDelay: 0, maxDelay: 0 } })
      import(batch: readonly { line: number }[], { messages }: BatchContext): BatchFailure[] {
        batch.forEach(({ line }, index) => seen.push([line, messages[index]?.groupId]));
        const [first] = messages;
        return batch.length === 3 && first ? [{ id: first.id, error: new Error('not yet') }] : [];
      }
    }
    const app = await start({ providers: [Importer] });
    for (const line of [1, 2, 3]) await app.bus.send(Import, { line }, { tenantId: 't' });
    await until(async () => {
      const { available, inFlight } = await app.transport.queue('plant-import').depth();
      return seen.length > 3 && available + inFlight === 0;
    });
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(([, groupId]) => groupId))).toEqual(new Set([undefined]));
  });

  it('answer requests, and of those of one key also the one behind a failed one', async () => {
    let refused = false;
    @Injectable()
    class Accounts {
      @OnBatch(Close, { size: 2, maxWait: 2_000 })
      close(_: readonly { account: string }[], { messages }: BatchContext): BatchFailure[] {
        const [first] = messages;
        if (refused || !first) return [];
        refused = true;
        return [{ id: first.id, error: new RangeError('overdrawn') }];
      }
    }
    const app = await start({ providers: [Accounts] });
    const request = () => app.bus.request(Close, { account: 'x' }, { timeout: 30_000 });
    const answers = await Promise.allSettled([request(), request()]);
    const reasons = answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : 'done'));
    expect(reasons.toSorted()).toEqual([expect.stringContaining('overdrawn'), 'done']);
  });

  it('are handled before the application ends, without waiting for more', async () => {
    const lines: number[] = [];
    @Injectable()
    class Importer {
      @OnBatch(Import, { size: 100, maxWait: 3_600_000 })
      import(batch: readonly { line: number }[]) {
        lines.push(...batch.map(({ line }) => line));
      }
    }
    const app = await start({ providers: [Importer] });
    looks = 0;
    for (const line of [1, 2, 3]) await app.bus.send(Import, { line });
    await until(() => looks === 6);
    await app.close();
    expect(lines.toSorted()).toEqual([1, 2, 3]);
  });

  it('have a queue of their own', async () => {
    @Injectable()
    class Both {
      @OnBatch(Measured, { queue: 'shared', size: 0, colour: 'red' } as never)
      many() {}

      @OnEvent(Booked, { queue: 'shared' })
      one() {}

      @OnBatch(Import, { queue: 'x' } as never)
      commands() {}
    }
    await expect(start({ providers: [Both] })).rejects.toThrow(
      /@OnBatch on Both\.many\.colour: unknown option[\s\S]*Both\.many\.size[\s\S]*Both\.commands\.queue: unknown option/,
    );
  });
});
