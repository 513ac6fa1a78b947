/** A message as it lies on a queue: a CloudEvents envelope, some 420 bytes of JSON. */
export const body = (index) =>
  JSON.stringify({
    specversion: '1.0',
    id: `018f3c5e-7a1b-7c3d-9e5f-${String(index).padStart(12, '0')}`,
    source: 'order',
    type: 'shop.order.placed',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    correlationid: `018f3c5e-7a1b-7c3d-9e5f-${String(index).padStart(12, '0')}`,
    data: order(index),
  });

export const order = (index) => ({
  orderId: `order-${index}`,
  customerId: 'ALFKI',
  lines: [
    { sku: 'SKU-11', quantity: 12, unitPrice: 1400 },
    { sku: 'SKU-42', quantity: 10, unitPrice: 980 },
  ],
});
