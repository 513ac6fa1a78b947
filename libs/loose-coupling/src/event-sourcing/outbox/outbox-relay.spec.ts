import type { EntryResult, MessageTransport, OutgoingEvent, QueueEntry } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import type { OutgoingMessage } from '../core/event-store.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { event, message } from '../testing/event-store-under-test.js';
import { OutboxRelay } from './outbox-relay.js';
import type { OutboxRelayOptions } from './outbox-relay-options.js';
import { RelayedOutbox } from './relayed-outbox.js';

type Verdict = 'accept' | 'refuse' | 'permanent';

/** Takes what it is told to take, and remembers the order. */
class ScriptedTransport {
  readonly accepted: string[] = [];
  readonly batches: number[] = [];
  readonly delays: (number | undefined)[] = [];
  readonly sent: QueueEntry[] = [];
  readonly provisioned: string[] = [];
  judge: (id: string) => Verdict = () => 'accept';
  before: () => Promise<void> = async () => undefined;

  async publish(events: readonly OutgoingEvent[]): Promise<EntryResult[]> {
    await this.before();
    this.batches.push(events.length);
    return events.map(({ envelope, delay }) => {
      this.delays.push(delay);
      return this.take(envelope.id);
    });
  }

  queue(name: string) {
    return {
      send: async (entries: readonly QueueEntry[]) => {
        await this.before();
        this.sent.push(...entries);
        return entries.map(({ body }) => this.take(`${name}:${(JSON.parse(body) as { id: string }).id}`));
      },
    };
  }

  async provision(topology: { queues: readonly { name: string }[]; topics: readonly { name: string }[] }) {
    this.provisioned.push(...[...topology.queues, ...topology.topics].map(({ name }) => name));
  }

  private take(id: string): EntryResult {
    const verdict = this.judge(id);
    if (verdict === 'accept') {
      this.accepted.push(id);
      return { ok: true, value: undefined };
    }
    return { ok: false, error: new Error(`no ${id}`), permanent: verdict === 'permanent' };
  }
}

function setUp(options: OutboxRelayOptions = {}) {
  const clock = new FakeClock();
  const store = new MemoryEventStore({ clock });
  const transport = new ScriptedTransport();
  const reports: string[] = [];
  const newRelay = () =>
    new OutboxRelay({
      storage: store.outbox,
      transport: transport as unknown as MessageTransport,
      clock,
      options: { retry: { initialDelay: 100, maxDelay: 1000, jitter: 'none' }, ...options },
      report: (text) => void reports.push(text),
    });
  const relay = newRelay();
  const commit = (streamName: string, ...messages: (string | OutgoingMessage)[]) =>
    store.appendToStream(streamName, [event('x')], {
      messages: messages.map((item) => (typeof item === 'string' ? message(item) : item)),
    });
  return {
    clock,
    store,
    transport,
    relay,
    newRelay,
    commit,
    reports,
    outbox: new RelayedOutbox(store.outbox, relay, clock),
  };
}

