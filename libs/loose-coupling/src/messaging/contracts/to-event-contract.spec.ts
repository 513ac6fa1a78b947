import { defineEvent } from './define-event.js';
import { eventNameOf, toEventContract } from './to-event-contract.js';

describe('toEventContract', () => {
  it('takes what the decorator of @nestjs/event-emitter takes', () => {
    expect(toEventContract('order.placed')).toMatchObject({ kind: 'event', name: 'order.placed', version: 1 });
    expect(eventNameOf(Symbol.for('order.placed'))).toBe('order.placed');
  });

  it('gives a contract as it is', () => {
    const contract = defineEvent('order.placed', { version: 3 });
    expect(toEventContract(contract)).toBe(contract);
  });

  it('refuses wildcards, and a symbol without a description', () => {
    expect(() => toEventContract('order.*')).toThrow('shop.order.placed');
    expect(() => toEventContract(Symbol())).toThrow('name: expected');
  });
});
