import { seededRandom } from '../../../messaging/consumer/testing/simulation-plan.js';
import type { EntryRetryOptions } from '../entry-batcher.options.js';

/** One entry: when it is added, and what is special about it. */
export interface EntryPlan {
  readonly id: string;
  /** Place among all entries, which is the order within a group. */
  readonly index: number;
  readonly group?: string;
  readonly bytes: number;
  readonly addAt: number;
  /** Milliseconds after which its caller loses patience. */
  readonly patience?: number;
  /** The destination never takes it. */
  readonly poison: boolean;
  /** Its data goes to a bucket first. */
  readonly large?: boolean;
}

/** Chances of each fault, for each object. */
export interface BucketFaults {
  /** It never answers. */
  readonly hang: number;
  /** The request does not arrive. */
  readonly lose: number;
  readonly fail: number;
  readonly loseAnswer: number;
  readonly slow: number;
}

/** Chances of each fault, for each call or entry. */
export interface PublishingFaults {
  readonly reject: number;
  readonly loseAnswer: number;
  readonly refuseEntry: number;
  readonly leaveOut: number;
  readonly throttle: number;
  readonly hang: number;
  readonly slow: number;
  readonly gone: number;
}

export interface PublishingPlan {
  readonly seed: number;
  readonly fifo: boolean;
  readonly entries: readonly EntryPlan[];
  readonly faults: PublishingFaults;
  /** Where large data goes; without it none does. */
  readonly bucket?: BucketFaults;
  /** One that is poisoned fails the whole call, as a request that does not validate. */
  readonly poisonFailsCall: boolean;
  readonly crashAt: readonly number[];
  readonly closeAt?: { readonly at: number; readonly timeout?: number };
  readonly flushAt: readonly number[];
  readonly batcher: {
    readonly maxEntries: number;
    readonly maxBytes: number;
    readonly maxInFlight: number;
    readonly maxPending: number;
    readonly linger: number;
    readonly callTimeout: number;
    readonly retry: EntryRetryOptions;
  };
}

const NO_FAULTS: PublishingFaults = {
  reject: 0,
  loseAnswer: 0,
  refuseEntry: 0,
  leaveOut: 0,
  throttle: 0,
  hang: 0,
  slow: 0,
  gone: 0,
};

export const isFaultFree = ({ faults, bucket }: PublishingPlan): boolean =>
  [...Object.values(faults), ...Object.values(bucket ?? {})].every((chance) => chance === 0);

/**
 * The same plan with claim checks. Nobody loses patience, flushes or hurries a shutdown: a message whose data is on its way to the bucket is
 * not yet with the batcher, which these are about.
 */
export function claimingPlanOf(seed: number): PublishingPlan {
  const plan = publishingPlanOf(seed);
  const random = seededRandom(seed ^ 0xc1a1);
  const share = [0.1, 0.5, 1][Math.floor(random() * 3)] ?? 1;
  const step = [1, 5, 500][Math.floor(random() * 3)] ?? 1;
  const some = (most: number) => (!isFaultFree(plan) && random() < 0.5 ? random() * most : 0);
  return {
    ...plan,
    flushAt: [],
    ...(plan.closeAt && { closeAt: { at: plan.closeAt.at } }),
    entries: plan.entries.map((entry) => {
      const { patience: _, addAt, ...rest } = entry;
      // Several at a time: they go in one call.
      return { ...rest, addAt: addAt - (addAt % step), large: random() < share };
    }),
    bucket: { lose: some(0.2), fail: some(0.2), loseAnswer: some(0.3), slow: some(0.3), hang: some(0.05) },
  };
}

export function publishingPlanOf(seed: number): PublishingPlan {
  const random = seededRandom(seed);
  const chance = (probability: number) => random() < probability;
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const one = <Value>(...values: readonly Value[]) => values[between(0, values.length - 1)] as Value;
  const some = (most: number) => (chance(0.5) ? random() * most : 0);
  const fifo = chance(0.6);
  const groups = between(1, 5);
  const span = one(0, 5, 50, 2_000);
  const poisoned = chance(0.3) ? 0.1 : 0;
  const impatient = chance(0.2) ? 0.2 : 0;
  const entries = Array.from({ length: between(1, 60) }, () => between(0, span))
    .toSorted((one, other) => one - other)
    .map((addAt, index): EntryPlan => ({
      id: `m${index}`,
      index,
      addAt,
      bytes: chance(0.05) ? 40 : between(1, 12),
      poison: chance(poisoned),
      ...(fifo && { group: `g${between(1, groups)}` }),
      ...(chance(impatient) && { patience: between(0, 50) }),
    }));
  const faults = chance(0.15)
    ? NO_FAULTS
    : {
        reject: some(0.3),
        loseAnswer: some(0.3),
        refuseEntry: some(0.4),
        leaveOut: some(0.2),
        throttle: some(0.3),
        hang: some(0.1),
        slow: some(0.2),
        gone: chance(0.1) ? 0.05 : 0,
      };
  return {
    seed,
    fifo,
    entries,
    faults,
    poisonFailsCall: chance(0.5),
    crashAt: chance(0.4) ? Array.from({ length: between(1, 2) }, () => random() * (span + 200)) : [],
    ...(chance(0.4) && {
      closeAt: { at: random() * (span + 200), ...(chance(0.5) && { timeout: one(0, 20, 500, 5_000) }) },
    }),
    flushAt: chance(0.3) ? [random() * (span + 50)] : [],
    batcher: {
      maxEntries: one(1, 2, 10),
      maxBytes: one(12, 30, 1_000),
      maxInFlight: one(1, 2, 10),
      maxPending: one(1, 5, 1_000),
      linger: one(0, 1, 20),
      callTimeout: 1_000,
      retry: {
        maxAttempts: one(1, 3, 8),
        totalTimeout: one(500, 60_000),
        initialDelay: one(10, 100),
        maxDelay: 2_000,
      },
    },
  };
}
