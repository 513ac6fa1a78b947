import {
  checkExpectedVersion,
  DuplicateEventError,
  DuplicateMessageError,
  WrongExpectedVersionError,
  type CommitOutcome,
  type PreparedAppend,
  type PreparedCommit,
  type StreamAppendResult,
} from '../../event-sourcing/runtime.js';
import { backoffDelay, sleep, uuidv7, type Clock } from '../../kernel/index.js';
import { textOf } from './attributes.js';
import type { CommitPiece } from './commit-item.js';
import { planCommit, type PlannedAction } from './commit-plan.js';
import type { CommitSender } from './commit-sender.js';
import type { DynamoDbInbox } from './dynamodb-inbox.js';
import type { EventItems } from './event-items.js';
import { commitMarkKey } from './keys.js';
import { StreamTurns } from './stream-turns.js';
import type { StreamTails } from './stream-tails.js';

/** For writers of several processes that take any version of the same stream, in milliseconds. */
const CONTENTION = { initialDelay: 5, maxDelay: 500, jitter: 'full' } as const;

export interface CommitWriterParts {
  readonly items: EventItems;
  readonly sender: CommitSender;
  readonly tails: StreamTails;
  readonly inbox: DynamoDbInbox;
  readonly clock: Clock;
  /** Told of what was stored and awaits its place in the feed. */
  readonly stored: (pieces: readonly CommitPiece[]) => void;
}

/**
 * The commit record: one conditional write per commit, that refuses gaps and versions inside a commit, and recognises
 * by the commit's id what an earlier attempt stored.
 */
export class CommitWriter {
  private readonly turns = new StreamTurns();
  private lastOrder = 0;

  constructor(private readonly parts: CommitWriterParts) {}

  /** @throws {WrongExpectedVersionError} @throws {DuplicateMessageError} @throws {DuplicateEventError} */
  write(commit: PreparedCommit): Promise<CommitOutcome> {
    if (!commit.appends.some(takesAnyVersion)) return this.attempts(commit);
    const streamNames = commit.appends.filter(takesAnyVersion).map(({ streamName }) => streamName);
    return this.turns.run(streamNames, () => this.attempts(commit));
  }

  private async attempts(commit: PreparedCommit): Promise<CommitOutcome> {
    checkOwnIds(commit);
    const commitId = commit.commitId ?? uuidv7();
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(commit, commitId, attempt > 1);
      if (outcome) return outcome;
      await sleep(this.parts.clock, backoffDelay(attempt, CONTENTION));
    }
  }

  /** Undefined: another writer was faster at a stream of which any version will do. */
  private async attempt(commit: PreparedCommit, commitId: string, again: boolean): Promise<CommitOutcome | undefined> {
    const { sender, tails, inbox, stored } = this.parts;
    let bases: number[];
    try {
      const known = commit.appends.map((append) => this.knownBase(append, again));
      bases = known.every((base) => base !== undefined)
        ? known
        : await Promise.all(commit.appends.map((append, index) => known[index] ?? this.readBase(append)));
    } catch (error) {
      return this.refuse(commit, error);
    }
    // Microseconds: commits of one process and one millisecond keep their order too.
    const order = (this.lastOrder = Math.max(this.lastOrder + 1, commit.recordedAt * 1000));
    const plan = planCommit(commit, { commitId, bases, inboxRetention: inbox.retention, order });
    const results = toResults(plan.versions);
    if (plan.actions.length === 0) return { results, repeated: false };
    const outcome = await sender.send(plan, commitId);
    if (!outcome.stored) return this.refuseBy(commit, outcome.refusedBy);
    if (outcome.earlier && commit.commitId !== undefined) {
      return (await this.repeated(commit.commitId)) ?? { results, repeated: true };
    }
    commit.appends.forEach(({ streamName, events }, index) => {
      if (events.length > 0) tails.note(streamName, plan.versions[index] ?? 0);
    });
    stored(plan.pieces);
    return { results, repeated: false };
  }

  /** Version of the stream that the commit goes after, where no look at the table is needed. */
  private knownBase({ streamName, expectedVersion, events }: PreparedAppend, again: boolean): number | undefined {
    if (events.length === 0) return undefined;
    if (expectedVersion === 0 || expectedVersion === 'noStream') return 0;
    const known = again ? undefined : this.parts.tails.get(streamName);
    if (known === undefined || known === 0) return undefined;
    return typeof expectedVersion !== 'number' || known === expectedVersion ? known : undefined;
  }

  /**
   * The same from the table: never a version that lies inside another commit, or beyond the end.
   * @throws {WrongExpectedVersionError}
   */
  private async readBase({ streamName, expectedVersion }: PreparedAppend): Promise<number> {
    const { tails, items } = this.parts;
    const actual = await items.versionOf(streamName);
    tails.note(streamName, actual);
    checkExpectedVersion(streamName, expectedVersion, actual);
    return actual;
  }

  private async refuseBy(
    commit: PreparedCommit,
    refusedBy: readonly PlannedAction[],
  ): Promise<CommitOutcome | undefined> {
    const of = (kind: PlannedAction['kind']) => refusedBy.find((action) => action.kind === kind);
    if (of('commit-mark') || of('inbox'))
      return this.refuse(commit, commit.inbox && new DuplicateMessageError(commit.inbox));
    const collision = refusedBy.find(
      ({ kind, streamName }) => (kind === 'piece' || kind === 'check') && streamName !== undefined,
    );
    if (!collision) {
      const taken = of('event-id');
      return this.refuse(commit, taken && new DuplicateEventError(taken.eventId ?? '', taken.streamName ?? ''));
    }
    const { streamName = '' } = collision;
    const expected = commit.appends.find((append) => append.streamName === streamName)?.expectedVersion ?? 'any';
    if (expected === 'any' || (expected === 'streamExists' && collision.kind === 'piece')) return undefined;
    const actual = await this.parts.items.versionOf(streamName);
    this.parts.tails.note(streamName, actual);
    return this.refuse(commit, new WrongExpectedVersionError(streamName, expected, actual));
  }

  /** What a commit or a message that was handled before met is its own effect. */
  private async refuse(commit: PreparedCommit, reason: unknown): Promise<CommitOutcome> {
    if (commit.commitId !== undefined) {
      const repeated = await this.repeated(commit.commitId);
      if (repeated) return repeated;
    }
    const isConflict = reason instanceof WrongExpectedVersionError;
    if (commit.inbox && isConflict && (await this.parts.inbox.has(commit.inbox))) {
      throw new DuplicateMessageError(commit.inbox);
    }
    throw reason;
  }

  private async repeated(commitId: string): Promise<CommitOutcome | undefined> {
    const versions = textOf(await this.parts.items.get(commitMarkKey(commitId)), 'v');
    return versions === undefined
      ? undefined
      : { results: toResults(JSON.parse(versions) as number[]), repeated: true };
  }
}

const takesAnyVersion = ({ expectedVersion, events }: PreparedAppend): boolean =>
  events.length > 0 && (expectedVersion === 'any' || expectedVersion === 'streamExists');

const toResults = (versions: readonly number[]): StreamAppendResult[] =>
  versions.map((nextExpectedVersion) => ({ nextExpectedVersion }));

function checkOwnIds({ appends }: PreparedCommit): void {
  const given = new Set<string>();
  for (const { streamName, events } of appends) {
    for (const { id, ownId } of events) {
      if (!ownId) continue;
      if (given.has(id)) throw new DuplicateEventError(id, streamName);
      given.add(id);
    }
  }
}
