import { bare } from './work.mjs';

/** `calls` calls one after another; the answers are added up, so that none can be left out. */
export function calling(subject, variant, open, { calls, note }) {
  return warmedUp({
    subject,
    variant,
    note,
    operations: calls,
    open,
    async run({ call }) {
      let sum = 0;
      for (let value = 0; value < calls; value++) sum += await call(value);
      return sum;
    },
    verify(_state, sum) {
      const expected = (calls * (calls - 1)) / 2;
      if (sum !== expected) throw new Error(`${subject}, ${variant}: the answers add up to ${sum}, not ${expected}.`);
    },
    close: ({ close }) => close?.(),
  });
}

/** The same where every call has to fail. */
export function failing(subject, variant, open, { calls, note }) {
  return warmedUp({
    subject,
    variant,
    note,
    operations: calls,
    open,
    async run(state) {
      const { call } = state;
      let failed = 0;
      for (let value = 0; value < calls; value++) {
        try {
          await call(value);
        } catch (error) {
          failed++;
          // While a service refuses, errors of this shape live on, too.
          state.last = error;
        }
      }
      return failed;
    },
    verify(_state, failed) {
      if (failed !== calls) throw new Error(`${subject}, ${variant}: ${failed} of ${calls} calls failed.`);
    },
    close: ({ close }) => close?.(),
  });
}

/** `atOnce` calls started together, `times` times. */
export function together(subject, variant, open, { atOnce, times, note }) {
  const values = Array.from({ length: atOnce }, (_, value) => value);
  return warmedUp({
    subject,
    variant,
    note,
    operations: atOnce * times,
    open,
    async run({ call }) {
      let sum = 0;
      for (let time = 0; time < times; time++) {
        for (const value of await Promise.all(values.map((given) => call(given)))) sum += value;
      }
      return sum;
    },
    verify(_state, sum) {
      const expected = (times * atOnce * (atOnce - 1)) / 2;
      if (sum !== expected) throw new Error(`${subject}, ${variant}: the answers add up to ${sum}, not ${expected}.`);
    },
    close: ({ close }) => close?.(),
  });
}

const warmedUp = (testCase) => ({ ...testCase, warm: testCase.run });

/** A case for each subject that has the variant; the function alone in front, as what the others are multiples of. */
export const across = (subjects, variants, make, options) => [
  ...(make === calling ? [make(bare.name, 'nothing', bare.calls['the function'], options)] : []),
  ...variants.flatMap((variant) =>
    subjects
      .filter(({ calls }) => calls[variant])
      .map(({ name, calls, notes }) => make(name, variant, calls[variant], { ...options, note: notes?.[variant] })),
  ),
];
