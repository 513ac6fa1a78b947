import { backoffDelay, isLooseCouplingError, sleep } from '../../kernel/index.js';
import { causedBy } from '../core/caused-by.js';
import type { EventEnvelope, OnUnreadable } from '../core/event-store.js';
import { outsideHandlerRun } from '../core/handler-run.js';
import { UNKNOWN } from '../core/undecodable.js';
import { isKeyOutage } from '../errors/data-key-unavailable.error.js';
import { withAllTenants } from '../tenancy/all-tenants.js';
import type { Checkpoint, CheckpointMove, ParkedEvent } from './checkpoint-store.js';
import { DocumentBatch, type DocumentEditor } from './document-batch.js';
import { ParkedStreams } from './parked-streams.js';
import type { SubscriptionParts } from './subscription-parts.js';

interface Failure {
  readonly event: EventEnvelope;
  readonly error: unknown;
}

/** The work of one holder of a checkpoint. Ends with the lease, as another holder may move on from then. */
export class SubscriptionSession {
  private readonly parked: ParkedStreams;
  /** Of the event that failed last. */
  private failing = { position: 0, attempts: 0 };
  private latest: Checkpoint | undefined;
  /** Of the events that were read last, those that cannot be, by position. */
  private readonly unreadable = new Map<number, unknown>();

  constructor(
    private readonly parts: SubscriptionParts,
    private lease: Checkpoint,
    private readonly isMine: (event: EventEnvelope) => boolean,
    /** Ends the work after the event in progress. */
    private readonly signal: AbortSignal,
  ) {
    this.parked = new ParkedStreams(parts.checkpoints, lease.name);
  }

  /** Handles a page of events; `latest` is what the store said last. Resolves to whether there may be more. */
  async work(latest: Checkpoint): Promise<boolean> {
    const { options } = this.parts;
    if (latest !== this.latest) this.lease = { ...this.lease, replays: latest.replays };
    this.latest = latest;
    await this.parked.refresh(this.lease.replays);
    await this.replayDue();
    let left = await this.readAfter(this.lease.position, options.batchSize);
    if (left.length === 0) return this.end();
    while (left.length > 0 && !this.signal.aborted) {
      await this.step(left);
      left = left.filter(({ position }) => position > this.lease.position);
      // It may be mended by now: it is read again before each attempt.
      if (this.unreadable.has(left[0]?.position ?? 0)) break;
    }
    return true;
  }

  /** What cannot be read has its place among the others, and fails when it is its turn. */
  private async readAfter(afterPosition: number, limit: number): Promise<EventEnvelope[]> {
    const events: EventEnvelope[] = [];
    this.unreadable.clear();
    const onUnreadable: OnUnreadable = ({ position }, error) => this.unreadable.set(position, error);
    const page = { afterPosition, limit, onUnreadable };
    for await (const event of withAllTenants(() => this.parts.store.readAll(page))) events.push(event);
    return events;
  }

  /** What is of another partition, or of a type that no handler is for, passes by and parks nothing. */
  private concerns(event: EventEnvelope): boolean {
    const { options, typesOf } = this.parts;
    if (!this.isMine(event)) return false;
    if (!options.types || !typesOf || event.type === UNKNOWN) return true;
    return typesOf(event).some((type) => options.types?.has(type));
  }

  /** Resolves to false: there is no more. */
  private async end(): Promise<false> {
    const also = await this.parts.atEnd?.();
    if (!also || this.signal.aborted) return false;
    try {
      await this.move({ to: this.lease.position, ...also });
    } catch (error) {
      const isEarly = isLooseCouplingError(error, 'LC_CHECKPOINT_BEHIND');
      if (!isEarly && !isLooseCouplingError(error, 'LC_DOCUMENT_CONFLICT')) throw error;
    }
    return false;
  }

  /** As many events as go well and fit into one transaction. */
  private async step(events: readonly EventEnvelope[]): Promise<void> {
    const batch = this.newBatch();
    const parked: ParkedEvent[] = [];
    let failure: Failure | undefined;
    let count = 0;
    for (const event of events) {
      if (this.signal.aborted) break;
      const concerns = this.concerns(event);
      if (concerns && this.parked.has(event.streamName)) {
        parked.push(this.toParked(event, `An earlier event of "${event.streamName}" is parked.`));
      } else if (concerns) {
        failure = await this.tryHandle(event, batch, count);
        if (failure) {
          batch.discard(count);
          break;
        }
      }
      count += 1;
    }
    const through = (most: number) => parked.filter(({ position }) => position <= (events[most - 1]?.position ?? 0));
    const { checkpoints } = this.parts;
    const result = await batch.changes(count, (most, documents) =>
      checkpoints.fits({ documents, parked: through(most) }),
    );
    const last = events[result.count - 1];
    if (last) {
      const { position: to, recordedAt } = last;
      await this.move({ to, recordedAt, documents: result.documents, parked: through(result.count) });
    }
    const failed = events[result.count];
    if (result.failure && failed) await this.fail({ event: failed, error: result.failure.error });
    else if (failure && result.count === count) await this.fail(failure);
  }

