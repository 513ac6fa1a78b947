import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineService, DependencyMap, ServiceClients } from 'nestjs-loose-coupling/services';
import { FakeClock } from 'nestjs-loose-coupling/testing';
import {
  serveNames,
  srv,
  type NameServer,
} from '../../libs/loose-coupling/src/services/discovery/testing/name-server.js';
import { closeApps, startApp } from '../messaging/start-app.js';

const Stock = defineService('stock', { operations: { where: { http: { method: 'GET', path: '/where' } } } });
const TTL = 30_000;
const OUT = 10_000;

/** Says its port, or fails. */
class Instance {
  readonly server: Server;
  broken = false;

  constructor() {
    this.server = createServer((_, response) => {
      response.writeHead(this.broken ? 500 : 200, { 'content-type': 'application/json' }).end(String(this.port));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
}

describe('a service that is found by DNS', () => {
  const instances: Instance[] = [];
  let names: NameServer | undefined;
  afterEach(async () => {
    await closeApps();
    names?.close();
    names = undefined;
    for (const { server } of instances.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function open(ejection = {}) {
    for (const instance of [new Instance(), new Instance()]) {
      await new Promise<void>((resolve) => instance.server.listen(0, 'localhost', resolve));
      instances.push(instance);
    }
    const [one, other] = instances as [Instance, Instance];
    const server = await serveNames('SRV', 60, [srv(1, one.port, 'localhost'), srv(1, other.port, 'localhost')]);
    names = server;
    const clock = new FakeClock();
    const { hostname, servers, asked } = server;
    const discovery = { source: { type: 'dns', hostname, servers } as const, ttl: TTL, ejection };
    const retry = { initialDelay: 0, jitter: 'none' } as const;
    const app = await startApp({ clock, services: [{ name: 'stock', discovery, retry, circuitBreaker: false }] });
    const client = app.get(ServiceClients).get(Stock);
    /** One call. A pause before another attempt is of no length, and yet one of the clock. */
    const ask = async () => {
      const state = { answered: false };
      const answer = client.request('where', {}).finally(() => (state.answered = true));
      answer.catch(() => undefined);
      while (!state.answered) await clock.advance(0).then(() => new Promise(setImmediate));
      return answer;
    };
    const askMany = async (times: number) => {
      const ports = new Set<unknown>();
      for (let each = 0; each < times; each++) ports.add(await ask());
      return ports;
    };
    return { one, other, clock, asked, ask, askMany, app };
  }

  it('has its failing instance left out while others answer, and back when its time is over', async () => {
    const { one, other, clock, askMany, app } = await open({ consecutiveFailures: 2, duration: OUT });
    expect(await askMany(4)).toEqual(new Set([one.port, other.port]));
    one.broken = true;
    expect(await askMany(8)).toEqual(new Set([other.port]));
    const left = app
      .get(DependencyMap)
      .toJSON()
      .dependencies[0]?.endpoints.filter(({ ejected }) => ejected);
    expect(left?.map(({ url }) => url)).toEqual([`http://localhost:${one.port}`]);
    one.broken = false;
    expect(await askMany(4)).toEqual(new Set([other.port]));
    await clock.advance(OUT);
    expect(await askMany(4)).toEqual(new Set([one.port, other.port]));
  });

  it('is still found by the last answer when no name server answers', async () => {
    const { one, other, clock, asked, ask, askMany } = await open();
    await ask();
    expect(asked()).toBe(1);
    names?.close();
    names = undefined;
    for (const _ of [1, 2, 3]) {
      await clock.advance(TTL);
      expect(await askMany(2)).toEqual(new Set([one.port, other.port]));
    }
  });
});
