import type { InFlightMessage } from './in-flight-message.js';
import type { Permits } from './permits.js';

interface Lane {
  waiting: InFlightMessage[];
  running: boolean;
  holdsPermit: boolean;
}

/**
 * Runs the messages of each group one after another, in the order they were received; groups run side by side. A lane
 * holds one permit however many messages wait in it, so that a slow group leaves the others theirs.
 */
export class FifoLanes {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly permits: Permits,
    /** Resolves to whether the message has left the queue, so that the next of its group may run. */
    private readonly process: (entry: InFlightMessage) => Promise<boolean>,
    private readonly release: (entries: readonly InFlightMessage[]) => void,
  ) {}

  add(entry: InFlightMessage): void {
    const group = groupOf(entry);
    this.permits.unhandled += 1;
    const lane = this.lanes.get(group);
    if (lane) {
      lane.waiting.push(entry);
      this.count(lane);
      return;
    }
    const opened = { waiting: [entry], running: false, holdsPermit: false };
    this.lanes.set(group, opened);
    void this.run(group, opened);
  }

  /** To be called when the handler of a message is done, while the queue has yet to be told. */
  handled(entry: InFlightMessage): void {
    const lane = this.lanes.get(groupOf(entry));
    this.permits.unhandled -= 1;
    if (!lane) return;
    lane.running = false;
    this.count(lane);
  }

  /** Hands back every message that waits for one before it. */
  releaseWaiting(): void {
    const waiting = [...this.lanes.values()].flatMap((lane) => this.takeWaiting(lane));
    if (waiting.length > 0) this.release(waiting);
  }

  private async run(group: string, lane: Lane): Promise<void> {
    for (let entry = lane.waiting.shift(); entry; entry = lane.waiting.shift()) {
      lane.running = true;
      this.count(lane);
      const goesOn = await this.process(entry);
      // The one that failed comes again first, so those behind it must not run before.
      if (!goesOn && lane.waiting.length > 0) this.release(this.takeWaiting(lane));
    }
    this.lanes.delete(group);
  }

  private takeWaiting(lane: Lane): InFlightMessage[] {
    const taken = lane.waiting.splice(0);
    this.permits.unhandled -= taken.length;
    this.count(lane);
    return taken;
  }

  private count(lane: Lane): void {
    const inUse = lane.running || lane.waiting.length > 0;
    if (inUse === lane.holdsPermit) return;
    lane.holdsPermit = inUse;
    this.permits.busy += inUse ? 1 : -1;
  }
}

const groupOf = ({ message }: InFlightMessage): string => message.groupId ?? '';
