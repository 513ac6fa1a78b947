import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { defineEvent, LooseCouplingModule, OnEvent } from 'nestjs-loose-coupling';
import {
  EventStore,
  On,
  OutgoingMessageFactory,
  PersistentSubscriptions,
  Projection,
  Projections,
  type ProjectionContext,
} from 'nestjs-loose-coupling/event-sourcing';
import { closeApps, startApp } from '../messaging/start-app.js';

const Placed = defineEvent<{ id: number }>('shop.order.placed');

afterEach(closeApps);

@Projection<number>({ name: 'placed' })
class PlacedOrders {
  @On('placed')
  placed(_data: unknown, { documents }: ProjectionContext<number>): void {
    documents.put('last', 1);
  }
}

/** Appends when the test lets it, then waits until that can be read. */
@Injectable()
class Reader {
  readonly outcomes: unknown[] = [];
  release: () => void = () => undefined;
  begun: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));
  readonly running = new Promise<void>((resolve) => (this.begun = resolve));

  constructor(
    private readonly store: EventStore,
    private readonly projections: Projections,
  ) {}

  @OnEvent(Placed)
  async on(): Promise<void> {
    this.begun();
    await this.released;
    const { nextExpectedVersion: version } = await this.store.appendToStream('orders', [{ type: 'placed', data: {} }]);
    const waiting = this.projections.waitForProjection('placed', { streamName: 'orders', version }, { timeout: 1_000 });
    this.outcomes.push(await waiting.catch((error: unknown) => error));
  }
}

describe('an application that is closed', () => {
  it('keeps projections up to date until no handler of messages waits for one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loose-coupling-'));
    const { close, bus, get } = await startApp({
      service: 'app',
      transport: { type: 'local', file: join(folder, 'broker.db') },
      imports: [LooseCouplingModule.forFeature({ projections: [PlacedOrders] })],
      providers: [Reader],
    });
    const reader = get(Reader);
    await bus.publish(Placed, { id: 1 });
    await reader.running;
    const closing = close();
    await new Promise((resolve) => setImmediate(resolve));
    reader.release();
    await closing;
    expect(reader.outcomes).toEqual([undefined]);
    await rm(folder, { recursive: true });
  });

  it('takes what is in memory through its subscriptions first, and what follows from that', async () => {
    const seen: number[] = [];
    @Injectable()
    class Chain {
      constructor(
        private readonly store: EventStore,
        private readonly outgoing: OutgoingMessageFactory,
        subscriptions: PersistentSubscriptions,
      ) {
        subscriptions.subscribe({ name: 'chain', types: ['linked'] }, async () => {
          // Longer than what has stalled is waited for; nothing is in the outbox, or with a handler of messages.
          for (const end = Date.now() + 400; Date.now() < end;) await new Promise((resolve) => setImmediate(resolve));
          const message = await this.outgoing.create(Placed, { id: 2 });
          await this.store.appendToStream('answers', [{ type: 'answered', data: {} }], { messages: [message] });
        });
      }

      @OnEvent(Placed)
      async on({ id }: { id: number }): Promise<void> {
        seen.push(id);
        if (id === 1) await this.store.appendToStream('chain', [{ type: 'linked', data: {} }]);
      }
    }
    const { close, bus } = await startApp({ providers: [Chain] });
    await bus.publish(Placed, { id: 1 });
    await close();
    expect(seen).toEqual([1, 2]);
  });
});
