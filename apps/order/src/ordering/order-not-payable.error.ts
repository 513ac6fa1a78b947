/** Thrown when money comes for an order that is off. */
export class OrderNotPayableError extends Error {
  constructor(orderId: string, status: string) {
    super(`Order ${orderId} is ${status}; only a pending or confirmed order can be paid.`);
    this.name = 'OrderNotPayableError';
  }
}
