import type { EventEnvelope, OnUnreadable } from '../core/event-store.js';
import { UnreadableEventError } from '../errors/unreadable-event.error.js';

/** What cannot be read in a feed that tenants share stops only the reader whose event it is. */
export class UnreadableOfTenant {
  /** By position, until their turn comes. */
  private readonly faults = new Map<number, UnreadableEventError>();

  constructor(
    private readonly own: (event: EventEnvelope) => EventEnvelope | undefined,
    /** Who else is told, and then given the event. */
    private readonly listener: OnUnreadable | undefined,
  ) {}

  readonly note: OnUnreadable = (event, { cause }) => {
    const own = this.own(event);
    if (!own) return;
    // Under the name that the tenant knows the stream by.
    const error = new UnreadableEventError(own, cause);
    if (this.listener) this.listener(own, error);
    else this.faults.set(own.position, error);
  };

  /** @throws {UnreadableEventError} when the event is one of them */
  check({ position }: EventEnvelope): void {
    const fault = this.faults.get(position);
    if (!fault) return;
    this.faults.delete(position);
    throw fault;
  }
}
