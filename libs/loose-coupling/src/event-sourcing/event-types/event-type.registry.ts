import { FaultList } from '../../kernel/index.js';
import type { EventClass } from './event-type.decorator.js';

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
  private readonly categories = new Map<string, { readonly name: string }>();

  /** @throws {InvalidOptionsError} when a name is taken by another class */
  register({ owner, category, events }: StoredNames): void {
    const faults = new FaultList(`The aggregate ${owner.name}`);
    const other = this.categories.get(category);
    if (other && other !== owner) {
      faults.say(`category "${category}" is taken by ${other.name}; give one of them another in @Aggregate`);
    }
    for (const [key, eventClass] of events) {
      const known = this.events.get(key);
      if (known && known !== eventClass) {
        faults.say(`${eventClass.name} and ${known.name} are both stored as ${key}; give one another name or version`);
      }
    }
    faults.throwIfAny();
    this.categories.set(category, owner);
    for (const [key, eventClass] of events) this.events.set(key, eventClass);
  }
}
