import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventEnvelope } from '../core/event-store.js';
import { UpcastFailedError } from '../errors/upcast-failed.error.js';
import { EventTypeRegistry } from '../event-types/event-type.registry.js';
import { checkUpcasters, type NamedStep } from './check-upcasters.js';
import { idOfPart } from './id-of-part.js';
import type { EventUpcaster, UpcastEvent, UpcastResult, UpcastStep } from './upcaster.js';

interface Registered extends NamedStep {
  readonly upcaster: EventUpcaster<never>;
}

type Events = readonly EventEnvelope[];

/**
 * Brings stored events to the shape of today. Injectable; aggregates, projections and process managers read through
 * it, `EventStore.readStream` and `readAll` give what is stored.
 */
@Injectable()
export class EventUpcasters implements OnModuleInit {
  private readonly registered: Registered[] = [];
  private readonly steps = new Map<string, Map<number, Registered>>();
  private checked = false;

  constructor(private readonly types: EventTypeRegistry) {}

  /** `owner` is its name in messages. */
  register(step: UpcastStep, upcaster: EventUpcaster<never>, owner: string): void {
    if (this.registered.some((known) => known.upcaster === upcaster)) return;
    const registered = { ...step, owner, upcaster };
    this.registered.push(registered);
    let ofType = this.steps.get(step.type);
    if (!ofType) this.steps.set(step.type, (ofType = new Map()));
    ofType.set(step.version, registered);
    this.checked = false;
  }

  onModuleInit(): void {
    this.check();
  }

  /**
   * What a stored event is today: itself, another, several, or nothing. All of them have the version and the position
   * of the stored one, so whoever remembers how far it came must handle them together. The first keeps the id; those
   * after it have ids of their own, the same each time.
   * @throws {UpcastFailedError} when an upcaster fails, or gives back what it did not announce
   * @throws {InvalidOptionsError} when the chain of upcasters is wrong, and was made after the start
   */
  upcast(event: EventEnvelope): Events | Promise<Events> {
    if (!this.checked) this.check();
    return this.bring(event);
  }

  /** Types that a stored event can have today, without looking into it. */
  typesOf({ type, schemaVersion }: Pick<EventEnvelope, 'type' | 'schemaVersion'>): readonly string[] {
    const step = this.steps.get(type)?.get(schemaVersion);
    if (!step) return [type];
    return step.targets.flatMap((target) => this.typesOf({ type: target.type, schemaVersion: target.version }));
  }

  private bring(event: EventEnvelope): Events | Promise<Events> {
    const step = this.steps.get(event.type)?.get(event.schemaVersion);
    if (!step) return [event];
    const made = call(step, event);
    return made instanceof Promise
      ? made.then((result) => this.bringAll(partsOf(step, event, result)))
      : this.bringAll(partsOf(step, event, made));
  }

  private bringAll(events: Events): Events | Promise<Events> {
    const brought = events.map((event) => this.bring(event));
    return brought.some((some) => some instanceof Promise)
      ? Promise.all(brought).then((all) => all.flat())
      : (brought as Events[]).flat();
  }

  /** When all features have registered, and again for what is loaded later. */
  private check(): void {
    checkUpcasters(this.registered, this.registered.length === 0 ? new Map() : this.types.classNames());
    this.checked = true;
  }
}

function call(step: Registered, event: EventEnvelope): UpcastResult | Promise<UpcastResult> {
  const { data, metadata, type, schemaVersion } = event;
  try {
    const made = step.upcaster.upcast({ data: data as never, metadata, type, schemaVersion });
    if (!isThenable(made)) return made;
    return Promise.resolve(made).catch((error: unknown) => fail(step, event, error));
  } catch (error) {
    return fail(step, event, error);
  }
}

function partsOf(step: Registered, event: EventEnvelope, result: UpcastResult): EventEnvelope[] {
  if (result === null || result === undefined) return [];
  const parts: readonly UpcastEvent[] = Array.isArray(result) ? result : [result];
  return parts.map((part, index) => {
    const { type, version } = targetOf(step, event, part);
    return {
      ...event,
      id: index === 0 ? event.id : idOfPart(event.id, step, index),
      type,
      schemaVersion: version,
      data: part.data,
      metadata: part.metadata ?? event.metadata,
    };
  });
}

function targetOf(step: Registered, { streamName, version }: EventEnvelope, part: UpcastEvent) {
  const announced = step.targets.map((target) => `${target.type}@${target.version}`).join(', ') || 'nothing';
  if (typeof part !== 'object' || part === null || !('data' in part)) {
    throw new UpcastFailedError(step.owner, streamName, version, 'it gave back something without `data`');
  }
  const fitting = step.targets.filter(
    (target) =>
      (part.type === undefined || part.type === target.type) &&
      (part.schemaVersion === undefined || part.schemaVersion === target.version),
  );
  const [target] = fitting;
  if (target && fitting.length === 1) return target;
  const came = `${part.type ?? 'an event without type'}${part.schemaVersion === undefined ? '' : `@${part.schemaVersion}`}`;
  throw new UpcastFailedError(step.owner, streamName, version, `it gave back ${came}, announced is ${announced}`);
}

function fail({ owner }: Registered, { streamName, version }: EventEnvelope, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new UpcastFailedError(owner, streamName, version, reason, { cause });
}

const isThenable = <Value>(value: Value | Promise<Value>): value is Promise<Value> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
