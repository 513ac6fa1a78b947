/** Thrown when a cancellation comes for an order that inventory has turned down. */
export class OrderNotCancellableError extends Error {
  constructor(orderId: string, status: string) {
    super(`Order ${orderId} is ${status}; only a pending or confirmed order can be cancelled.`);
    this.name = 'OrderNotCancellableError';
  }
}
