import type { Clock } from '../../kernel/index.js';
import {
  encodeEnvelope,
  fairGroupOf,
  fifoOrderOf,
  NO_TRACER,
  traceHeaderOf,
  type EntryResult,
  type HasTracer,
  type MessageTransport,
} from '../../messaging/index.js';
import { DestinationProvisioner } from './destination-provisioner.js';
import type { OutboxEntry } from './outbox-storage.js';

type Result = EntryResult<unknown>;

/** Hands entries to the transport: events to their topics, commands to their queues. */
export class OutboxPublisher {
  private readonly destinations: DestinationProvisioner;

  constructor(
    private readonly transport: MessageTransport,
    private readonly clock: Clock,
    private readonly tracing: HasTracer = { tracer: NO_TRACER },
  ) {
    this.destinations = new DestinationProvisioner(transport);
  }

  /** Publishes entries that need no order among them. Results are in the order of the entries; it never rejects. */
  async publish(entries: readonly OutboxEntry[]): Promise<Result[]> {
    // One for each attempt. Who committed the message caused it; the receiver goes on from there, too.
    const spans = entries.map(({ kind, destination, envelope }) =>
      this.tracing.tracer.sending(kind === 'event' ? 'publish' : 'send', destination, { cause: envelope }),
    );
    const results = new Map<OutboxEntry, Result>();
    const calls = Array.from(this.groups(entries), async (group) => {
      const outcome = await this.attempt(group);
      group.forEach((entry, index) => results.set(entry, outcome[index] ?? unanswered()));
    });
    await Promise.all(calls);
    return entries.map((entry, index) => {
      const result = results.get(entry) ?? unanswered();
      if (result.ok) spans[index]?.accepted(entry.envelope);
      else spans[index]?.failed(result.error);
      return result;
    });
  }

  /** All events together, commands by queue. */
  private groups(entries: readonly OutboxEntry[]): Iterable<OutboxEntry[]> {
    const groups = new Map<string, OutboxEntry[]>();
    for (const entry of entries) {
      const key = entry.kind === 'event' ? '' : entry.destination;
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
    return groups.values();
  }

  private async attempt(group: readonly OutboxEntry[]): Promise<readonly Result[]> {
    try {
      await Promise.all(group.map((entry) => this.destinations.ensure(entry)));
      return group[0]?.kind === 'event' ? await this.publishEvents(group) : await this.sendCommands(group);
    } catch (error) {
      return group.map(() => ({ ok: false, error: toError(error), permanent: false }));
    }
  }

  private publishEvents(group: readonly OutboxEntry[]): Promise<readonly Result[]> {
    return this.transport.publish(
      group.map((entry) => ({
        topic: entry.destination,
        envelope: entry.envelope,
        fifo: entry.fifo,
        ...this.delayOf(entry),
      })),
    );
  }

  private sendCommands(group: readonly OutboxEntry[]): Promise<readonly Result[]> {
    const queue = this.transport.queue(group[0]?.destination ?? '');
    return queue.send(
      group.map((entry) => ({
        body: encodeEnvelope(entry.envelope),
        ...traceHeaderOf(entry.envelope),
        ...this.delayOf(entry),
        ...(entry.fifo ? fifoOrderOf(entry.envelope) : fairGroupOf(entry.envelope)),
      })),
    );
  }

  private delayOf({ dueAt }: OutboxEntry): { delay?: number } {
    const delay = dueAt === undefined ? 0 : dueAt - this.clock.now();
    return delay > 0 ? { delay } : {};
  }
}

const unanswered = (): Result => ({
  ok: false,
  error: new TypeError('The transport gave no result for this message.'),
  permanent: false,
});

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error), { cause: error });
