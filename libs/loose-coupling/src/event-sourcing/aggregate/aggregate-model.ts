import { FaultList } from '../../kernel/index.js';
import { eventKey } from '../event-types/event-codec.js';
import { eventTypeOf, type EventClass, type StoredEventType } from '../event-types/event-type.decorator.js';
import type { StoredNames } from '../event-types/event-type.registry.js';
import { checkSnapshotOptions, type SnapshotOptions } from '../snapshots/snapshot-policy.js';
import { aggregateOptionsOf } from './aggregate.decorator.js';
import { appliersOf } from './apply.decorator.js';
import type { EventSourced } from './event-sourced.js';

/** What the decorators of an aggregate say. */
export interface AggregateModel extends StoredNames {
  readonly types: ReadonlyMap<EventClass, StoredEventType>;
  /** Names of the `@Apply` methods. */
  readonly appliers: ReadonlyMap<EventClass, PropertyKey>;
  readonly snapshot: SnapshotOptions<never> | undefined;
}

type Owner = { readonly name: string; readonly prototype: object };

const models = new WeakMap<object, AggregateModel>();

/** @throws {InvalidOptionsError} listing everything that is wrong with the aggregate and its events */
export function aggregateModelOf(aggregate: Owner): AggregateModel {
  let model = models.get(aggregate);
  if (!model) models.set(aggregate, (model = readModel(aggregate)));
  return model;
}

function readModel(owner: Owner): AggregateModel {
  const faults = new FaultList(`The aggregate ${owner.name}`);
  const { category = owner.name.toLowerCase(), events = [], snapshot } = aggregateOptionsOf(owner);
  if (!/^[A-Za-z0-9_.]+$/.test(category)) {
    faults.add('category', 'letters, digits, "_" and ".", as "-" ends it in the names of streams', category);
  }
  if (snapshot !== undefined) checkSnapshot(owner, snapshot, faults);
  const appliers = new Map<EventClass, PropertyKey>();
  for (const { event, method } of appliersOf(owner.prototype)) {
    const other = appliers.get(event);
    if (other !== undefined && other !== method) {
      faults.say(`${String(other)} and ${String(method)} both apply ${event.name}; let one method do it`);
    }
    appliers.set(event, method);
  }
  const types = new Map<EventClass, StoredEventType>();
  const classes = new Map<string, EventClass>();
  for (const event of new Set([...appliers.keys(), ...events])) {
    const type = eventTypeOf(event);
    if (!type) {
      faults.say(`${event.name} has no @EventType; give it the name it shall be stored under`);
      continue;
    }
    const key = eventKey(type.name, type.version);
    const other = classes.get(key);
    if (other)
      faults.say(`${event.name} and ${other.name} are both stored as ${key}; give one another name or version`);
    types.set(event, type);
    classes.set(key, event);
  }
  faults.throwIfAny();
  return { owner, category, events: classes, types, appliers, snapshot };
}

function checkSnapshot({ prototype }: Owner, snapshot: SnapshotOptions<never>, faults: FaultList): void {
  checkSnapshotOptions(snapshot, faults);
  const { toSnapshot, fromSnapshot } = prototype as Partial<EventSourced>;
  if ((toSnapshot === undefined) !== (fromSnapshot === undefined)) {
    faults.say('toSnapshot and fromSnapshot belong together; write both, or none');
  }
}
