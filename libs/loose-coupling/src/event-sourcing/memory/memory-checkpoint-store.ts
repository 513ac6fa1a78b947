import { uuidv7, type Clock } from '../../kernel/index.js';
import type { CommitSignal } from '../core/commit-signal.js';
import { CheckpointBehindError } from '../errors/checkpoint-behind.error.js';
import { CheckpointLostError } from '../errors/checkpoint-lost.error.js';
import { isInForce } from '../outbox/lease-term.js';
import {
  CheckpointStore,
  isStreamAmong,
  newCheckpoint,
  type Checkpoint,
  type CheckpointMove,
  type ParkedEvent,
  type ParkedRange,
} from '../subscriptions/checkpoint-store.js';
import { MemoryDocumentStore } from './memory-document-store.js';

/** Checkpoints of a memory store. Several subscriptions may share it, as they may a file. */
export class MemoryCheckpointStore extends CheckpointStore {
  override readonly documents = new MemoryDocumentStore();
  private readonly checkpoints = new Map<string, Checkpoint>();
  private readonly parkedEvents = new Map<string, Map<number, ParkedEvent>>();

  constructor(
    private readonly clock: Clock,
    private readonly committed: CommitSignal,
  ) {
    super();
  }

  override async read(name: string): Promise<Checkpoint | undefined> {
    return this.checkpoints.get(name);
  }

  override async acquire(name: string, holder: string, duration: number, from = 0): Promise<Checkpoint> {
    const current = this.checkpoints.get(name) ?? newCheckpoint(name, from);
    const now = this.clock.now();
    const ours = current.holder === holder;
    if (!ours && isInForce(current.expiresAt, now, duration)) return current;
    const epoch = ours ? current.epoch : current.epoch + 1;
    return this.store({ ...current, holder, epoch, expiresAt: now + duration });
  }

  override async renew(lease: Checkpoint, duration: number): Promise<Checkpoint> {
    return this.store({ ...this.held(lease), expiresAt: this.clock.now() + duration });
  }

  override async release(lease: Checkpoint): Promise<void> {
    const current = this.checkpoints.get(lease.name);
    if (current?.epoch === lease.epoch && current.holder === lease.holder) this.store({ ...current, expiresAt: 0 });
  }

  override async move(lease: Checkpoint, move: CheckpointMove): Promise<Checkpoint> {
    const current = this.held(lease);
    if (current.position !== move.from) throw new CheckpointLostError(lease.name, lease.holder);
    const ahead = move.notBehind === undefined ? undefined : this.checkpoints.get(move.notBehind);
    if (ahead && ahead.position > move.to) throw new CheckpointBehindError(lease.name, ahead.name);
    this.documents.change(move.documents ?? []);
    const parked = this.parkedEvents.get(lease.name) ?? new Map<number, ParkedEvent>();
    for (const event of move.parked ?? []) parked.set(event.position, event);
    for (const position of move.unparked ?? []) parked.delete(position);
    this.parkedEvents.set(lease.name, parked);
    return this.store({ ...current, position: move.to, recordedAt: move.recordedAt ?? current.recordedAt });
  }

  override fits(): boolean {
    return true;
  }

  override async parked(name: string, { afterPosition = 0, limit }: ParkedRange = {}): Promise<ParkedEvent[]> {
    const events = [...(this.parkedEvents.get(name)?.values() ?? [])].filter(
      ({ position }) => position > afterPosition,
    );
    return events.toSorted((one, other) => one.position - other.position).slice(0, limit);
  }

  override async countParked(name: string): Promise<number> {
    return this.parkedEvents.get(name)?.size ?? 0;
  }

  override async replayParked(name: string, streams?: string | ReadonlySet<string>): Promise<number> {
    const current = this.checkpoints.get(name);
    const wanted = (await this.parked(name)).filter(({ streamName }) => isStreamAmong(streamName, streams));
    if (!current || wanted.length === 0) return 0;
    for (const event of wanted) this.parkedEvents.get(name)?.set(event.position, { ...event, due: true });
    this.store({ ...current, replays: uuidv7(this.clock.now()) });
    this.committed.ring();
    return wanted.length;
  }

  override async delete(name: string): Promise<void> {
    this.checkpoints.delete(name);
    this.parkedEvents.delete(name);
  }

  private held(lease: Checkpoint): Checkpoint {
    const current = this.checkpoints.get(lease.name);
    if (current?.epoch !== lease.epoch || current.holder !== lease.holder) {
      throw new CheckpointLostError(lease.name, lease.holder);
    }
    return current;
  }

  private store(checkpoint: Checkpoint): Checkpoint {
    this.checkpoints.set(checkpoint.name, checkpoint);
    return checkpoint;
  }
}
