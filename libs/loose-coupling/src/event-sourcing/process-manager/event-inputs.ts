import type { EventClass } from '../event-types/event-type.decorator.js';
import type { PersistentSubscriptions } from '../subscriptions/persistent-subscriptions.js';
import type { ProcessManagerModel } from './process-manager-model.js';
import type { RegisteredProcessManager } from './registered-process-manager.js';

export const eventClassesOf = ({ events }: ProcessManagerModel): EventClass[] =>
  Array.from(events.values(), ({ source }) => source);

/** A manager that several modules list has one subscription. */
const followed = new WeakSet<RegisteredProcessManager>();

/**
 * Gives a manager the events of the own store that it has methods for: at least once, from the beginning of the feed.
 * That they have their effect once is for the manager to see to.
 */
export function followEvents(manager: RegisteredProcessManager, subscriptions: PersistentSubscriptions): void {
  const { name, events, partitions } = manager.model;
  if (events.size === 0 || followed.has(manager)) return;
  followed.add(manager);
  const options = { name: `pm-${name}`, types: [...events.keys()], ...(partitions !== undefined && { partitions }) };
  subscriptions.subscribe(options, (event) => manager.handleEvent(event));
}
