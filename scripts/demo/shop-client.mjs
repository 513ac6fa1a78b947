/** The two services as their HTTP callers see them. */
export class ShopClient {
  constructor(orderUrl, inventoryUrl) {
    this.orderUrl = orderUrl;
    this.inventoryUrl = inventoryUrl;
  }

  listProduct({ sku, name, unitPrice, unitsInStock }) {
    return call('PUT', `${this.inventoryUrl}/products/${sku}`, { name, unitPrice, stock: unitsInStock });
  }

  placeOrder({ orderId, customerId, lines }) {
    const body = { customerId, lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })) };
    return call('POST', `${this.orderUrl}/orders`, body, { 'idempotency-key': `northwind-${orderId}` });
  }

  product(sku) {
    return call('GET', `${this.inventoryUrl}/products/${sku}`);
  }

  reservation(orderId) {
    return call('GET', `${this.inventoryUrl}/reservations/${orderId}`);
  }

  order(orderId) {
    return call('GET', `${this.orderUrl}/orders/${orderId}`);
  }

  /** Undefined while there is none. */
  async shipment(orderId) {
    try {
      return await call('GET', `${this.orderUrl}/orders/${orderId}/shipment`);
    } catch (error) {
      if (error.status === 404) return undefined;
      throw error;
    }
  }

  cancelOrder(orderId) {
    return call('POST', `${this.orderUrl}/orders/${orderId}/cancel`);
  }

  payOrder(orderId) {
    return call('POST', `${this.orderUrl}/orders/${orderId}/payments`);
  }

  quote(sku, quantity) {
    return call('GET', `${this.orderUrl}/quotes/${sku}?quantity=${quantity}`);
  }

  /** The circuit breakers of order. */
  circuits() {
    return call('GET', `${this.orderUrl}/circuits`);
  }

  /** Every order, a page at a time. */
  async *orders(status) {
    let cursor;
    do {
      const query = new URLSearchParams({ limit: '500', ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) });
      const page = await call('GET', `${this.orderUrl}/orders?${query}`);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  }

  /** How many orders there are of each status. */
  async tally() {
    const counts = { pending: 0, confirmed: 0, rejected: 0, cancelled: 0 };
    for await (const order of this.orders()) counts[order.status] += 1;
    return counts;
  }
}

async function call(method, url, body, headers = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok)
    throw Object.assign(new Error(`${method} ${url}: ${response.status} ${text}`), { status: response.status });
  return JSON.parse(text);
}

/** Runs `work` on every item, at most `width` at a time. */
export async function inParallel(items, width, work) {
  const queue = items[Symbol.iterator]();
  const lanes = Array.from({ length: width }, async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  });
  await Promise.all(lanes);
}
