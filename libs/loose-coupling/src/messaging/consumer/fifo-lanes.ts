import type { LaneTurn } from '../core/lane-turn.js';
import type { InFlightMessage } from './in-flight-message.js';
import type { Permits } from './permits.js';

interface Lane {
  waiting: InFlightMessage[];
  running: number;
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
    /** Messages of a group that may be begun before the first of them has ended. */
    private readonly width = 1,
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
    const opened = { waiting: [entry], running: 0, holdsPermit: false };
    this.lanes.set(group, opened);
    void this.run(group, opened);
  }

  /** To be called when the handler of a message is done, while the queue has yet to be told. */
  handled(entry: InFlightMessage): void {
    const lane = this.lanes.get(groupOf(entry));
    this.permits.unhandled -= 1;
    if (!lane) return;
    lane.running -= 1;
    this.count(lane);
  }

  /** Hands back every message that waits for one before it. */
  releaseWaiting(): void {
    const waiting = [...this.lanes.values()].flatMap((lane) => this.takeWaiting(lane));
    if (waiting.length > 0) this.release(waiting);
  }

  private async run(group: string, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const goesOn = await (this.width === 1 ? this.next(lane) : this.several(lane));
      // The one that failed comes again first, so those behind it must not run before.
      if (!goesOn && lane.waiting.length > 0) this.release(this.takeWaiting(lane));
    }
    this.lanes.delete(group);
  }

  private next(lane: Lane): Promise<boolean> {
    const entry = lane.waiting.shift() as InFlightMessage;
    lane.running += 1;
    this.count(lane);
    return this.process(entry);
  }

  /** Each is begun when the one before it was, and all have ended in the end. */
  private async several(lane: Lane): Promise<boolean> {
    const ends: Promise<boolean>[] = [];
    const turn: LaneTurn = { begun: () => undefined, failed: false };
    let goesOn = true;
    while (goesOn && ends.length < this.width && lane.waiting.length > 0) {
      const begun = new Promise<true>((resolve) => {
        turn.begun = () => resolve(true);
      });
      (lane.waiting[0] as InFlightMessage).turn = turn;
      const end = this.next(lane);
      ends.push(end);
      goesOn = (await Promise.race([begun, end])) && !turn.failed;
    }
    return (await Promise.all(ends)).every(Boolean);
  }

  private takeWaiting(lane: Lane): InFlightMessage[] {
    const taken = lane.waiting.splice(0);
    this.permits.unhandled -= taken.length;
    this.count(lane);
    return taken;
  }

  private count(lane: Lane): void {
    const inUse = lane.running > 0 || lane.waiting.length > 0;
    if (inUse === lane.holdsPermit) return;
    lane.holdsPermit = inUse;
    this.permits.busy += inUse ? 1 : -1;
  }
}

const groupOf = ({ message }: InFlightMessage): string => message.groupId ?? '';
