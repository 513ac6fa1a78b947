/** The events that every store is given: one order's lines, some 120 bytes of JSON each. */
export const EVENT_TYPE = 'shop.order.line-added';

export const lineAdded = (index) => ({
  orderId: '018f3c5e-7a1b-7c3d-9e5f-0123456789ab',
  sku: `SKU-${index % 77}`,
  quantity: 1 + (index % 9),
  unitPrice: 1999,
  note: 'leave at the door',
});

/** The state that every store rebuilds. */
export const emptyOrder = () => ({ lines: 0, units: 0, total: 0 });

export const addLine = (order, { quantity, unitPrice }) => ({
  lines: order.lines + 1,
  units: order.units + quantity,
  total: order.total + quantity * unitPrice,
});

/** A message as the outbox takes it, to go with an append. */
export const lineAddedMessage = (id, data) => ({
  kind: 'event',
  destination: EVENT_TYPE,
  fifo: false,
  envelope: {
    specversion: '1.0',
    id,
    source: 'order',
    type: EVENT_TYPE,
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    data,
  },
});

/**
 * Subjects differ in how they are called, so each is wrapped to one shape:
 * `{ name, open() → store }`, with `store.append(stream, version, payloads, withMessage)`, where `version` is that of
 * the stream before, `store.load(stream) → order`, `store.readAll?() → count` and `store.close?()`.
 */
export async function fill(store, stream, events, batch = 25) {
  for (let version = 0; version < events; version += batch) {
    const payloads = Array.from({ length: Math.min(batch, events - version) }, (_, index) =>
      lineAdded(version + index),
    );
    await store.append(stream, version, payloads, false);
  }
}
