import { Injectable } from '@nestjs/common';
import { Bulkhead, Resilient } from 'nestjs-loose-coupling/resilience';
import { closeApps, startApp } from '../messaging/start-app.js';

afterEach(closeApps);

@Injectable()
class Stock {
  @Resilient('inventory')
  async count(): Promise<number> {
    return 3;
  }

  @Bulkhead({ maxConcurrent: 1, maxQueue: 5 })
  async reserve(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('decorated methods of an application that has closed', () => {
  const policies = { inventory: { timeout: 1000 } };

  it('still know its policies, and wait for nothing', async () => {
    const app = await startApp({ providers: [Stock], resilience: { policies } });
    const stock = app.get(Stock);
    await app.close();
    await expect(stock.count()).resolves.toBe(3);
    const [, second] = await Promise.allSettled([stock.reserve(), stock.reserve()]);
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'LC_CLOSED' } });
  });
});

describe('shared circuits', () => {
  it('are refused at start when no policy or method has the name', async () => {
    const sharedState = { type: 'memory', policies: ['inventry', 'Stock.reserve'] } as const;
    await expect(
      startApp({ providers: [Stock], resilience: { policies: { inventory: {} }, sharedState } }),
    ).rejects.toMatchObject({ code: 'LC_INVALID_OPTIONS', message: expect.stringContaining('"inventry"') });
  });

  it('are shared by the applications of one process when they are kept in memory', async () => {
    @Injectable()
    class Remote {
      @Resilient('shared-in-memory')
      async ask(isDown: boolean): Promise<string> {
        if (isDown) throw new Error('down');
        return 'ok';
      }
    }
    const resilience = {
      policies: { 'shared-in-memory': { circuitBreaker: { consecutiveFailures: 1 } } },
      sharedState: { type: 'memory', refreshInterval: 5 },
    } as const;
    const one = await startApp({ providers: [Remote], resilience });
    const two = await startApp({ providers: [Remote], resilience });
    await two.get(Remote).ask(false);
    await expect(one.get(Remote).ask(true)).rejects.toThrow('down');
    for (let open = false; !open;) {
      await new Promise((resolve) => setImmediate(resolve));
      open = await two
        .get(Remote)
        .ask(false)
        .then(
          () => false,
          (error: { code?: string }) => error.code === 'LC_CIRCUIT_OPEN',
        );
    }
  });
});
