import { InvalidOptionsError } from '../../kernel/index.js';
import { UnknownEventTypeError } from '../errors/unknown-event-type.error.js';
import type { EventEnvelope } from '../core/event-store.js';
import { reviveEvent } from '../event-types/event-codec.js';
import { eventTypeOf, type EventClass } from '../event-types/event-type.decorator.js';
import type { SubscriptionContext } from '../subscriptions/subscription-parts.js';
import { eventMethodsOf, type EventMethod, type ProjectionContext } from './on.decorator.js';
import { projectionOf, type DeclaredProjection } from './projection.decorator.js';

type Handler = (event: unknown, context: ProjectionContext) => unknown;

/** A projection: what its class says, and an instance whose methods are called. */
export class ProjectionModel {
  private readonly methods = new Map<string, EventMethod[]>();

  private constructor(
    readonly declared: DeclaredProjection,
    readonly target: { readonly name: string },
    private readonly instance: object,
  ) {
    for (const method of eventMethodsOf(instance)) {
      this.methods.set(method.type, [...(this.methods.get(method.type) ?? []), method]);
    }
  }

  /** @throws {InvalidOptionsError} when its class is no projection */
  static of(instance: object): ProjectionModel {
    const target = instance.constructor;
    const declared = projectionOf(target);
    if (!declared) throw new InvalidOptionsError(target.name, ['expected @Projection on the class']);
    const model = new ProjectionModel(declared, target, instance);
    if (model.methods.size === 0) {
      throw new InvalidOptionsError(`@Projection ${target.name}`, ['no method is marked @On; it would take no event']);
    }
    return model;
  }

  get name(): string {
    return this.declared.name;
  }

  get types(): readonly string[] {
    return [...this.methods.keys()];
  }

  /** Classes that its methods take. */
  get events(): readonly EventClass[] {
    return [...this.methods.values()].flat().flatMap(({ event }) => event ?? []);
  }

  /** Calls every method that takes the event. Nothing, or a promise when one of them is asynchronous. */
  handle(envelope: EventEnvelope, context: SubscriptionContext): Promise<void> | void {
    const called: unknown[] = [];
    for (const method of this.methods.get(envelope.type) ?? []) {
      try {
        called.push(this.call(method, envelope, context));
      } catch (error) {
        if (!called.some(isPromise)) throw error;
        called.push(Promise.reject(error as Error));
        break;
      }
    }
    if (called.some(isPromise)) return allEnded(called);
  }

  private call({ event, method }: EventMethod, envelope: EventEnvelope, context: SubscriptionContext): unknown {
    const data = event ? this.revive(event, envelope) : envelope.data;
    const handler = (this.instance as Record<PropertyKey, Handler>)[method] as Handler;
    return handler.call(this.instance, data, { ...context, envelope });
  }

  private revive(event: EventClass, { type, schemaVersion, streamName, data }: EventEnvelope): object {
    const version = eventTypeOf(event)?.version ?? 1;
    if (schemaVersion === version) return reviveEvent(event, data);
    throw UnknownEventTypeError.stored(this.target.name, streamName, type, schemaVersion, [`${type}@${version}`]);
  }
}

const isPromise = (result: unknown): boolean => result instanceof Promise;

/** All of them, also when one has failed: the event may be handled again from then on. */
async function allEnded(called: readonly unknown[]): Promise<void> {
  for (const outcome of await Promise.allSettled(called)) if (outcome.status === 'rejected') throw outcome.reason;
}
