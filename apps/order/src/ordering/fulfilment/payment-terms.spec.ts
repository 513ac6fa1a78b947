import { paymentDeadline } from './payment-terms.js';

describe('paymentDeadline', () => {
  it('is off unless it is set', () => {
    expect(paymentDeadline({})).toBeUndefined();
    expect(paymentDeadline({ ORDER_PAYMENT_DEADLINE_MS: '' })).toBeUndefined();
    expect(paymentDeadline({ ORDER_PAYMENT_DEADLINE_MS: '900000' })).toBe(900_000);
  });

  it.each(['0', '-1', '1.5', 'soon', '1e15'])('refuses %s', (given) => {
    expect(() => paymentDeadline({ ORDER_PAYMENT_DEADLINE_MS: given })).toThrow(/whole number .* got/);
  });
});
