import { setTimeout as sleep } from 'node:timers/promises';
import { bare } from './work.mjs';

const collect = () => globalThis.gc?.();
const heapUsed = () => process.memoryUsage().heapUsed;

/** What a call leaves for the garbage collector. Few enough calls that it does not run meanwhile. */
export function allocations(subjects, variants, { calls }) {
  const given = [
    [bare.name, 'nothing', bare.calls['the function']],
    ...variants.flatMap((variant) =>
      subjects.filter((subject) => subject.calls[variant]).map(({ name, calls }) => [name, variant, calls[variant]]),
    ),
  ];
  return given.map(([subject, variant, open]) => ({
    subject,
    variant,
    open,
    async run({ call }) {
      // Compiled code and the first growth of buffers are not a call's.
      for (let value = 0; value < 2_000; value++) await call(value);
      collect();
      const before = heapUsed();
      for (let value = 0; value < calls; value++) await call(value);
      return (heapUsed() - before) / calls;
    },
    close: ({ close }) => close?.(),
  }));
}

const IDLE = 'idle circuits';
const idling = (subjects, variant, run) =>
  subjects
    .filter(({ calls }) => calls[IDLE])
    .map(({ name, calls, dispose }) => ({
      subject: name,
      variant,
      open: () => ({}),
      run: (state) => run(async (count) => (state.circuits = await calls[IDLE](count))),
      close: ({ circuits }) => dispose?.(circuits),
    }));

/** Bytes for each of `count` circuits that were called once. */
export const idleBytes = (subjects, count) =>
  idling(subjects, `bytes of each of ${count.toLocaleString('en-US')} circuits`, async (make) => {
    collect();
    const before = heapUsed();
    await make(count);
    collect();
    return (heapUsed() - before) / count;
  });

/** Timers that are running because of them. */
export const idleTimers = (subjects, count) =>
  idling(subjects, `timers of ${count.toLocaleString('en-US')} circuits`, async (make) => {
    const { setTimeout, setInterval } = globalThis;
    const made = [];
    const counting =
      (original) =>
      (...args) => {
        const timer = original(...args);
        made.push(timer);
        return timer;
      };
    Object.assign(globalThis, { setTimeout: counting(setTimeout), setInterval: counting(setInterval) });
    try {
      await make(count);
    } finally {
      Object.assign(globalThis, { setTimeout, setInterval });
    }
    return made.filter((timer) => !timer._destroyed).length;
  });

/** Share of a core that they take while nothing is called, in percent. */
export const idleProcessor = (subjects, count, milliseconds) =>
  idling(subjects, `% of a core for ${count.toLocaleString('en-US')} circuits`, async (make) => {
    await make(count);
    collect();
    // The collector sweeps on in other threads for a while.
    await sleep(milliseconds);
    const [started, before] = [performance.now(), process.cpuUsage()];
    await sleep(milliseconds);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 10 / (performance.now() - started);
  });
