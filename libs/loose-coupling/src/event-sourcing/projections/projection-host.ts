import type { Clock, Timer } from '../../kernel/index.js';
import type { FaultReporter } from '../core/fault-reporter.js';
import type { CheckpointMove, CheckpointStore } from '../subscriptions/checkpoint-store.js';
import type { PersistentSubscription } from '../subscriptions/persistent-subscription.js';
import type { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { LEASE_MS } from '../subscriptions/subscription-options.js';
import { adopted, gone, switched } from './build-transitions.js';
import {
  buildName,
  isSameBuild,
  type BuildState,
  type ProjectionBuild,
  type ProjectionBuilds,
} from './projection-builds.js';
import type { ProjectionModel } from './projection-model.js';

/** How long another process may take to notice a rebuild, a switch, or its end, in milliseconds. */
const LOOK_MS = 2000;
/** Others may still read what was replaced, for as long as they have not looked; in milliseconds. */
export const DROP_AFTER_MS = 60_000;

export interface ProjectionHostParts {
  readonly model: ProjectionModel;
  readonly builds: ProjectionBuilds;
  readonly checkpoints: CheckpointStore;
  readonly subscriptions: PersistentSubscriptions;
  readonly clock: Clock;
  readonly report: FaultReporter;
}

/** Runs the builds of one projection that this process has the code of. */
export class ProjectionHost {
  private readonly running = new Map<string, PersistentSubscription>();
  private timer: Timer | undefined;
  private closed = false;
  private looking: Promise<void> = Promise.resolve();
  private dropping: Promise<void> | undefined;
  /** As it was found last. */
  private state: BuildState | undefined;

  constructor(private readonly parts: ProjectionHostParts) {}

  async start(): Promise<void> {
    const { builds, model, clock, report } = this.parts;
    const { version } = model.declared;
    const state = await builds.update(model.name, (found) => adopted(found, version, clock.now()));
    if ((state.live?.version ?? 0) > version) {
      const newer = `version ${state.live?.version} of the projection "${model.name}" serves`;
      report(`${newer}; this process has version ${version}, which it leaves alone. Rebuild it to go back.`, undefined);
    }
    await this.follow(state);
    this.schedule();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    await this.looking;
    await this.dropping;
  }

  /** Looks now at what somebody has changed. */
  look(): Promise<void> {
    const { builds, model, report } = this.parts;
    this.looking = this.looking.then(async () => {
      if (this.closed) return;
      try {
        await this.follow(await builds.read(model.name));
      } catch (error) {
        report(`The builds of the projection "${model.name}" could not be looked at; trying again.`, error);
      }
    });
    return this.looking;
  }

  /** Whether a build serves or is made, as far as is known. */
  keeps(build: ProjectionBuild): boolean {
    const { state } = this;
    return !state || isSameBuild(state.live, build) || isSameBuild(state.building, build);
  }

  /** Runs what shall be, and ends what shall not. */
  private async follow(state: BuildState): Promise<void> {
    const { model, subscriptions, clock } = this.parts;
    this.state = state;
    const { version, mode } = model.declared;
    // One that is inline is carried on by the commits.
    const followed = mode === 'inline' ? [] : [state.live, state.building];
    const mine = followed.flatMap((build) => (build?.version === version ? [build] : []));
    const names = new Set(mine.map((build) => buildName(model.name, build)));
    for (const [name, subscription] of this.running) {
      if (names.has(name)) continue;
      this.running.delete(name);
      await subscriptions.unsubscribe(subscription);
    }
    for (const build of mine) if (!this.running.has(buildName(model.name, build))) await this.run(build);
    const due = state.dropping.filter(({ since }) => clock.now() - since >= DROP_AFTER_MS);
    // It takes its time, and may be done by several at once, or again.
    if (due.length > 0) this.dropping ??= this.drop(due).finally(() => (this.dropping = undefined));
  }

  private async run(build: ProjectionBuild): Promise<void> {
    const { model, subscriptions, checkpoints, builds } = this.parts;
    const name = buildName(model.name, build);
    const { batchSize, leaseDuration, retry, lists } = model.declared;
    if (!(await checkpoints.read(name))) {
      const current = await builds.read(model.name);
      // Somebody may have dropped it since: it must not come back.
      if (!isSameBuild(current.live, build) && !isSameBuild(current.building, build)) return;
      const maker = `maker of ${name}`;
      // For as long as all take it: to a shorter term, the lease that another has just got would look void.
      const lease = await checkpoints.acquire(name, maker, leaseDuration ?? LEASE_MS);
      if (lease.holder === maker) await checkpoints.release(lease);
    }
    const subscription = subscriptions.subscribe(
      {
        name,
        types: model.types,
        ...(batchSize !== undefined && { batchSize }),
        ...(leaseDuration !== undefined && { leaseDuration }),
        ...(retry && { retry }),
      },
      (envelope, context) => model.handle(envelope, context),
      {
        documents: { collection: name, ...(lists && { lists }) },
        mustExist: true,
        atEnd: () => this.takeOver(build),
      },
    );
    this.running.set(name, subscription);
  }

  /** A build that has come to the end of the feed serves from then on, unless the one that does is further. */
  private async takeOver(build: ProjectionBuild): Promise<Pick<CheckpointMove, 'documents' | 'notBehind'> | undefined> {
    // What serves has nothing to take over any more, and comes here after each commit.
    if (isSameBuild(this.state?.live, build)) return undefined;
    const { builds, model, clock } = this.parts;
    const state = await builds.read(model.name);
    const change = await builds.change(model.name, (found) => switched(found, build, clock.now()));
    if (!change) return undefined;
    // Known here soon after it is stored.
    clock.setTimer(() => void this.look(), 0, { unref: true });
    return { documents: [change], ...(state.live && { notBehind: buildName(model.name, state.live) }) };
  }

  private async drop(due: readonly ProjectionBuild[]): Promise<void> {
    const { checkpoints, builds, model, report } = this.parts;
    for (const build of due) {
      const name = buildName(model.name, build);
      try {
        await checkpoints.delete(name);
        await checkpoints.documents.drop(name);
        await builds.update(model.name, (state) => gone(state, build));
      } catch (error) {
        report(`The build "${name}" could not be removed; trying again.`, error);
      }
    }
  }

  private schedule(): void {
    if (this.closed) return;
    this.timer = this.parts.clock.setTimer(() => void this.look().then(() => this.schedule()), LOOK_MS, {
      unref: true,
    });
  }
}
