import * as fc from 'fast-check';

export const DEAD_LETTER_QUEUES: Readonly<Record<string, string>> = {
  orders: 'orders-dlq',
  'orders.fifo': 'orders-dlq.fifo',
};
export const QUEUES = [...Object.values(DEAD_LETTER_QUEUES), ...Object.keys(DEAD_LETTER_QUEUES)];

export type Step =
  | { kind: 'send'; queue: string; group: string; delay: number; deduplicationId: number }
  | { kind: 'receive'; queue: string; max: number; visibility: number }
  /** `which` counts from the last message received. */
  | { kind: 'delete'; which: number }
  | { kind: 'changeVisibility'; which: number; timeout: number }
  | { kind: 'pass'; ms: number };

const queue = fc.constantFrom(...Object.keys(DEAD_LETTER_QUEUES), ...QUEUES);
const which = fc.nat({ max: 30 });
const time = fc.constantFrom(0, 1, 1_000, 10_000, 30_000);
const passed = fc.constantFrom(1, 999, 1_000, 29_999, 30_000, 5 * 60_000, 4 * 86_400_000);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      queue,
      group: fc.constantFrom('a', 'b', 'c'),
      delay: time,
      deduplicationId: fc.nat({ max: 60 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      queue,
      max: fc.integer({ min: 1, max: 5 }),
      visibility: time,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('changeVisibility' as const), which, timeout: time }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: passed }) },
);

/** What users of a broker may do, in any order. */
export const steps = fc.array(step, { minLength: 10, maxLength: 120, size: 'max' });
