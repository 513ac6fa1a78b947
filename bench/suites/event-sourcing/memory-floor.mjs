import { addLine, emptyOrder, EVENT_TYPE } from './workload.mjs';

/** The least that an append in memory can be: a version check and two pushes. No promise, no copy, no id. */
export const memoryFloor = {
  name: 'floor',
  note: 'a map of arrays, synchronous',
  open() {
    const streams = new Map();
    const feed = [];
    return {
      append(stream, version, payloads) {
        let events = streams.get(stream);
        if (!events) streams.set(stream, (events = []));
        if (events.length !== version) throw new Error('conflict');
        for (const data of payloads) {
          const event = {
            streamName: stream,
            version: events.length + 1,
            position: feed.length + 1,
            type: EVENT_TYPE,
            data,
          };
          events.push(event);
          feed.push(event);
        }
      },
      load: (stream) => (streams.get(stream) ?? []).reduce((order, event) => addLine(order, event.data), emptyOrder()),
      readAll() {
        let count = 0;
        for (const event of feed) count += event.version > 0 ? 1 : 0;
        return count;
      },
    };
  },
};
