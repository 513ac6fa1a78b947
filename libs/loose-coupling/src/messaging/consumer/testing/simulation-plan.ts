/** mulberry32 (Tommy Ettinger, public domain): small, seeded, good enough to vary tests. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** What the handler of one message does. */
export interface MessagePlan {
  readonly body: string;
  readonly groupId?: string;
  readonly sendAt: number;
  /** Attempts that fail before the last one. */
  readonly failures: number;
  /** How a failing attempt fails: by an outcome, by throwing, or with no delay. */
  readonly failure: 'retry' | 'retryAtOnce' | 'throw';
  readonly ending: 'succeed' | 'deadLetter';
  readonly duration: number;
  readonly heedsAbort: boolean;
}

/** Chances of each fault, for each call or message. */
export interface FaultPlan {
  readonly reject: number;
  readonly loseAnswer: number;
  readonly refuseEntry: number;
  readonly slow: number;
  readonly hang: number;
  readonly expire: number;
  readonly duplicate: number;
  readonly crashes: number;
  readonly restarts: number;
}

export interface SimulationPlan {
  readonly seed: number;
  readonly fifo: boolean;
  readonly processes: number;
  readonly concurrency: number;
  readonly acknowledgeLinger: number;
  readonly messages: readonly MessagePlan[];
  readonly faults: FaultPlan;
}

export const VISIBILITY = 10_000;
export const LARGEST_BODY = 32;
/** Faults end here, so that every run can come to rest. */
export const FAULTS_END = 240_000;

const NO_FAULTS: FaultPlan = {
  reject: 0,
  loseAnswer: 0,
  refuseEntry: 0,
  slow: 0,
  hang: 0,
  expire: 0,
  duplicate: 0,
  crashes: 0,
  restarts: 0,
};

export function planOf(seed: number): SimulationPlan {
  const random = seededRandom(seed);
  const chance = (probability: number) => random() < probability;
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const fifo = chance(0.5);
  const processes = chance(0.3) ? 2 : 1;
  const some = (most: number) => (chance(0.5) ? random() * most : 0);
  const faultFree = chance(0.1);
  // Two processes can keep a group apart only as long as the queue does: no receipt of a living one may run out.
  const keepsReceipts = fifo && processes > 1;
  const faults = faultFree
    ? NO_FAULTS
    : {
        reject: some(0.3),
        loseAnswer: some(0.2),
        refuseEntry: some(0.3),
        slow: some(0.1),
        hang: some(0.05),
        expire: some(0.2),
        duplicate: fifo ? 0 : some(0.2),
        crashes: between(0, 3),
        restarts: between(0, 2),
        ...(keepsReceipts && { reject: 0, loseAnswer: 0, refuseEntry: 0, slow: 0, hang: 0, expire: 0 }),
      };
  const groups = between(1, 4);
  const messages = Array.from({ length: between(3, 30) }, (_, index): MessagePlan => {
    const tooLarge = chance(0.05);
    return {
      body: tooLarge ? `m${index}`.padEnd(LARGEST_BODY + 1, '.') : `m${index}`,
      ...(fifo && { groupId: `g${between(1, groups)}` }),
      sendAt: between(0, 4) * 5_000,
      failures: chance(0.25) ? between(1, 3) : 0,
      failure: chance(0.5) ? 'retry' : chance(0.5) ? 'throw' : 'retryAtOnce',
      ending: tooLarge || chance(0.15) ? 'deadLetter' : 'succeed',
      duration: chance(0.15) ? between(VISIBILITY, 3 * VISIBILITY) : chance(0.3) ? 0 : between(1, 2_000),
      heedsAbort: chance(0.5),
    };
  });
  const concurrency = [1, 3, 10, 25][between(0, 3)] as number;
  return { seed, fifo, processes, concurrency, acknowledgeLinger: chance(0.3) ? 100 : 0, messages, faults };
}
