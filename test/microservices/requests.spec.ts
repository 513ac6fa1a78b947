import { Controller, UseFilters } from '@nestjs/common';
import { Ctx, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import {
  concat,
  EMPTY,
  firstValueFrom,
  from,
  interval,
  lastValueFrom,
  map,
  of,
  take,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { DeadLetter } from 'nestjs-loose-coupling';
import { SqsContext, SqsExceptionFilter } from 'nestjs-loose-coupling/microservices';
import { collector } from './collector.js';
import { describeMicroservices, type Service } from './describe-microservices.js';

const seen = collector<string>();
const gates = collector<() => void>();

@Controller()
class Stock {
  @MessagePattern({ cmd: 'sum' })
  sum(@Payload() numbers: number[]) {
    return numbers.reduce((sum, each) => sum + each, 0);
  }
  @MessagePattern('observable')
  observable(@Payload() count: number) {
    return interval(2).pipe(
      take(count),
      map((each) => ({ each })),
    );
  }
  @MessagePattern('at-once')
  atOnce(@Payload() count: number) {
    return from(Array.from({ length: count }, (_, index) => index));
  }
  @MessagePattern('nothing')
  nothing() {
    return EMPTY;
  }
  @MessagePattern('refused')
  refused(@Payload() error: object | string) {
    throw new RpcException(error);
  }
  @MessagePattern('broken')
  broken() {
    throw new Error('secret');
  }
  @MessagePattern('unanswerable')
  unanswerable() {
    return 1n;
  }
  @MessagePattern('failing-stream')
  failingStream(@Payload() last: string) {
    return concat(of(1, 2), last === 'throw' ? throwError(() => new RpcException('after two')) : of(3n));
  }
  @MessagePattern('gated')
  async gated(@Payload() name: string) {
    await new Promise<void>((resolve) => gates.add(resolve));
    seen.add(name);
    return name;
  }
  @MessagePattern('metadata')
  metadata(@Ctx() context: SqsContext) {
    return of({ ...context.getMetadata(), queue: context.getQueue(), attempt: context.getReceiveCount() });
  }
  @MessagePattern('hopeless')
  @UseFilters(new SqsExceptionFilter())
  hopeless() {
    throw new DeadLetter('no such sku');
  }
}

describeMicroservices('requests', (bench) => {
  let service: Service;
  beforeEach(async () => {
    seen.clear();
    gates.clear();
    service = await bench().service({ controllers: [Stock] });
  });

  const replyQueues = async () => (await bench().transport.listQueues()).filter((name) => name.includes('-replies-'));
  const send = <Result>(pattern: unknown, data: unknown) =>
    firstValueFrom(bench().client().send<Result>(pattern, data));
  const rejection = (pattern: unknown, data: unknown = {}): Promise<unknown> =>
    send(pattern, data).then(
      (value) => ({ value }),
      (error: unknown) => error,
    );

  it('answers', async () => {
    expect(await send({ cmd: 'sum' }, [1, 2, 3])).toBe(6);
  });

  it('answers many at once, each its own', async () => {
    const client = bench().client();
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    const replies = await Promise.all(numbers.map((each) => firstValueFrom(client.send({ cmd: 'sum' }, [each, 1]))));
    expect(replies).toEqual(numbers.map((each) => each + 1));
    expect(await replyQueues()).toHaveLength(1);
  });

  it('passes on every value of an observable, in order', async () => {
    const client = bench().client();
    const all = (pattern: string, count: number) => lastValueFrom(client.send(pattern, count).pipe(toArray()));
    expect(await all('observable', 4)).toEqual([0, 1, 2, 3].map((each) => ({ each })));
    expect(await all('at-once', 25)).toEqual(Array.from({ length: 25 }, (_, index) => index));
    expect(await all('nothing', 0)).toEqual([]);
  });

  it('passes on the values before a failure', async () => {
    const client = bench().client();
    const values: unknown[] = [];
    const failure = (last: string) =>
      lastValueFrom(client.send('failing-stream', last).pipe(tap((value) => values.push(value)))).catch(
        (error: unknown) => error,
      );
    expect(await failure('throw')).toMatchObject({ message: 'after two' });
    expect(await failure('bigint')).toMatchObject({ errorCode: 'LC_UNSERIALIZABLE_DATA' });
    expect(values).toEqual([1, 2, 1, 2]);
  });

  it('answers with one message when there is one value, so that its end cannot come first', async () => {
    const { transport } = bench();
    const replyTo = 'test-replies-01890a5d-ac96-774b-bcce-b302099a8057';
    await transport.provision({
      queues: [{ name: replyTo, fifo: false, visibilityTimeout: 30_000, maxReceiveCount: 10 }],
      topics: [],
      subscriptions: [],
    });
    const request = {
      specversion: '1.0',
      id: 'r1',
      source: 'test',
      type: '{"cmd":"sum"}',
      replyto: replyTo,
      data: [4],
    };
    const attributes = { 'lc-replies': 'stream' };
    await transport.queue('inventory').send([{ body: JSON.stringify(request), attributes }]);
    const [reply, ...others] = await transport.queue(replyTo).receive({ max: 10, wait: 10_000 });
    expect(JSON.parse(reply?.body ?? '')).toMatchObject({ causationid: 'r1', data: { ok: true, value: 4, index: 0 } });
    expect(others).toEqual([]);
    expect(await transport.queue(replyTo).receive({ max: 10, wait: 0 })).toEqual([]);
  });

  it('gives the error of an RpcException to the client, and hides any other', async () => {
    expect(await rejection('refused', { code: 'OUT_OF_STOCK', left: 0 })).toEqual({ code: 'OUT_OF_STOCK', left: 0 });
    expect(await rejection('refused', 'no stock')).toEqual({ status: 'error', message: 'no stock' });
    expect(await rejection('broken')).toEqual({ status: 'error', message: 'Internal server error' });
    expect(await rejection('unanswerable')).toMatchObject({
      code: 'LC_REMOTE_ERROR',
      errorCode: 'LC_UNSERIALIZABLE_DATA',
    });
    expect(await bench().transport.queue('inventory').depth()).toMatchObject({ available: 0 });
  });

  it('tells the client that nobody handles a pattern, and keeps the request as a dead letter', async () => {
    expect(await rejection('unheard.of')).toMatchObject({ code: 'LC_REMOTE_ERROR', errorCode: 'LC_NO_HANDLER' });
    const [letter] = await bench().transport.queue('inventory-dlq').receive({ max: 1, wait: 10_000 });
    expect(letter?.attributes['lc-dead-letter']).toContain('LC_NO_HANDLER');
  });

  it('tells the client of a request that was given up, too', async () => {
    expect(await rejection('hopeless')).toMatchObject({ errorCode: 'LC_DEAD_LETTER', remoteMessage: 'no such sku' });
    const [letter] = await bench().transport.queue('inventory-dlq').receive({ max: 1, wait: 10_000 });
    expect(letter?.attributes['lc-dead-letter']).toContain('no such sku');
  });

  it('rejects when no reply comes in time, and drops the one that comes late', async () => {
    const client = bench().client({ timeout: 500 });
    const reply = firstValueFrom(client.send('gated', 'late'));
    const [open] = await gates.take(1);
    await expect(reply).rejects.toMatchObject({ code: 'LC_REQUEST_TIMEOUT' });
    open?.();
    expect(await seen.take(1)).toEqual(['late']);
    const next = firstValueFrom(client.send({ cmd: 'sum' }, [2]));
    expect(await next).toBe(2);
  });

  it('drops the reply to a request that its caller has let go', async () => {
    const client = bench().client();
    const values: unknown[] = [];
    const subscription = client.send('gated', 'gone').subscribe((value) => values.push(value));
    const [open] = await gates.take(1);
    subscription.unsubscribe();
    open?.();
    expect(await seen.take(1)).toEqual(['gone']);
    expect(await firstValueFrom(client.send({ cmd: 'sum' }, [2]))).toBe(2);
    expect(values).toEqual([]);
  });

  it('sends nothing when its caller has let go before', async () => {
    const client = bench().client();
    client.send('gated', 'gone').subscribe().unsubscribe();
    expect(await firstValueFrom(client.send({ cmd: 'sum' }, [2]))).toBe(2);
    await service.microservice.close();
    expect(await bench().transport.queue('inventory').depth()).toMatchObject({ available: 0, inFlight: 0 });
  });

  it('makes its reply queue with the first request, and deletes it on close', async () => {
    const client = bench().client({ service: 'shop' });
    await client.connect();
    expect(await replyQueues()).toEqual([]);
    await firstValueFrom(client.send({ cmd: 'sum' }, [1]));
    expect(await replyQueues()).toEqual([expect.stringMatching(/(^|-)shop-replies-/)]);
    const pending = firstValueFrom(client.send('gated', 'open'));
    const [open] = await gates.take(1);
    const refused = pending.catch((error: unknown) => error);
    await client.close();
    expect(await refused).toMatchObject({ code: 'LC_CLOSED' });
    expect(await replyQueues()).toEqual([]);
    open?.();
    // A client that is closed may be used again.
    expect(await firstValueFrom(client.send({ cmd: 'sum' }, [3]))).toBe(3);
  });

  it('carries what a dispatch hook attaches', async () => {
    const client = bench().client();
    const packets = client as unknown as { publish(packet: object, callback: (reply: object) => void): () => void };
    const reply = await new Promise((resolve) =>
      packets.publish({ pattern: 'metadata', data: {}, metadata: { locale: 'de', traceparent: TRACE } }, resolve),
    );
    expect(reply).toMatchObject({ response: { locale: 'de', queue: 'inventory', attempt: 1 }, isDisposed: true });
  });
});

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
