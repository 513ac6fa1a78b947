import { InvalidOptionsError } from '../../kernel/index.js';
import { CircuitBreaker } from '../decorators/circuit-breaker.decorator.js';
import { CircuitOpenError } from '../errors/circuit-open.error.js';
import { defaultResilienceRegistry } from './default-registry.js';

class Gateway {
  @CircuitBreaker('default-registry-payments')
  async refund(): Promise<string> {
    return 'refunded';
  }

  @CircuitBreaker({ name: 'default-registry-payments', consecutiveFailures: 1 })
  async quote(): Promise<string> {
    throw new Error('away');
  }

  @CircuitBreaker({ name: 'default-registry-payments', consecutiveFailures: 2 })
  async pay(): Promise<string> {
    return 'paid';
  }
}

describe('the default registry', () => {
  it('is the same for everybody', () => {
    expect(defaultResilienceRegistry()).toBe(defaultResilienceRegistry());
  });

  it('lets methods of plain classes use a name whose options another gives, whichever is called first', async () => {
    const gateway = new Gateway();
    await expect(gateway.refund()).resolves.toBe('refunded');
    await expect(gateway.quote()).rejects.toThrow('away');
    await expect(gateway.refund()).rejects.toThrow(CircuitOpenError);
  });

  it('refuses the method that gives a name other options, and only that', async () => {
    const gateway = new Gateway();
    await expect((async () => gateway.pay())()).rejects.toThrow(InvalidOptionsError);
    await expect((async () => gateway.pay())()).rejects.toThrow(
      'Gateway.pay gives other options than Gateway.quote did',
    );
  });
});
