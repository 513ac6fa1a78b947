import { StockRejected, StockReserved } from '@shop/contracts';
import { given } from 'nestjs-loose-coupling/testing';
import { OrderWasCancelled, OrderWasPaid, OrderWasPlaced } from '../order.events.js';
import { CancelUnpaidOrder, ConfirmOrder, RejectOrder } from './order-decisions.contracts.js';
import { OrderFulfilment } from './order-fulfilment.js';

const orderId = '1';
const stream = `order-${orderId}`;
const placed = { event: new OrderWasPlaced('ALFKI', [], 0), stream };
const paid = { event: new OrderWasPaid(0), stream };
const cancelled = { event: new OrderWasCancelled(0), stream };
const reserved = [StockReserved, { orderId }] as const;
const confirmation = [[ConfirmOrder, { orderId }]] as const;

const DEADLINE = 900_000;
const atOnce = { processManager: new OrderFulfilment({ deadlineMs: undefined }) };
const onPayment = { processManager: new OrderFulfilment({ deadlineMs: DEADLINE }) };

describe('the fulfilment of an order', () => {
  it.each([
    ['placed, then reserved', [placed], reserved],
    ['reserved before it was heard of', [], reserved],
  ])('is confirmed when %s', async (_name, history, input) => {
    const outcome = given(atOnce, history).when(input);
    await expect(outcome.then({ messages: confirmation, state: { status: 'completed' } })).resolves.toBeUndefined();
  });

  it('is rejected with the reason of inventory', async () => {
    const outcome = given(onPayment, [placed]).when([StockRejected, { orderId, reason: 'none left' }]);
    await expect(outcome.then([[RejectOrder, { orderId, reason: 'none left' }]])).resolves.toBeUndefined();
  });

  it('waits for stock, then for payment, in either order', async () => {
    await expect(
      given(onPayment)
        .when(placed)
        .then({ messages: [], state: { waitingFor: ['stock'], deadlines: {} } }),
    ).resolves.toBeUndefined();
    await expect(
      given(onPayment, [placed])
        .when(reserved)
        .then({ messages: [], state: { waitingFor: ['payment'], deadlines: { payment: DEADLINE } } }),
    ).resolves.toBeUndefined();
    await expect(given(onPayment, [placed, reserved]).when(paid).then(confirmation)).resolves.toBeUndefined();
    await expect(given(onPayment, [placed, paid]).when(reserved).then(confirmation)).resolves.toBeUndefined();
  });

  it('asks for the cancellation of what is not paid in time, once', async () => {
    const unpaid = given(onPayment, [placed, reserved]);
    await expect(unpaid.whenTimeElapses(DEADLINE - 1).then([])).resolves.toBeUndefined();
    await expect(
      unpaid.whenTimeElapses(10 * DEADLINE).then({
        messages: [[CancelUnpaidOrder, { orderId }]],
        state: { status: 'open', waitingFor: ['cancellation'] },
      }),
    ).resolves.toBeUndefined();
  });

  it('is confirmed nevertheless when the order was paid a moment before it could be cancelled', async () => {
    const late = given(onPayment, [placed, reserved, { elapsed: DEADLINE }]);
    await expect(late.when(paid).then(confirmation)).resolves.toBeUndefined();
  });

  it('is over when the order is cancelled, whatever comes then', async () => {
    const over = given(onPayment, [placed, reserved, cancelled]);
    await expect(over.whenTimeElapses(10 * DEADLINE).then([])).resolves.toBeUndefined();
    await expect(given(onPayment, [cancelled]).when(reserved).then([])).resolves.toBeUndefined();
  });
});
