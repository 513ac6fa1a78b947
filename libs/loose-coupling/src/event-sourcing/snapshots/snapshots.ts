import { isLooseCouplingError } from '../../kernel/index.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import type { Snapshot, SnapshotStore } from './snapshot-store.js';

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
   * In the background, one of a stream at a time: what comes meanwhile is left to the next commit.
   * @param kind whose state it is
   */
  write(kind: string, streamName: string, make: () => Promise<Snapshot | undefined>): void {
    if (this.unfit.has(kind) || this.underWay.has(streamName)) return;
    const written = this.writeNow(kind, streamName, make).finally(() => this.underWay.delete(streamName));
    this.underWay.set(streamName, written);
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
