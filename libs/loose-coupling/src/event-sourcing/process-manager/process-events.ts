/** A message that undoes a step, complete, so that it can be sent without the code that made it. */
export interface StoredUndo {
  readonly id: string;
  readonly kind: 'event' | 'command';
  readonly name: string;
  readonly version: number;
  readonly ordered: boolean;
  readonly queue: string;
  readonly key?: string;
  readonly data: unknown;
}

export interface StoredInput {
  /** Unique among the inputs of the instance. */
  readonly id: string;
  readonly type: string;
}

/** What the stream of an instance holds. */
export type ProcessEvent =
  | { readonly type: 'process.started'; readonly data: { readonly manager: string; readonly id: string } }
  | { readonly type: 'process.inputHandled'; readonly data: StoredInput }
  | { readonly type: 'process.updated'; readonly data: { readonly changes: Readonly<Record<string, unknown>> } }
  | { readonly type: 'process.deadlineScheduled'; readonly data: { readonly name: string; readonly dueAt: number } }
  | { readonly type: 'process.deadlineCancelled'; readonly data: { readonly name: string } }
  | { readonly type: 'process.deadlineReached'; readonly data: { readonly name: string; readonly dueAt: number } }
  | { readonly type: 'process.compensationAdded'; readonly data: StoredUndo }
  | {
      readonly type: 'process.compensated';
      readonly data: { readonly ids: readonly string[]; readonly reason?: string };
    }
  | { readonly type: 'process.waiting'; readonly data: { readonly for: readonly string[] } }
  | { readonly type: 'process.messageSent'; readonly data: { readonly id: string; readonly name: string } }
  | { readonly type: 'process.completed'; readonly data: Readonly<Record<string, never>> };

/** The stream of an instance. */
export const processStream = (manager: string, id: string): string => `pm-${manager}-${id}`;
