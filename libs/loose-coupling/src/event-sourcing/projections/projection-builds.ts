import { sleep, uuidv7, type Clock } from '../../kernel/index.js';
import { DocumentConflictError } from '../errors/document-conflict.error.js';
import type { CheckpointStore } from '../subscriptions/checkpoint-store.js';
import type { DocumentChange, StoredDocument } from '../subscriptions/document-store.js';

/** One making of a read model: documents and a checkpoint of their own. */
export interface ProjectionBuild {
  readonly version: number;
  /** Grows with every build of the projection. */
  readonly run: number;
}

/** Which builds of a projection there are. */
export interface BuildState {
  /** Runs so far. */
  readonly runs: number;
  /** The one that is read. */
  readonly live?: ProjectionBuild;
  /** The one that takes its place once it has caught up. */
  readonly building?: ProjectionBuild;
  /** Versions that shall not be built by themselves, as somebody has cancelled them. */
  readonly cancelled: readonly number[];
  /** To be removed; `since`: epoch milliseconds. */
  readonly dropping: readonly (ProjectionBuild & { readonly since: number })[];
}

const COLLECTION = 'lc-projections';
const NO_BUILDS: BuildState = { runs: 0, cancelled: [], dropping: [] };
const LEASE_MS = 5000;
const WAIT_MS = 50;

/** Name of the documents, and of the checkpoint, of a build. */
export const buildName = (projection: string, { version, run }: ProjectionBuild): string =>
  `${projection}@${version}.${run}`;

export const isSameBuild = (one: ProjectionBuild | undefined, other: ProjectionBuild | undefined): boolean =>
  one?.version === other?.version && one?.run === other?.run;

/** Remembers the builds of projections, in the store, for all processes. */
export class ProjectionBuilds {
  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly clock: Clock,
  ) {}

  async read(projection: string): Promise<BuildState> {
    return (await this.find(projection)).state;
  }

  /** What makes the next state durable, together with a step of a checkpoint. Undefined when nothing changes. */
  async change(projection: string, edit: (state: BuildState) => BuildState): Promise<DocumentChange | undefined> {
    const { state, stored } = await this.find(projection);
    const next = edit(state);
    if (next === state) return undefined;
    const before = stored && { revision: stored.revision, lists: stored.lists };
    return { collection: COLLECTION, key: projection, value: next, lists: {}, before };
  }

  /** Changes the state, after what others change at the same time. `edit` may run again. */
  async update(projection: string, edit: (state: BuildState) => BuildState): Promise<BuildState> {
    const name = `${COLLECTION}/${projection}`;
    const holder = uuidv7(this.clock.now());
    for (;;) {
      const change = await this.change(projection, edit);
      if (!change) return this.read(projection);
      const lease = await this.checkpoints.acquire(name, holder, LEASE_MS);
      if (lease.holder !== holder) {
        await sleep(this.clock, WAIT_MS);
        continue;
      }
      try {
        await this.checkpoints.move(lease, { from: lease.position, to: lease.position, documents: [change] });
        return change.value as BuildState;
      } catch (error) {
        if (!(error instanceof DocumentConflictError)) throw error;
      } finally {
        await this.checkpoints.release(lease).catch(() => undefined);
      }
    }
  }

  private async find(projection: string): Promise<{ state: BuildState; stored: StoredDocument | undefined }> {
    const stored = (await this.checkpoints.documents.getAll(COLLECTION, [projection])).get(projection);
    return { state: (stored?.value as BuildState | undefined) ?? NO_BUILDS, stored };
  }
}