describe('OutboxRelay', () => {
  it('publishes what was committed before it started, and what is committed afterwards at once', async () => {
    const { transport, relay, commit, outbox } = setUp();
    await commit('a-1', 'm1');
    relay.start();
    await outbox.flush();
    await commit('a-1', 'm2');
    await outbox.flush();
    expect(transport.accepted).toEqual(['m1', 'm2']);
    expect(await outbox.pending()).toBe(0);
    await relay.stop();
  });

  it('makes topics and queues before the first message to them', async () => {
    const { transport, relay, commit, outbox } = setUp();
    await commit('a-1', 'm1', { ...message('m2'), kind: 'command', destination: 'work' });
    relay.start();
    await outbox.flush();
    await commit('a-1', 'm3');
    await outbox.flush();
    expect(transport.provisioned).toEqual(['shop.tested', 'work', 'work-dlq']);
    await relay.stop();
  });

  it('sends commands to their queue, with group and deduplication id when it is FIFO', async () => {
    const { transport, relay, commit, outbox } = setUp();
    const envelope = { ...message('m1').envelope, partitionkey: 'k' };
    await commit('a-1', { kind: 'command', destination: 'work.fifo', fifo: true, envelope });
    relay.start();
    await outbox.flush();
    expect(transport.accepted).toEqual(['work.fifo:m1']);
    expect(transport.sent).toEqual([{ body: expect.any(String), groupId: 'k', deduplicationId: 'm1' }]);
    expect(JSON.parse(transport.sent[0]?.body ?? '')).toEqual(envelope);
    await relay.stop();
  });

  it('counts a delay from the commit', async () => {
    const { clock, transport, relay, commit, outbox } = setUp();
    await commit('a-1', { ...message('late'), delay: 5000 });
    await commit('b-1', { ...message('due'), delay: 1000 });
    await clock.advance(2000);
    relay.start();
    await outbox.flush();
    expect(transport.delays).toEqual([3000, undefined]);
    await relay.stop();
  });

  it('keeps the order of a stream, by having at most one of its messages on the way', async () => {
    const { transport, relay, commit, outbox } = setUp();
    for (let round = 0; round < 3; round++) for (const stream of ['a', 'b']) await commit(stream, `${stream}${round}`);
    relay.start();
    await outbox.flush();
    expect(transport.batches).toEqual([2, 2, 2]);
    expect(transport.accepted.filter((id) => id.startsWith('a'))).toEqual(['a0', 'a1', 'a2']);
    await relay.stop();
  });

  it('holds back only the stream of a message that fails, and retries it with growing waits', async () => {
    const { clock, transport, relay, commit, outbox } = setUp();
    let failures = 2;
    transport.judge = (id) => (id === 'a1' && failures-- > 0 ? 'refuse' : 'accept');
    await commit('a-1', 'a1');
    await commit('a-1', 'a2');
    await commit('b-1', 'b1');
    relay.start();
    await clock.advance(0);
    expect(transport.accepted).toEqual(['b1']);
    await commit('b-1', 'b2');
    await clock.advance(99);
    expect(transport.accepted).toEqual(['b1', 'b2']);
    await clock.advance(1 + 199);
    expect(transport.accepted).toEqual(['b1', 'b2']);
    await clock.advance(1);
    expect(transport.accepted).toEqual(['b1', 'b2', 'a1', 'a2']);
    expect(await outbox.pending()).toBe(0);
    await relay.stop();
  });

  it('lets a message of two streams wait for both, and what follows in either wait for it', async () => {
    const { clock, transport, relay, store, commit } = setUp();
    let refuse = true;
    transport.judge = (id) => (id === 'a1' && refuse ? 'refuse' : 'accept');
    await commit('a-1', 'a1');
    await store.commit({
      appends: ['a-1', 'b-1'].map((streamName) => ({ streamName, events: [event('x')] })),
      messages: [message('ab')],
    });
    await commit('b-1', 'b2');
    await commit('c-1', 'c1');
    relay.start();
    await clock.advance(0);
    expect(transport.accepted).toEqual(['c1']);
    refuse = false;
    await clock.advance(1000);
    expect(transport.accepted).toEqual(['c1', 'a1', 'ab', 'b2']);
    await relay.stop();
  });

  it('parks a message that can never be published, and those behind it, until they are tried again', async () => {
    const { transport, relay, commit, outbox, reports } = setUp();
    transport.judge = (id) => (id === 'big' ? 'permanent' : 'accept');
    await commit('a-1', 'big');
    await commit('a-1', 'a2');
    await commit('b-1', 'b1');
    relay.start();
    await outbox.flush();
    await commit('a-1', 'a3');
    await outbox.flush();
    expect(transport.accepted).toEqual(['b1']);
    expect((await outbox.parked()).map(({ envelope, reason }) => [envelope.id, reason])).toEqual([
      ['big', 'Error: no big'],
      ['a2', 'An earlier message of "a-1" is parked.'],
      ['a3', 'An earlier message of "a-1" is parked.'],
    ]);
    expect(reports).toEqual([expect.stringContaining('"big"')]);
    transport.judge = () => 'accept';
    expect(await outbox.retryParked()).toBe(3);
    await outbox.flush();
    expect(transport.accepted).toEqual(['b1', 'big', 'a2', 'a3']);
    expect(await outbox.parked()).toEqual([]);
    await relay.stop();
  });

  it('tries a message again that belongs to no stream', async () => {
    const { transport, relay, store, outbox } = setUp();
    transport.judge = (id) => (id === 'm1' ? 'permanent' : 'accept');
    relay.start();
    await store.commit({ appends: [], messages: [message('m1')] });
    await outbox.flush();
    await store.commit({ appends: [], messages: [message('m2')] });
    await outbox.flush();
    transport.judge = () => 'accept';
    expect(await outbox.retryParked()).toBe(1);
    await outbox.flush();
    expect(transport.accepted).toEqual(['m2', 'm1']);
    await relay.stop();
  });

  it('notices in the middle of a batch that parked messages are tried again, and keeps their order', async () => {
    const { transport, relay, commit, outbox } = setUp();
    transport.judge = (id) => (id === 'a1' ? 'permanent' : 'accept');
    await commit('a-1', 'a1');
    relay.start();
    await outbox.flush();
    transport.judge = () => 'accept';
    transport.before = async () => {
      transport.before = async () => undefined;
      await outbox.retryParked();
    };
    await commit('b-1', 'b1');
    await commit('a-1', 'a2');
    await outbox.flush();
    expect(transport.accepted).toEqual(['b1', 'a1', 'a2']);
    expect(await outbox.parked()).toEqual([]);
    await relay.stop();
  });

  it('gives way while the transport is away, and goes on when it is back', async () => {
    const { clock, transport, relay, commit } = setUp({ batchSize: 1 });
    for (let index = 0; index < 50; index++) await commit(`s-${index}`, `m${index}`);
    let attempts = 0;
    transport.judge = () => (attempts++ < 0 ? 'accept' : 'refuse');
    relay.start();
    await clock.advance(0);
    expect(attempts).toBe(3);
    transport.judge = () => 'accept';
    await clock.advance(10_000);
    expect(transport.accepted.length).toBe(50);
    await relay.stop();
  });

  it('lets one of several relays work, and another take over when it stops', async () => {
    const { clock, transport, relay, newRelay, commit } = setUp();
    const second = newRelay();
    relay.start();
    await clock.advance(0);
    second.start();
    await commit('a-1', 'm1');
    await clock.advance(0);
    await relay.stop();
    await commit('a-1', 'm2');
    await clock.advance(5000);
    expect(transport.accepted).toEqual(['m1', 'm2']);
    await second.stop();
  });

  it('takes over from a relay that hangs, whose late word then counts for nothing', async () => {
    const { clock, transport, relay, newRelay, commit, store } = setUp({ leaseDuration: 5000 });
    // The first relay hangs inside the transport, and its process with it: no heartbeat.
    const renew = store.outbox.renew.bind(store.outbox);
    store.outbox.renew = () => new Promise(() => undefined);
    let resume = (): void => undefined;
    transport.before = () => new Promise((resolve) => (resume = resolve));
    await commit('a-1', 'm1');
    relay.start();
    await clock.advance(1);
    const second = newRelay();
    transport.before = async () => undefined;
    second.start();
    await clock.advance(4000);
    expect(transport.accepted).toEqual([]);
    await clock.advance(1001);
    expect(transport.accepted).toEqual(['m1']);
    store.outbox.renew = renew;
    resume();
    await commit('a-1', 'm2');
    await clock.advance(20_000);
    // Repeated by the first; recognised by its id, and nothing is lost or overtaken.
    expect(transport.accepted).toEqual(['m1', 'm1', 'm2']);
    expect(await store.outbox.countPending()).toBe(0);
    await relay.stop();
    await second.stop();
  });

  it('keeps the lease while the transport takes its time', async () => {
    const { clock, transport, relay, newRelay, commit } = setUp({ leaseDuration: 1000 });
    let resume = (): void => undefined;
    transport.before = () => new Promise((resolve) => (resume = resolve));
    await commit('a-1', 'm1');
    relay.start();
    await clock.advance(1);
    const second = newRelay();
    second.start();
    await clock.advance(10_000);
    resume();
    await clock.advance(0);
    expect(transport.accepted).toEqual(['m1']);
    await Promise.all([relay.stop(), second.stop()]);
  });

  it('publishes on stop what is pending, but does not wait for a transport that is away', async () => {
    const { transport, relay, commit, outbox } = setUp();
    relay.start();
    await commit('a-1', 'm1');
    await relay.stop();
    expect(transport.accepted).toEqual(['m1']);
    await expect(outbox.flush()).resolves.toBeUndefined();
    await commit('a-1', 'm2');
    await expect(outbox.flush()).rejects.toMatchObject({ code: 'LC_CLOSED' });
  });

  it('tries no more on stop once the transport has refused everything', async () => {
    const { transport, relay, commit } = setUp({ batchSize: 5 });
    for (let index = 0; index < 50; index++) await commit(`s-${index}`, `m${index}`);
    transport.judge = () => 'refuse';
    relay.start();
    await relay.stop();
    expect(transport.batches.length).toBeLessThanOrEqual(2);
  });

  it('stops in time although the transport never answers, and leaves the message for the next start', async () => {
    const { clock, transport, relay, commit, outbox } = setUp({ stopTimeout: 3000 });
    transport.before = () => new Promise(() => undefined);
    await commit('a-1', 'm1');
    relay.start();
    await clock.advance(0);
    let stopped = false;
    const stopping = relay.stop().then(() => (stopped = true));
    await clock.advance(2999);
    expect(stopped).toBe(false);
    await clock.advance(1);
    await stopping;
    expect(await outbox.pending()).toBe(1);
  });

  it('leaves no timer behind', async () => {
    const { clock, relay, commit, outbox } = setUp();
    relay.start();
    await commit('a-1', 'm1');
    await outbox.flush();
    await relay.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
