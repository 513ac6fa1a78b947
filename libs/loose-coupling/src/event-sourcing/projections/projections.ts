import { InvalidOptionsError, type Clock } from '../../kernel/index.js';
import type { EventStore } from '../core/event-store.js';
import { ignoreFaults, type FaultReporter } from '../core/fault-reporter.js';
import { UnknownProjectionError } from '../errors/unknown-projection.error.js';
import type { CheckpointStore, ParkedEvent, ParkedRange } from '../subscriptions/checkpoint-store.js';
import type { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import { lagOf, type SubscriptionLag } from '../subscriptions/subscription-lag.js';
import type { SubscriptionParts } from '../subscriptions/subscription-parts.js';
import { adopted, begun, cancelled, switched } from './build-transitions.js';
import { inlineReadModel, isInlineHost } from './inline-read-model.js';
import { buildName, ProjectionBuilds, type BuildState, type ProjectionBuild } from './projection-builds.js';
import { ProjectionHost } from './projection-host.js';
import { ProjectionModel } from './projection-model.js';
import { projectionOf } from './projection.decorator.js';
import { ReadModel } from './read-model.js';
import { checkWaitOptions, waitForProjection, type ProjectionTarget, type WaitOptions } from './wait-for-projection.js';

/** A projection by its class, or by the name it was given. */
export type ProjectionReference = string | (abstract new (...args: never[]) => object);

export interface BuildStatus extends ProjectionBuild {
  readonly lag: SubscriptionLag;
}

export interface ProjectionStatus {
  /** The build that is read. */
  readonly live?: BuildStatus;
  /** The one that will be. */
  readonly building?: BuildStatus;
}

export interface ProjectionsParts {
  readonly store: EventStore;
  readonly checkpoints: CheckpointStore;
  readonly subscriptions: PersistentSubscriptions;
  readonly clock: Clock;
  readonly upcast: SubscriptionParts['upcast'];
  readonly report?: FaultReporter;
}

/** The read models of an application: to read, to wait for, and to build anew. Injectable. */
export class Projections {
  private readonly models = new Map<string, ProjectionModel>();
  private readonly hosts = new Map<string, ProjectionHost>();
  private readonly builds: ProjectionBuilds;
  private started = false;

  constructor(private readonly parts: ProjectionsParts) {
    this.builds = new ProjectionBuilds(parts.checkpoints, parts.clock);
  }

  /**
   * Adds an instance of a class with `@Projection`; `forFeature({ projections })` does it.
   * @throws {InvalidOptionsError} when the name is taken, or the store cannot do what the mode asks for
   */
  add(instance: object): ProjectionModel {
    const model = ProjectionModel.of(instance);
    const known = this.models.get(model.name);
    if (known && known.target !== model.target) {
      throw new InvalidOptionsError(`@Projection ${model.target.name}`, [
        `name "${model.name}" is taken by ${known.target.name}; give one of them another`,
      ]);
    }
    if (model.declared.mode === 'inline' && !isInlineHost(this.parts.store)) {
      throw new InvalidOptionsError(`@Projection ${model.target.name}`, [
        "mode 'inline' needs a store on SQLite or in memory: a commit on DynamoDB has no position yet. " +
          "Use mode 'async', and waitForProjection() to read what was just written",
      ]);
    }
    if (!known) this.models.set(model.name, model);
    return model;
  }

  /** Begins all work. Resolves when inline projections are up to date, and the others follow the feed. */
  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    for (const model of this.models.values()) {
      const host = this.makeHost(model);
      if (model.declared.mode === 'inline') await this.attach(model, host);
      await host.start();
    }
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.hosts.values(), (host) => host.close()));
  }

  /**
   * What a projection has made. May be asked for before the projection is added: reading it rejects when there is none.
   * @throws {UnknownProjectionError} from its methods
   */
  readModel<Value = unknown>(projection: ProjectionReference): ReadModel<Value> {
    return new ReadModel<Value>(this.parts.checkpoints.documents, async () => {
      const { name } = this.find(projection);
      const { live } = await this.builds.read(name);
      return live && buildName(name, live);
    });
  }

  /**
   * Resolves when the projection has taken the event in, so that a query shows it, or has parked it. Positions come
   * from `appendToStream`; where it gives none, and for aggregates, name stream and version.
   * @throws {ProjectionTimeoutError} @throws {UnknownProjectionError} @throws {InvalidOptionsError}
   */
  async waitForProjection(
    projection: ProjectionReference,
    target: ProjectionTarget,
    options: WaitOptions = {},
  ): Promise<void> {
    const { name, declared } = this.find(projection);
    checkWaitOptions(options);
    if (declared.mode === 'inline') return;
    const { store, clock, subscriptions, checkpoints } = this.parts;
    const position = async () => {
      const { live } = await this.builds.read(name);
      return (live && (await checkpoints.read(buildName(name, live)))?.position) ?? 0;
    };
    const listen = (listener: () => void) => subscriptions.onMoved(listener);
    return waitForProjection(target, options, { projection: name, store, clock, position, listen });
  }

  /** Builds it anew from the first event, beside the one that serves, which is replaced when the new one has caught up. */
  async rebuild(projection: ProjectionReference): Promise<void> {
    const { name, declared } = this.find(projection);
    if (declared.mode === 'inline') {
      throw new InvalidOptionsError(`@Projection "${name}"`, [
        'is inline: raise its version to build it anew at start',
      ]);
    }
    await this.builds.update(name, (state) => begun(state, declared.version, this.parts.clock.now()));
    await this.hosts.get(name)?.look();
  }

  /** Ends a build; the projection that serves goes on. A new version is not begun again until `rebuild`. */
  async cancelRebuild(projection: ProjectionReference): Promise<void> {
    const { name } = this.find(projection);
    await this.builds.update(name, (state) => cancelled(state, this.parts.clock.now()));
    await this.hosts.get(name)?.look();
  }

  /** Which builds there are, and how far each has come. */
  async status(projection: ProjectionReference): Promise<ProjectionStatus> {
    const { name } = this.find(projection);
    const { live, building } = await this.builds.read(name);
    const of = async (build: ProjectionBuild): Promise<BuildStatus> => ({
      ...build,
      lag: await lagOf([buildName(name, build)], this.parts),
    });
    return { ...(live && { live: await of(live) }), ...(building && { building: await of(building) }) };
  }

  /** Events that were set aside by the build that serves. */
  async parked(projection: ProjectionReference, range?: ParkedRange): Promise<ParkedEvent[]> {
    const live = await this.liveName(projection);
    return live === undefined ? [] : this.parts.checkpoints.parked(live, range);
  }

  /** Has parked events handled again, of one stream or of all. Resolves to their number, before that has happened. */
  async replayParked(projection: ProjectionReference, streamName?: string): Promise<number> {
    const live = await this.liveName(projection);
    if (live === undefined) return 0;
    const running = this.parts.subscriptions.all().find(({ name }) => name === live);
    return running ? running.replayParked(streamName) : this.parts.checkpoints.replayParked(live, streamName);
  }

  private async liveName(projection: ProjectionReference): Promise<string | undefined> {
    const { name } = this.find(projection);
    const { live } = await this.builds.read(name);
    return live && buildName(name, live);
  }

  private makeHost(model: ProjectionModel): ProjectionHost {
    const { checkpoints, subscriptions, clock, report = ignoreFaults } = this.parts;
    const host = new ProjectionHost({ model, builds: this.builds, checkpoints, subscriptions, clock, report });
    this.hosts.set(model.name, host);
    return host;
  }

  /** Catches up before anybody can commit, so a new version serves at once. */
  private async attach(model: ProjectionModel, host: ProjectionHost): Promise<void> {
    const { store, clock, upcast } = this.parts;
    const { name, declared } = model;
    const state = await this.builds.update(name, (found) => adopted(found, declared.version, clock.now()));
    const build = [state.building, state.live].find((one) => one?.version === declared.version);
    if (!build || !isInlineHost(store)) return;
    store.addReadModel(inlineReadModel(model, buildName(name, build), upcast, () => host.keeps(build)));
    await this.builds.update(name, (found: BuildState) => switched(found, build, clock.now()));
  }

  private find(projection: ProjectionReference): ProjectionModel {
    const name = nameOf(projection);
    const model = this.models.get(name);
    if (!model) throw new UnknownProjectionError(name, this.models.keys());
    return model;
  }
}

const nameOf = (projection: ProjectionReference): string =>
  typeof projection === 'string' ? projection : (projectionOf(projection)?.name ?? projection.name);
