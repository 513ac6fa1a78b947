import { Controller, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { lastValueFrom, throwError, timer } from 'rxjs';
import { DeadLetter, RetryLater } from 'nestjs-loose-coupling';
import { SqsContext, SqsExceptionFilter } from 'nestjs-loose-coupling/microservices';
import { describeMicroservices } from './describe-microservices.js';
import { collector } from './collector.js';

const seen = collector<[name: string, data: unknown, attempt: number]>();

@Controller()
class Reactions {
  @EventPattern('shop.order.placed')
  placed(@Payload() data: unknown, @Ctx() context: SqsContext) {
    seen.add(['placed', data, context.getReceiveCount()]);
  }

  @EventPattern('shop.order.failing')
  async failing(@Payload() data: { until: number }, @Ctx() context: SqsContext) {
    seen.add(['failing', data, context.getReceiveCount()]);
    if (context.getReceiveCount() < data.until) throw new Error('The database is away');
  }

  @EventPattern('shop.order.streamed')
  streamed(@Payload() data: { until: number }, @Ctx() context: SqsContext) {
    seen.add(['streamed', data, context.getReceiveCount()]);
    return context.getReceiveCount() < data.until ? throwError(() => new Error('In the stream')) : timer(1);
  }

  @EventPattern({ order: 'cancelled' })
  cancelled(@Payload() data: unknown, @Ctx() context: SqsContext) {
    seen.add([context.getPattern(), data, context.getReceiveCount()]);
  }
}

@Controller()
class Both {
  @EventPattern('twice')
  first(@Ctx() context: SqsContext) {
    seen.add(['first', undefined, context.getReceiveCount()]);
  }
  @EventPattern('twice')
  second(@Ctx() context: SqsContext) {
    seen.add(['second', undefined, context.getReceiveCount()]);
    if (context.getReceiveCount() === 1) throw new Error('Only the second');
  }
}

@Controller()
@UseFilters(new SqsExceptionFilter())
class Outspoken {
  @EventPattern('hopeless')
  hopeless() {
    throw new DeadLetter('no such order');
  }
  @EventPattern('later')
  later(@Ctx() context: SqsContext) {
    seen.add(['later', undefined, context.getReceiveCount()]);
    if (context.getReceiveCount() < 4) throw new RetryLater(0);
  }
}

describeMicroservices('events', (bench) => {
  beforeEach(() => seen.clear());

  const emit = (pattern: unknown, data: unknown) => lastValueFrom(bench().client().emit(pattern, data));
  const isEmpty = async () => {
    const { available, inFlight } = await bench().transport.queue('inventory').depth();
    return available + inFlight === 0;
  };
  const deadLetter = async () => {
    const [message] = await bench().transport.queue('inventory-dlq').receive({ max: 1, wait: 10_000 });
    return { message, details: JSON.parse(message?.attributes['lc-dead-letter'] ?? '{}') as Record<string, unknown> };
  };

  it('acknowledges the test notification of S3, which is for no handler', async () => {
    const { microservice } = await bench().service({ controllers: [Reactions] });
    const what = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-11-28T12:00:00.000Z', Bucket: 'uploads' };
    const body = JSON.stringify({ ...what, RequestId: 'REQUEST', HostId: 'HOST' });
    await bench().transport.queue('inventory').send([{ body }]);
    await emit('shop.order.placed', { id: '1' });
    await seen.take(1);
    await microservice.close();
    expect(await isEmpty()).toBe(true);
    expect(await bench().transport.queue('inventory-dlq').depth()).toMatchObject({ available: 0 });
  });

  it('runs the handler and acknowledges', async () => {
    const { microservice } = await bench().service({ controllers: [Reactions] });
    await emit('shop.order.placed', { id: '1' });
    expect(await seen.take(1)).toEqual([['placed', { id: '1' }, 1]]);
    await microservice.close();
    expect(await isEmpty()).toBe(true);
  });

  it.each(['failing', 'streamed'])(
    'hands a failed event out again (%s), and acknowledges it in the end',
    async (name) => {
      const { microservice } = await bench().service({ controllers: [Reactions] });
      await emit(`shop.order.${name}`, { until: 2 });
      expect(await seen.take(2)).toEqual([
        [name, { until: 2 }, 1],
        [name, { until: 2 }, 2],
      ]);
      await microservice.close();
      expect(await isEmpty()).toBe(true);
    },
  );

  it('gives a failing event up after its last attempt', async () => {
    await bench().service({ controllers: [Reactions], retry: { maxAttempts: 2, initialDelay: 1, jitter: 'none' } });
    await emit('shop.order.failing', { until: 9 });
    const { message, details } = await deadLetter();
    expect(details).toMatchObject({ attempts: 2, originalQueue: 'inventory', handler: 'shop.order.failing' });
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ type: 'shop.order.failing', data: { until: 9 } });
  });

  it('finds the handlers of patterns that are objects', async () => {
    await bench().service({ controllers: [Reactions] });
    await emit({ order: 'cancelled' }, { id: '2' });
    expect(await seen.take(1)).toEqual([['{"order":"cancelled"}', { id: '2' }, 1]]);
  });

  it('acknowledges only when every handler of the pattern has succeeded', async () => {
    const { microservice } = await bench().service({ controllers: [Both] });
    await emit('twice', {});
    const names = (await seen.take(4)).map(([name, , attempt]) => `${name} ${attempt}`);
    expect(names.toSorted()).toEqual(['first 1', 'first 2', 'second 1', 'second 2']);
    await microservice.close();
    expect(await isEmpty()).toBe(true);
  });

  it('puts what nobody handles into the dead-letter queue, with the reason', async () => {
    await bench().service({ controllers: [Reactions] });
    await emit('unheard.of', {});
    expect((await deadLetter()).details).toMatchObject({ errorCode: 'LC_NO_HANDLER' });
  });

  it('puts what cannot be read into the dead-letter queue', async () => {
    await bench().service({ controllers: [Reactions] });
    await bench()
      .transport.queue('inventory')
      .send([{ body: 'no JSON' }]);
    const { message, details } = await deadLetter();
    expect(message?.body).toBe('no JSON');
    expect(details).toMatchObject({ errorCode: 'LC_UNPARSABLE_MESSAGE', attempts: 1 });
  });

  it('does as RetryLater and DeadLetter say, behind the filter that lets them through', async () => {
    await bench().service({ controllers: [Outspoken], retry: { maxAttempts: 2 } });
    await emit('later', {});
    expect((await seen.take(4)).map(([, , attempt]) => attempt)).toEqual([1, 2, 3, 4]);
    await emit('hopeless', {});
    expect((await deadLetter()).details).toMatchObject({ message: 'no such order', errorCode: 'LC_DEAD_LETTER' });
  });
});
