const DAY = 86_400_000;
const retentionOf = (queue: string): number => (queue.includes('-dlq') ? 14 : 4) * DAY;
const DEDUPLICATION_WINDOW = 5 * 60_000;

export interface ModelMessage {
  readonly body: string;
  readonly group: string | undefined;
  readonly expiresAt: number;
  visibleAt: number;
  receives: number;
}

/** Queues as the documentation of SQS describes them, with nothing but lists that are searched from end to end. */
export class BrokerModel {
  readonly queues = new Map<string, ModelMessage[]>();
  private readonly seen: { queue: string; id: string; at: number }[] = [];

  constructor(
    names: readonly string[],
    private readonly maxReceives: number,
    private readonly deadLetterQueueOf: (queue: string) => string | undefined,
  ) {
    for (const name of names) this.queues.set(name, []);
  }

  send(
    queue: string,
    body: string,
    now: number,
    { delay = 0, group, id }: { delay?: number; group?: string; id?: string },
  ) {
    if (id !== undefined) {
      if (this.seen.some((each) => each.queue === queue && each.id === id && now < each.at + DEDUPLICATION_WINDOW))
        return;
      this.seen.push({ queue, id, at: now });
    }
    const visibleAt = now + delay;
    this.list(queue).push({ body, group, visibleAt, expiresAt: visibleAt + retentionOf(queue), receives: 0 });
  }

  receive(queue: string, max: number, visibility: number, now: number): ModelMessage[] {
    for (;;) {
      const { taken, moved } = this.receiveOnce(queue, max, now);
      for (const message of taken)
        Object.assign(message, { visibleAt: now + visibility, receives: message.receives + 1 });
      if (taken.length > 0 || !moved) return taken;
    }
  }

  /** Whether `receives` is still the latest receive of the message. */
  isLatest(queue: string, message: ModelMessage, receives: number): boolean {
    return this.list(queue).includes(message) && message.receives === receives;
  }

  delete(queue: string, message: ModelMessage): void {
    this.list(queue).splice(this.list(queue).indexOf(message), 1);
  }

  private receiveOnce(queue: string, max: number, now: number): { taken: ModelMessage[]; moved: boolean } {
    const taken: ModelMessage[] = [];
    let moved = false;
    const keep = (message: ModelMessage): void => {
      const expired = message.expiresAt <= now;
      const target = this.deadLetterQueueOf(queue);
      const givenUp = !expired && target !== undefined && message.receives >= this.maxReceives;
      if (!expired && !givenUp) {
        taken.push(message);
        return;
      }
      this.delete(queue, message);
      if (!givenUp) return;
      moved = true;
      this.list(target).push({ ...message, visibleAt: now, receives: 0, expiresAt: now + retentionOf(target) });
    };
    if (!queue.endsWith('.fifo')) {
      const due = this.list(queue).filter((message) => message.visibleAt <= now);
      const order = [...due].sort((a, b) => a.visibleAt - b.visibleAt);
      order.slice(0, max).forEach(keep);
      return { taken, moved };
    }
    for (const group of this.availableGroups(queue, now).slice(0, max)) {
      for (const message of this.list(queue).filter((each) => each.group === group)) {
        if (taken.length < max) keep(message);
      }
    }
    return { taken, moved };
  }

  /** Groups none of whose messages is hidden: those free for longest first, then those with the oldest message. */
  private availableGroups(queue: string, now: number): (string | undefined)[] {
    const groups = [...new Set(this.list(queue).map((message) => message.group))];
    const freeSince = (group: string | undefined): number => {
      const messages = this.list(queue).filter((message) => message.group === group);
      const received = messages.filter((message) => message.receives > 0).map((message) => message.visibleAt);
      return received.length > 0 ? Math.max(...received) : (messages[0]?.visibleAt ?? 0);
    };
    return groups.filter((group) => freeSince(group) <= now).sort((a, b) => freeSince(a) - freeSince(b));
  }

  private list(queue: string): ModelMessage[] {
    return this.queues.get(queue) ?? [];
  }
}
