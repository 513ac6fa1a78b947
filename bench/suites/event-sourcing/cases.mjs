import { addLine, emptyOrder, fill, lineAdded } from './workload.mjs';

const subjectOf = ({ name, note }) => ({ subject: name, note });

/**
 * Each of `streams` streams grows to `events` events in appends of `batch`; with `atOnce`, all of them at the same time. Before
 * the clock starts, so many other streams have had the first `warm` of the same appends.
 */
export function appending(
  subject,
  { variant, streams, events, batch, withMessage = false, atOnce = false, stores = 1, warm = 0 },
) {
  const appends = Array.from({ length: events / batch }, (_, index) => ({
    version: index * batch,
    payloads: Array.from({ length: batch }, (_, offset) => lineAdded(index * batch + offset)),
  }));
  const names = Array.from({ length: streams }, (_, index) => `order-${index}`);
  const others = names.map((name) => `other-${name}`);
  async function grow(opened, streamNames, some) {
    for (const store of opened) {
      for (const { version, payloads } of some) {
        if (atOnce) await Promise.all(streamNames.map((name) => store.append(name, version, payloads, withMessage)));
        else for (const name of streamNames) await store.append(name, version, payloads, withMessage);
      }
    }
  }
  return {
    ...subjectOf(subject),
    variant,
    operations: stores * streams * events,
    open: async () => Promise.all(Array.from({ length: stores }, () => subject.open())),
    warm: (opened) => grow(opened, others, appends.slice(0, warm)),
    run: (opened) => grow(opened, names, appends),
    verify: async ([store]) => expectLines(subject, await store.load(names.at(-1)), events),
    close: closeAll,
  };
}

/** Rebuilds an order from its `events` events, `times` times, after as many that are not timed. */
export function rehydrating(subject, { variant, events, times }) {
  async function load([store]) {
    let order;
    for (let time = 0; time < times; time++) order = await store.load('order');
    return order;
  }
  return {
    ...subjectOf(subject),
    variant,
    operations: times,
    open: async () => [await filled(subject, ['order'], events)],
    warm: load,
    run: load,
    verify: (_, order) => expectLines(subject, order, events),
    close: closeAll,
  };
}

/** Reads the events of all streams in the order they were stored. */
export function readingAll(subject, { variant, streams, events }) {
  const names = Array.from({ length: streams }, (_, index) => `order-${index}`);
  return {
    ...subjectOf(subject),
    variant,
    operations: streams * events,
    open: async () => [await filled(subject, names, events)],
    run: ([store]) => store.readAll(),
    verify(_, count) {
      if (count !== streams * events) throw new Error(`${subject.name} read ${count} events of ${streams * events}.`);
    },
    close: closeAll,
  };
}

async function filled(subject, names, events) {
  const store = await subject.open();
  for (const name of names) await fill(store, name, events);
  // What goes on in the background after a commit is not to be measured.
  await store.settled?.();
  return store;
}

async function closeAll(opened) {
  for (const store of opened) await store.close?.();
}

/** A figure for work that was not done is worse than none. */
function expectLines(subject, order, events) {
  const expected = Array.from({ length: events }, (_, index) => lineAdded(index)).reduce(addLine, emptyOrder());
  if (JSON.stringify(order) !== JSON.stringify(expected)) {
    throw new Error(`${subject.name} rebuilt ${JSON.stringify(order)} instead of ${JSON.stringify(expected)}.`);
  }
}
