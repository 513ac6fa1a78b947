import { currentCorrelation, isLooseCouplingError } from '../../kernel/index.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import { isSnapshotDue, snapshotRevision, type SinceSnapshot, type SnapshotOptions } from './snapshot-policy.js';
import type { Snapshot, SnapshotStore } from './snapshot-store.js';

export interface SnapshotOccasion<State> {
  /** Whose state it is. */
  readonly kind: string;
  readonly streamName: string;
  readonly options: SnapshotOptions<State>;
  readonly state: State;
  readonly since: SinceSnapshot;
}

/** Reads and writes snapshots so that no failure of theirs is one of the work they are to speed up. */
export class Snapshots {
  private readonly underWay = new Map<string, Promise<void>>();
  /** Kinds of state that cannot be stored: told once, and not tried again. */
  private readonly unfit = new Set<string>();

  constructor(
    private readonly store: SnapshotStore,
    readonly report: FaultReporter,
  ) {}

  /** Never rejects: what cannot be read is not there. */
  async load(streamName: string, revision: number): Promise<Snapshot | undefined> {
    try {
      const snapshot = await this.store.load(streamName, revision);
      return snapshot && snapshot.revision === revision && isVersion(snapshot.version) ? snapshot : undefined;
    } catch (error) {
      this.report(`The snapshot of ${streamName} could not be read; its events are.`, error);
      return undefined;
    }
  }

  /**
   * After a commit, and not part of it. Whether one is being made now.
   * @param make reads what is stored once more: the state at hand may hold what is not
   */
  writeIfDue<State>(
    { kind, streamName, options, state, since }: SnapshotOccasion<State>,
    make: () => Promise<Snapshot | undefined>,
  ): boolean {
    try {
      if (!isSnapshotDue(options, state, since)) return false;
    } catch (error) {
      this.report(`snapshot.when failed for ${streamName}; its events are stored.`, error);
      return false;
    }
    this.write(`${kind}@${snapshotRevision(options)}`, streamName, make);
    return true;
  }

  /** In the background, one of a stream at a time: what comes meanwhile is left to the next commit. */
  private write(kind: string, streamName: string, make: () => Promise<Snapshot | undefined>): void {
    // Another tenant's stream of that name is another one.
    const name = JSON.stringify([currentCorrelation()?.tenantId, streamName]);
    if (this.unfit.has(kind) || this.underWay.has(name)) return;
    const written = this.writeNow(kind, streamName, make).finally(() => this.underWay.delete(name));
    this.underWay.set(name, written);
  }

  /** Resolves when nothing is written any more. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
  }

  private async writeNow(kind: string, streamName: string, make: () => Promise<Snapshot | undefined>): Promise<void> {
    try {
      const snapshot = await make();
      if (snapshot) await this.store.save(snapshot);
    } catch (error) {
      // A state with forgotten data in it is read from the events.
      if (isLooseCouplingError(error, 'LC_SUBJECT_FORGOTTEN')) return;
      if (isLooseCouplingError(error, 'LC_UNSTORABLE_DATA')) this.unfit.add(kind);
      this.report(`No snapshot of ${streamName} was stored; its events are.`, error);
    }
  }
}

const isVersion = (version: unknown): boolean => Number.isSafeInteger(version) && (version as number) > 0;