  private async tryHandle(event: EventEnvelope, batch: DocumentBatch, index: number): Promise<Failure | undefined> {
    const { upcast, options } = this.parts;
    const damage = this.unreadable.get(event.position);
    if (damage) return { event, error: damage };
    const documents = batch.editor(index);
    try {
      for (const current of await upcast(event)) {
        if (options.types && !options.types.has(current.type)) continue;
        const before = batch.count(index);
        // Discarding one is not about the others that the event was split into.
        if (!(await this.handle(current, documents))) batch.undo(index, before);
      }
      return undefined;
    } catch (error) {
      return { event, error };
    }
  }

  /** Resolves to whether it counts: the handler may discard it. */
  private async handle(event: EventEnvelope, documents: DocumentEditor): Promise<boolean> {
    const { position, attempts } = this.failing;
    const attempt = event.position === position ? attempts + 1 : 1;
    const context = { attempt, signal: this.signal, documents };
    try {
      await outsideHandlerRun(() => causedBy(event, () => this.parts.handler(event, context)));
      return true;
    } catch (error) {
      if (isLooseCouplingError(error, 'LC_DISCARD')) return false;
      throw error;
    }
  }

  /** Waits for another attempt, or parks the event after the last one. */
  private async fail({ event, error }: Failure): Promise<void> {
    if (this.signal.aborted) return;
    // As when the event itself needs a key: it is waited for, and counts as no attempt.
    if (isKeyOutage(error)) throw error;
    const { options, report } = this.parts;
    if (isLooseCouplingError(error, 'LC_RETRY_LATER')) return this.pause((error as { delay?: number }).delay ?? 0);
    const attempts = this.failing.position === event.position ? this.failing.attempts + 1 : 1;
    this.failing = { position: event.position, attempts };
    if (attempts >= options.retry.maxAttempts || isLooseCouplingError(error, 'LC_DEAD_LETTER')) {
      const { position: to, recordedAt } = event;
      await this.move({ to, recordedAt, parked: [this.toParked(event, reasonOf(error))] });
      this.tellParked({ event, error });
      return;
    }
    const delay = backoffDelay(attempts, options.retry);
    report(`${this.describe(event)} could not be handled (attempt ${attempts}); trying again.`, error);
    await this.pause(delay);
  }

  /** Of each stream that somebody wants to be tried again, in order, until one fails. */
  private async replayDue(): Promise<void> {
    const failed = new Set<string>();
    for await (const parked of this.parked.due()) {
      if (this.signal.aborted) return;
      const { streamName, reason } = parked;
      if (failed.has(streamName)) await this.parkAgain(parked, reason);
      else if (!(await this.replay(parked))) failed.add(streamName);
    }
  }

  /** Resolves to whether it went well, or there is nothing more to do. */
  private async replay(parked: ParkedEvent): Promise<boolean> {
    const batch = this.newBatch();
    const event = await this.find(parked);
    const failure = event && (await this.tryHandle(event, batch, 0));
    const { documents, failure: unfit } = await batch.changes(failure || !event ? 0 : 1, (_, changes) =>
      this.parts.checkpoints.fits({ documents: changes }),
    );
    if (this.signal.aborted) return true;
    if (failure || unfit) {
      const error = failure?.error ?? unfit?.error;
      if (isKeyOutage(error)) throw error;
      await this.parkAgain({ ...parked, due: true }, reasonOf(error));
      if (event) this.tellParked({ event, error });
      return false;
    }
    await this.move({ to: this.lease.position, unparked: [parked.position], documents });
    this.parked.remove(parked.streamName);
    return true;
  }

  /** Until somebody asks once more. */
  private async parkAgain(parked: ParkedEvent, reason: string): Promise<void> {
    if (parked.due) await this.move({ to: this.lease.position, parked: [{ ...parked, due: false, reason }] });
  }

  private async find({ position }: ParkedEvent): Promise<EventEnvelope | undefined> {
    const [event] = await this.readAfter(position - 1, 1);
    return event?.position === position ? event : undefined;
  }

  private async move(move: Omit<CheckpointMove, 'from'>): Promise<void> {
    const { position: from, name } = this.lease;
    this.lease = await this.parts.checkpoints.move(this.lease, { ...move, from });
    // Any other was parked before, and is only written anew.
    for (const { position, streamName } of move.parked ?? []) if (position > from) this.parked.add(streamName);
    this.parts.onMoved(name, this.lease.position);
  }

  private newBatch(): DocumentBatch {
    return new DocumentBatch(this.parts.checkpoints.documents, this.parts.documents);
  }

  private async pause(delay: number): Promise<void> {
    await sleep(this.parts.clock, delay, this.signal).catch(() => undefined);
  }

  private tellParked({ event, error }: Failure): void {
    this.parts.report(`${this.describe(event)} was parked, with those that follow it in its stream.`, error);
    this.parts.onParked(event, error, this.parts.options.name);
  }

  private describe({ type, position, streamName }: EventEnvelope): string {
    return `Event ${position} (${type} of "${streamName}") of the subscription "${this.parts.options.name}"`;
  }

  private toParked(event: EventEnvelope, reason: string): ParkedEvent {
    const { position, streamName, version, id: eventId, type } = event;
    return { position, streamName, version, eventId, type, reason, parkedAt: this.parts.clock.now(), due: false };
  }
}

/** What fits beside the event wherever it is kept. */
const MOST_REASON = 2000;

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll('\0', '').slice(0, MOST_REASON);
}
