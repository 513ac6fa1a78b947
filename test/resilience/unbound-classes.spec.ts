import { bindResilience, CircuitBreaker, ResilienceRegistry, Resilient } from 'nestjs-loose-coupling/resilience';
import { closeApps, startApp } from '../messaging/start-app.js';

afterEach(closeApps);

const resilience = { policies: { warehouse: { circuitBreaker: { consecutiveFailures: 1 } } } };
const start = () => startApp({ resilience });

/** A class that Nest never sees, new for each test. */
function unseen() {
  class Warehouse {
    @Resilient('warehouse')
    async count(isDown = false): Promise<number> {
      if (isDown) throw new Error('down');
      return 3;
    }
  }
  return new Warehouse();
}

describe('a class that Nest does not see', () => {
  it('is run by the registry of the application, which knows the configured names', async () => {
    const app = await start();
    const warehouse = unseen();
    await expect(warehouse.count(true)).rejects.toThrow('down');
    await expect(warehouse.count()).rejects.toMatchObject({ code: 'LC_CIRCUIT_OPEN' });
    const registry = app.get(ResilienceRegistry);
    expect(registry.circuitBreaker('warehouse').state).toBe('open');
    expect(String(registry.describe())).toContain('Warehouse.count');
  });

  it('follows the application also when it was called before that started', async () => {
    class Warehouse {
      @CircuitBreaker({ consecutiveFailures: 1 })
      async count(): Promise<number> {
        throw new Error('down');
      }
    }
    const warehouse = new Warehouse();
    await expect(warehouse.count()).rejects.toThrow('down');
    await expect(warehouse.count()).rejects.toMatchObject({ code: 'LC_CIRCUIT_OPEN' });
    const app = await start();
    await expect(warehouse.count()).rejects.toThrow('down');
    expect(app.get(ResilienceRegistry).circuitBreaker('Warehouse.count').state).toBe('open');
  });

  it('belongs to none of several applications, until one is left', async () => {
    const one = await start();
    const warehouse = unseen();
    await expect(warehouse.count()).resolves.toBe(3);
    const other = await start();
    const call = async () => warehouse.count();
    await expect(call()).rejects.toMatchObject({ code: 'LC_INVALID_OPTIONS' });
    await one.close();
    await expect(call()).resolves.toBe(3);
    expect(String(other.get(ResilienceRegistry).describe())).toContain('Warehouse.count');
  });

  it('still knows the policies when the application has closed', async () => {
    const app = await start();
    const warehouse = unseen();
    await warehouse.count();
    await app.close();
    await expect(warehouse.count()).resolves.toBe(3);
  });

  it('belongs to the application that lives, though one that has closed did see it', async () => {
    const warehouse = unseen();
    const one = await startApp({ resilience, providers: [{ provide: 'warehouse', useValue: warehouse }] });
    await warehouse.count();
    await one.close();
    const other = await start();
    await expect(warehouse.count(true)).rejects.toThrow('down');
    expect(other.get(ResilienceRegistry).circuitBreaker('warehouse').state).toBe('open');
  });

  it('is run by the registry it is bound to, whichever applications live', async () => {
    const app = await start();
    const warehouse = unseen();
    const registry = new ResilienceRegistry(resilience);
    bindResilience([warehouse.constructor], registry);
    await expect(warehouse.count(true)).rejects.toThrow('down');
    expect(registry.circuitBreaker('warehouse').state).toBe('open');
    expect(app.get(ResilienceRegistry).circuitBreaker('warehouse').state).toBe('closed');
  });

  it('may say a name whose options another gives, which was not called yet', async () => {
    class Gateway {
      @CircuitBreaker({ name: 'unseen-gateway', consecutiveFailures: 1 })
      async pay(): Promise<void> {}

      @CircuitBreaker('unseen-gateway')
      async refund(): Promise<void> {
        throw new Error('down');
      }
    }
    const app = await start();
    class Late {
      @CircuitBreaker({ name: 'unseen-late', consecutiveFailures: 1 })
      async pay(): Promise<void> {}

      @CircuitBreaker('unseen-late')
      async refund(): Promise<void> {
        throw new Error('down');
      }
    }
    await expect(new Gateway().refund()).rejects.toThrow('down');
    await expect(new Late().refund()).rejects.toThrow('down');
    for (const name of ['unseen-gateway', 'unseen-late']) {
      expect(app.get(ResilienceRegistry).circuitBreaker(name).state).toBe('open');
    }
  });
});
