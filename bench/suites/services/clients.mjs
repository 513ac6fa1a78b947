import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { defineService, ServiceClients } from 'nestjs-loose-coupling/services';
import { NestFactory, fromWorkspace } from '../../harness/nest.mjs';

const Stock = defineService('stock', {
  operations: { product: { http: { method: 'GET', path: '/products/{sku}' } } },
});

export async function startServer() {
  const child = fork(join(dirname(fileURLToPath(import.meta.url)), 'answering-server.mjs'));
  const [port] = await once(child, 'message');
  return { url: `http://127.0.0.1:${port}`, close: () => child.disconnect() };
}

/** Contract, timeout, retry, circuit breaker: as it comes. */
export async function openOurs({ url }) {
  class App {}
  const module = {
    module: App,
    imports: [LooseCouplingModule.forRoot({ services: [{ name: 'stock', endpointUrl: url }] })],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  const client = app.get(ServiceClients).get(Stock);
  return { ask: (sku) => client.request('product', { sku }), close: () => app.close() };
}

export async function openUndici({ url }) {
  const { Agent, request } = fromWorkspace('undici');
  const dispatcher = new Agent({ connections: 128 });
  const ask = async (sku) => (await request(`${url}/products/${sku}`, { dispatcher })).body.json();
  return { ask, close: () => dispatcher.destroy() };
}

/** With a timeout and a breaker of opossum, which are the least of what ours has. */
export async function openAxios({ url }) {
  const [{ HttpService }, { default: axios }, { default: Breaker }, { firstValueFrom }, { Agent }] = await Promise.all([
    import('@nestjs/axios'),
    import('axios'),
    import('opossum-8'),
    import('rxjs'),
    import('node:http'),
  ]);
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 128 });
  const http = new HttpService(axios.create({ httpAgent, timeout: 5_000 }));
  const breaker = new Breaker(async (sku) => (await firstValueFrom(http.get(`${url}/products/${sku}`))).data, {
    timeout: 5_000,
  });
  return {
    ask: (sku) => breaker.fire(sku),
    async close() {
      breaker.shutdown();
      httpAgent.destroy();
    },
  };
}

/** So many calls, some of them at once. */
export const asking = (subject, variant, calls, atOnce, open) => ({
  subject,
  variant,
  operations: calls,
  async open() {
    const server = await startServer();
    return { server, client: await open(server) };
  },
  warm: (state) => askAll(state, calls / 4, atOnce),
  run: (state) => askAll(state, calls, atOnce),
  verify(_, available) {
    if (available !== 3 * calls) throw new Error(`the answers sum up to ${available}`);
  },
  async close({ server, client }) {
    await client.close();
    server.close();
  },
});

async function askAll({ client }, calls, atOnce) {
  let left = calls;
  let sum = 0;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const { available } = await client.ask('A-1');
      sum += available;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return sum;
}
