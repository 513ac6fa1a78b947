import type { InFlightMessage } from './in-flight-message.js';

/** Runs the messages of each group one after another, in the order they were received; groups run side by side. */
export class FifoLanes {
  private readonly lanes = new Map<string, InFlightMessage[]>();

  constructor(
    /** Resolves to whether the message has left the queue, so that the next of its group may run. */
    private readonly process: (entry: InFlightMessage) => Promise<boolean>,
    private readonly release: (entries: readonly InFlightMessage[]) => void,
  ) {}

  add(entry: InFlightMessage): void {
    const group = entry.message.groupId ?? '';
    const lane = this.lanes.get(group);
    if (lane) {
      lane.push(entry);
      return;
    }
    const opened = [entry];
    this.lanes.set(group, opened);
    void this.run(group, opened);
  }

  /** Takes out every message that waits for one before it. */
  takeWaiting(): InFlightMessage[] {
    return [...this.lanes.values()].flatMap((lane) => lane.splice(0));
  }

  private async run(group: string, lane: InFlightMessage[]): Promise<void> {
    for (let entry = lane.shift(); entry; entry = lane.shift()) {
      const goesOn = await this.process(entry);
      // The one that failed comes again first, so those behind it must not run before.
      if (!goesOn && lane.length > 0) this.release(lane.splice(0));
    }
    this.lanes.delete(group);
  }
}
