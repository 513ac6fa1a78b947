import { FakeClock } from '../../testing/fake-clock.js';
import { CircuitBreaker } from './circuit-breaker.decorator.js';
import { bindResilience } from './registry-binding.js';
import { ClockedRegistry } from './testing/clocked-registry.js';

const down = () => Promise.reject(new Error('down'));
const up = () => Promise.resolve('up');
const answer = (call: Promise<unknown>) =>
  call.catch((error: { code?: string; message: string }) => error.code ?? error.message);

function setUp() {
  class HttpClient {
    @CircuitBreaker({ consecutiveFailures: 1 })
    async get(work: () => Promise<unknown>): Promise<unknown> {
      return work();
    }
    @CircuitBreaker({ name: 'gateway', consecutiveFailures: 1 })
    async post(work: () => Promise<unknown>): Promise<unknown> {
      return work();
    }
    @CircuitBreaker({ consecutiveFailures: 1 })
    static async ping(work: () => Promise<unknown>): Promise<unknown> {
      return work();
    }
  }
  class PaymentsClient extends HttpClient {}
  class InventoryClient extends HttpClient {
    @CircuitBreaker({ consecutiveFailures: 2 })
    override async get(work: () => Promise<unknown>): Promise<unknown> {
      return super.get(work);
    }
  }
  class OrdersClient extends HttpClient {}
  const registry = new ClockedRegistry(new FakeClock());
  bindResilience([HttpClient, PaymentsClient, InventoryClient, OrdersClient], registry);
  return { HttpClient, PaymentsClient, InventoryClient, OrdersClient, registry };
}

describe('a method that several classes inherit', () => {
  it('has a circuit for each of them, which it names by them', async () => {
    const { HttpClient, PaymentsClient, OrdersClient, registry } = setUp();
    const [base, payments, orders] = [new HttpClient(), new PaymentsClient(), new OrdersClient()];
    const answers = [];
    for (const [client, work] of [
      [payments, up],
      [payments, down],
      [orders, up],
      [base, up],
      [payments, up],
      [new PaymentsClient(), up],
      [orders, up],
    ] as const) {
      answers.push(await answer(client.get(work)));
    }
    expect(answers).toEqual(['up', 'down', 'up', 'up', 'LC_CIRCUIT_OPEN', 'LC_CIRCUIT_OPEN', 'up']);
    const states = ['HttpClient.get', 'PaymentsClient.get', 'OrdersClient.get'].map(
      (name) => registry.circuitBreaker(name).state,
    );
    expect(states).toEqual(['closed', 'open', 'closed']);
  });

  it('has one circuit for all of them when it has a name', async () => {
    const { PaymentsClient, OrdersClient } = setUp();
    await answer(new PaymentsClient().post(down));
    await expect(answer(new OrdersClient().post(up))).resolves.toBe('LC_CIRCUIT_OPEN');
  });

  it('has a circuit for each of them when it is static', async () => {
    const { HttpClient, PaymentsClient, OrdersClient } = setUp();
    await answer(HttpClient.ping(up));
    await answer(PaymentsClient.ping(down));
    await expect(answer(OrdersClient.ping(up))).resolves.toBe('up');
    await expect(answer(HttpClient.ping(up))).resolves.toBe('up');
    await expect(answer(PaymentsClient.ping(up))).resolves.toBe('LC_CIRCUIT_OPEN');
  });

  it('can be told from the one that overrides it and calls it', async () => {
    const { InventoryClient, registry } = setUp();
    await answer(new InventoryClient().get(down));
    const states = ['InventoryClient.get', 'HttpClient.get of InventoryClient'].map(
      (name) => registry.circuitBreaker(name).state,
    );
    expect(states).toEqual(['closed', 'open']);
  });

  it('is the same method for an object that only borrows it', async () => {
    const { HttpClient, registry } = setUp();
    await answer(HttpClient.prototype.get.call({} as never, down));
    await answer((0, HttpClient.prototype.post)(up));
    expect(registry.circuitBreaker('HttpClient.get').state).toBe('open');
  });
});
