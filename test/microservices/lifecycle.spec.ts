import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { firstValueFrom, lastValueFrom, NEVER, of } from 'rxjs';
import { LocalTransport, openLocalBroker } from 'nestjs-loose-coupling';
import { SqsClient, SqsContext, SqsRecord, SqsServer } from 'nestjs-loose-coupling/microservices';
import { collector } from './collector.js';
import { describeMicroservices } from './describe-microservices.js';

const gates = collector<() => void>();
const seen = collector<unknown>();

@Controller()
class Slow {
  @EventPattern('slow')
  async slow(@Payload() data: unknown) {
    await new Promise<void>((resolve) => gates.add(resolve));
    seen.add(data);
  }
  @EventPattern('endless')
  endless(@Ctx() context: SqsContext) {
    gates.add(() => undefined);
    context.getSignal().addEventListener('abort', () => seen.add('aborted'));
    return NEVER;
  }
  @EventPattern('ordered')
  ordered(@Payload() data: unknown, @Ctx() context: SqsContext) {
    seen.add([context.getMessage().groupId, data]);
  }
  @MessagePattern('ping')
  ping() {
    return of('pong');
  }
}

describeMicroservices('start and end', (bench) => {
  beforeEach(() => {
    gates.clear();
    seen.clear();
  });
  const emit = (pattern: string, data: unknown, queue = 'inventory') =>
    lastValueFrom(bench().client({ queue }).emit(pattern, data), { defaultValue: undefined });

  it('closes only when no handler runs, and hands back what has not started', async () => {
    const { microservice } = await bench().service({ controllers: [Slow], concurrency: 1 });
    await emit('slow', 1);
    const [open] = await gates.take(1);
    await emit('slow', 2);
    let closed = false;
    const closing = microservice.close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    open?.();
    await closing;
    expect(await seen.take(1)).toEqual([1]);
    const [left] = await bench().transport.queue('inventory').receive({ max: 10, wait: 5_000 });
    expect(JSON.parse(left?.body ?? '')).toMatchObject({ data: 2 });
  });

  it('aborts the signal and lets go of an observable after the drain timeout', async () => {
    const { microservice } = await bench().service({ controllers: [Slow], drainTimeout: 50 });
    await emit('endless', {});
    await gates.take(1);
    await microservice.close();
    expect(await seen.take(1)).toEqual(['aborted']);
    const [back] = await bench().transport.queue('inventory').receive({ max: 1, wait: 10_000 });
    expect(JSON.parse(back?.body ?? '')).toMatchObject({ type: 'endless' });
  });

  it('tells its status, and gives the transport', async () => {
    const statuses: string[] = [];
    const { microservice, server } = await bench().service({ controllers: [Slow] });
    server.status.subscribe((status) => statuses.push(status));
    expect(microservice.unwrap()).toBe(bench().transport);
    const client = bench().client();
    client.status.subscribe((status) => statuses.push(`client ${status}`));
    await client.connect();
    expect(client.unwrap()).toBe(bench().transport);
    await client.close();
    await microservice.close();
    expect(statuses).toEqual(['connected', 'client connected', 'client disconnected', 'disconnected']);
  });

  it('keeps the order of a group on a FIFO queue', async () => {
    for (const each of [1, 2, 3]) await emit('ordered', new SqsRecord(each, { key: 'a' }), 'inventory.fifo');
    await bench().service({ controllers: [Slow], queue: 'inventory.fifo', subscribe: false });
    expect(await seen.take(3)).toEqual([1, 2, 3].map((each) => ['a', each]));
  });
});

describe('SqsServer and SqsClient', () => {
  it('close a transport that they made, and no other', async () => {
    const closed: string[] = [];
    const make = async (name: string) => {
      const transport = new LocalTransport(await openLocalBroker());
      const close = transport.close.bind(transport);
      transport.close = () => {
        closed.push(name);
        return close();
      };
      return transport;
    };
    const given = await make('given');
    const ends = [
      new SqsServer({ transport: given, queue: 'a' }),
      new SqsServer({ transport: () => make('made by the server'), queue: 'a' }),
      new SqsClient({ transport: given, queue: 'a' }),
      new SqsClient({ transport: () => make('made by the client'), queue: 'a' }),
    ];
    for (const end of ends) {
      if (end instanceof SqsClient) await end.connect();
      else await new Promise<void>((resolve, reject) => end.listen((error) => (error ? reject(error) : resolve())));
      await end.close();
    }
    expect(closed).toEqual(['made by the server', 'made by the client']);
    await given.close();
  });

  it('list everything that is wrong with their options', () => {
    const wrong = { transport: {}, queue: 'no queue', concurrency: 0, service: '', colour: 'red' } as never;
    expect(() => new SqsServer(wrong)).toThrow(/colour[^]*transport[^]*queue[^]*concurrency/);
    expect(() => new SqsClient(wrong)).toThrow(/colour[^]*transport[^]*queue[^]*service/);
  });

  it('report at listen what keeps them from starting, and start again', async () => {
    const broker = new LocalTransport(await openLocalBroker());
    let attempts = 0;
    const provision = broker.provision.bind(broker);
    broker.provision = (topology) => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error('AWS is away')) : provision(topology);
    };
    const server = new SqsServer({ transport: broker, queue: 'a' });
    const listen = () =>
      new Promise<void>((resolve, reject) => server.listen((error) => (error ? reject(error) : resolve())));
    await expect(listen()).rejects.toThrow('AWS is away');
    server.addHandler('ping', async () => of('pong'));
    await listen();
    const client = new SqsClient({ transport: broker, queue: 'a' });
    expect(await firstValueFrom(client.send('ping', {}))).toBe('pong');
    expect(() => server.addHandler('ping', async () => of('again'))).toThrow(/two handlers/);
    await client.close();
    await server.close();
    await broker.close();
  });

  it('report at listen what keeps them from starting, also when their transport cannot be closed then', async () => {
    const broker = new LocalTransport(await openLocalBroker());
    const { close } = broker;
    broker.provision = () => Promise.reject(new Error('AWS is away'));
    broker.close = () => Promise.reject(new Error('broken'));
    const server = new SqsServer({ transport: async () => broker, queue: 'a' });
    const error = await new Promise((resolve) => server.listen(resolve));
    expect(error).toMatchObject({ message: 'AWS is away' });
    await close.call(broker);
  });
});
