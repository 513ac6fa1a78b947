/** Where a process manager's instance is found: the manager's name, and its own. */
export interface ProcessKey {
  readonly manager: string;
  readonly id: string;
}

export interface PendingDeadline {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/** What a store lists of an instance that is not complete; its truth is its stream. Times are epoch milliseconds. */
export interface OpenProcess extends ProcessKey {
  readonly openedAt: number;
  readonly changedAt: number;
  /** What it said it waits for. */
  readonly waitingFor: readonly string[];
  /** The earliest first. */
  readonly deadlines: readonly PendingDeadline[];
  /** Of the work that opened it. */
  readonly tenantId?: string;
}

/** How a commit changes the list: the instance as it is now, or that it is over. */
export type ProcessChange = OpenProcess | (ProcessKey & { readonly over: true });

/**
 * The instances that are open, kept by the event store in the transactions of their commits: so that deadlines and
 * stuck instances are found without reading the feed.
 */
export interface ProcessIndex {
  /** Those with a deadline at or before a time, the earliest first. May lag behind the commits for a moment. */
  due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]>;
  /** All that are open, in no particular order. */
  open(manager: string): AsyncIterable<OpenProcess>;
}

/** When an instance has something to do by itself. */
export const dueAtOf = ({ deadlines }: OpenProcess): number | undefined =>
  deadlines.length > 0 ? Math.min(...deadlines.map(({ dueAt }) => dueAt)) : undefined;

export const processKeyText = ({ manager, id }: ProcessKey): string => JSON.stringify([manager, id]);
