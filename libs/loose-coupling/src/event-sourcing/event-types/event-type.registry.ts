import { FaultList } from '../../kernel/index.js';
import { eventKey } from './event-codec.js';
import { eventTypeOf, type EventClass } from './event-type.decorator.js';

/** What one aggregate stores. */
export interface StoredNames {
  readonly owner: { readonly name: string };
  /** Beginning of its stream names. */
  readonly category: string;
  /** Classes by `type@version`. */
  readonly events: ReadonlyMap<string, EventClass>;
}

/** Knows every stored name of an application, and refuses one that means two things. */
export class EventTypeRegistry {
  private readonly events = new Map<string, EventClass>();
  /** Deciders by the events they take. */
  private readonly names = new Map<string, string>();
  private readonly categories = new Map<string, { readonly name: string }>();

  /** @throws {InvalidOptionsError} when a name is taken by another class */
  register({ owner, category, events }: StoredNames): void {
    const faults = new FaultList(`The aggregate ${owner.name}`);
    const other = this.categories.get(category);
    if (other && other !== owner) {
      faults.say(`category "${category}" is taken by ${other.name}; give one of them another in @Aggregate`);
    }
    this.compare(events, faults);
    faults.throwIfAny();
    this.categories.set(category, owner);
    for (const [key, eventClass] of events) this.events.set(key, eventClass);
  }

  /**
   * Event classes that are read without being an aggregate's: of projections, of process managers, or listed.
   * @param subject whose they are, for messages
   * @throws {InvalidOptionsError} when one has no `@EventType`, or a name that is taken by another class
   */
  registerEvents(subject: string, eventClasses: Iterable<EventClass>): void {
    const faults = new FaultList(subject);
    const events = new Map<string, EventClass>();
    for (const eventClass of eventClasses) {
      const type = eventTypeOf(eventClass);
      if (type) events.set(eventKey(type.name, type.version), eventClass);
      else faults.say(`${eventClass.name} has no @EventType; give it the name it is stored under`);
    }
    this.compare(events, faults);
    faults.throwIfAny();
    for (const [key, eventClass] of events) this.events.set(key, eventClass);
  }

  /**
   * Events of a decider, which have no classes.
   * @throws {InvalidOptionsError} when its category, or one of its events, is taken by a class
   */
  registerNames(category: string, owner: { readonly name: string }, versions: Readonly<Record<string, number>>): void {
    const faults = new FaultList(`The decider ${category}`);
    const other = this.categories.get(category);
    if (other && other !== owner) faults.say(`category "${category}" is taken by ${other.name}; give it another one`);
    faults.throwIfAny();
    this.categories.set(category, owner);
    for (const [type, version] of Object.entries(versions)) this.names.set(eventKey(type, version), category);
  }

  /** Names of all classes, by `type@version`. */
  classNames(): ReadonlyMap<string, string> {
    return new Map([...this.names, ...Array.from(this.events, ([key, { name }]) => [key, name] as const)]);
  }

  classOf(key: string): EventClass | undefined {
    return this.events.get(key);
  }

  private compare(events: ReadonlyMap<string, EventClass>, faults: FaultList): void {
    for (const [key, eventClass] of events) {
      const known = this.events.get(key);
      if (known && known !== eventClass) {
        faults.say(`${eventClass.name} and ${known.name} are both stored as ${key}; give one another name or version`);
      }
    }
  }
}
