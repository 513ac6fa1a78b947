import {
  Catch,
  Controller,
  createParamDecorator,
  Inject,
  Injectable,
  Module,
  Scope,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, Reflector, REQUEST } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { IsInt } from 'class-validator';
import {
  defineEvent,
  isMessageContext,
  MessageCtx,
  MessagePayload,
  OnEvent,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { of, tap, throwError, type Observable } from 'rxjs';
import { closeApps, startApp } from './start-app.js';

const Placed = defineEvent<{ id: string; total: number }>('shop.order.placed');
const event = { id: '1', total: 5 };
const noRetry = { retry: { maxAttempts: 1 } };
const queue = 'app-shop-order-placed';

afterEach(closeApps);

@Injectable()
class Rules {
  readonly allowed = new Set<string>(['clerk']);
}

@Injectable()
class RoleGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly rules: Rules,
  ) {}

  canActivate(host: ExecutionContext): boolean {
    return (
      host.getType() === 'rpc' &&
      isMessageContext(host.switchToRpc().getContext()) &&
      this.rules.allowed.has(this.reflector.get('role', host.getHandler()))
    );
  }
}

/** Notes the id of each message and what its handler gives. */
@Injectable()
class Recording implements NestInterceptor {
  static readonly results: unknown[] = [];
  intercept(host: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { id } = host.switchToRpc().getData<{ id: string }>();
    return next.handle().pipe(tap((value) => Recording.results.push([host.getClass().name, id, value])));
  }
}

describe('guards', () => {
  it.each([['provider'], ['controller']])(
    'given as classes with dependencies protect the methods of a %s',
    async (kind) => {
      const ran: string[] = [];
      @Injectable()
      @Controller()
      class Guarded {
        @OnEvent(Placed, { queue: 'clerks', ...noRetry })
        @UseGuards(RoleGuard)
        @SetMetadata('role', 'clerk')
        allowed() {
          ran.push('allowed');
        }
        @OnEvent(Placed, { queue: 'guests', ...noRetry })
        @UseGuards(RoleGuard)
        @SetMetadata('role', 'guest')
        denied() {
          ran.push('denied');
        }
      }
      const { bus, deadLetter, probe } = await startApp({
        providers: kind === 'provider' ? [Rules, Guarded] : [Rules],
        controllers: kind === 'controller' ? [Guarded] : [],
      });

      await bus.publish(Placed, event);

      expect((await deadLetter('guests')).details).toMatchObject({ errorType: 'ForbiddenException', attempts: 1 });
      await probe.consumed(Placed);
      expect(ran).toEqual(['allowed']);
    },
  );

  it('of the application protect all handlers', async () => {
    @Injectable()
    class Handlers {
      @OnEvent(Placed, noRetry)
      on() {}
    }
    const { bus, deadLetter } = await startApp({
      providers: [Handlers, { provide: APP_GUARD, useValue: { canActivate: () => false } }],
    });

    await bus.publish(Placed, event);

    expect((await deadLetter(queue)).details.errorType).toBe('ForbiddenException');
  });

  it('of the application that are request-scoped see each message', async () => {
    const seen: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class PerMessage implements CanActivate {
      constructor(@Inject(REQUEST) private readonly context: MessageContext) {}
      canActivate(): boolean {
        seen.push(this.context.id);
        return true;
      }
    }
    @Injectable()
    class Handlers {
      @OnEvent(Placed, noRetry)
      on() {}
    }
    const { bus, probe } = await startApp({ providers: [Handlers, { provide: APP_GUARD, useClass: PerMessage }] });

    const { id } = await bus.publish(Placed, event);

    await probe.consumed(Placed);
    expect(seen).toEqual([id]);
  });
});

describe('interceptors', () => {
  it('of the method and the application wrap the handler', async () => {
    @Injectable()
    class Handlers {
      @OnEvent(Placed)
      @UseInterceptors(Recording)
      on() {
        return of('first', 'last');
      }
    }
    const { bus, probe } = await startApp({ providers: [Handlers, { provide: APP_INTERCEPTOR, useClass: Recording }] });

    await bus.publish(Placed, event);

    await probe.consumed(Placed);
    expect(Recording.results).toEqual(['first', 'first', 'last', 'last'].map((value) => ['Handlers', '1', value]));
  });
});

describe('pipes', () => {
  class Order {
    @IsInt()
    total!: number;
  }

  @Injectable()
  class Upper implements PipeTransform {
    transform(value: unknown, { type }: { type: string }) {
      return type === 'body' ? { ...(value as object), piped: true } : value;
    }
  }

  it('of the method apply to the data', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Handlers {
      @OnEvent(Placed)
      @UsePipes(Upper)
      on(data: object, context: MessageContext) {
        seen.push(data, isMessageContext(context));
      }
    }
    const { bus, probe } = await startApp({ providers: [Handlers] });

    await bus.publish(Placed, event);

    await probe.consumed(Placed);
    expect(seen).toEqual([{ ...event, piped: true }, true]);
  });

  it('like ValidationPipe validate against the declared class, one for each of two classes of the same name', async () => {
    const seen: unknown[] = [];
    const make = (type: 'integer' | 'any') => {
      class AnyOrder {
        total!: unknown;
      }
      if (type === 'integer') {
        @Injectable()
        @UsePipes(new ValidationPipe({ transform: true }))
        class Handlers {
          @OnEvent(Placed, { queue: type, ...noRetry })
          on(order: Order) {
            seen.push([type, order instanceof Order]);
          }
        }
        return Handlers;
      }
      @Injectable()
      @UsePipes(new ValidationPipe({ transform: true }))
      class Handlers {
        @OnEvent(Placed, { queue: type, ...noRetry })
        onAny(order: AnyOrder) {
          seen.push([type, order instanceof AnyOrder]);
        }
      }
      return Handlers;
    };
    const { bus, probe, deadLetter } = await startApp({ providers: [make('integer'), make('any')] });

    await bus.publish(Placed, { ...event, total: 1.5 });

    await probe.consumed(Placed, ({ context }) => context.queue === 'any');
    expect((await deadLetter('integer')).details.errorType).toBe('BadRequestException');
    expect(seen).toEqual([['any', true]]);
  });
});

describe('parameter decorators', () => {
  it('say what a method gets, ours and those of Nest', async () => {
    const seen: unknown[] = [];
    const Total = createParamDecorator(
      (_: unknown, host: ExecutionContext) => host.switchToRpc().getData<{ total: number }>().total,
    );
    const plusOne: PipeTransform = { transform: (value: { total: number }) => ({ ...value, total: value.total + 1 }) };
    @Injectable()
    class Handlers {
      @OnEvent(Placed, { queue: 'ours' })
      ours(
        @MessagePayload(plusOne) data: { total: number },
        @MessageCtx() context: MessageContext,
        @Total() total: number,
      ) {
        seen.push(['ours', data.total, isMessageContext(context), total]);
      }
      @OnEvent(Placed.name, { queue: 'nests' })
      nests(@Payload('total') data: number, @Ctx() context: MessageContext) {
        seen.push(['nests', data, isMessageContext(context)]);
      }
    }
    const { bus, probe } = await startApp({ providers: [Handlers] });

    await bus.publish(Placed, event);

    await probe.consumed(Placed, ({ context }) => context.queue === 'ours');
    await probe.consumed(Placed, ({ context }) => context.queue === 'nests');
    expect(seen.toSorted()).toEqual([
      ['nests', 5, true],
      ['ours', 6, true, 5],
    ]);
  });
});

describe('exception filters', () => {
  const handlersWith = (filter: ExceptionFilter) => {
    @Injectable()
    class Handlers {
      @OnEvent(Placed, noRetry)
      @UseFilters(filter)
      on() {
        throw new RangeError('no stock');
      }
    }
    return [Handlers];
  };

  @Catch(RangeError)
  class Answers implements ExceptionFilter {
    catch = () => of('handled');
  }

  @Catch()
  class Rethrows implements ExceptionFilter {
    catch = (error: Error) => throwError(() => new TypeError(`seen: ${error.message}`));
  }

  @Catch()
  class Passes implements ExceptionFilter {
    seen: unknown;
    catch(_error: Error, host: ArgumentsHost) {
      this.seen = host.getType();
    }
  }

  it('that answer make the message handled', async () => {
    const { bus, probe } = await startApp({ providers: handlersWith(new Answers()) });

    await bus.publish(Placed, event);

    expect((await probe.consumed(Placed)).data).toEqual(event);
    expect(probe.all('failed')).toEqual([]);
  });

  it('that rethrow say with which error the attempt failed', async () => {
    const { bus, deadLetter } = await startApp({ providers: handlersWith(new Rethrows()) });

    await bus.publish(Placed, event);

    expect((await deadLetter(queue)).details).toMatchObject({ errorType: 'TypeError', message: 'seen: no stock' });
  });

  it('that return nothing leave it a failure, so that a filter written for HTTP loses no message', async () => {
    const passes = new Passes();
    @Injectable()
    class Handlers {
      @OnEvent(Placed, noRetry)
      on() {
        throw new RangeError('no stock');
      }
    }
    const { bus, deadLetter } = await startApp({ providers: [Handlers, { provide: APP_FILTER, useValue: passes }] });

    await bus.publish(Placed, event);

    expect((await deadLetter(queue)).details.errorType).toBe('RangeError');
    expect(passes.seen).toBe('rpc');
  });
});

describe('scopes', () => {
  it('give each message an instance of its own, with the context as REQUEST', async () => {
    const instances = new Set<unknown>();
    const ids: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class PerMessage {
      constructor(@Inject(REQUEST) private readonly context: MessageContext) {
        instances.add(this);
      }
      @OnEvent(Placed)
      on(_data: unknown, context: MessageContext) {
        ids.push([this.context.id, context.id]);
      }
    }
    const { bus, probe } = await startApp({ providers: [PerMessage] });

    const { id: first } = await bus.publish(Placed, { ...event, id: '1' });
    await probe.consumed(Placed, ({ data }) => data.id === '1');
    const { id: second } = await bus.publish(Placed, { ...event, id: '2' });
    await probe.consumed(Placed, ({ data }) => data.id === '2');

    expect(ids).toEqual([
      [first, first],
      [second, second],
    ]);
    expect(instances.size).toBe(2);
  });

  it('do not matter to where a class is provided: its first instance handles each message', async () => {
    const handled: unknown[] = [];
    const warnings: string[] = [];
    @Injectable()
    class Shared {
      @OnEvent(Placed)
      on() {
        handled.push(this);
      }
    }
    @Module({ providers: [Shared, { provide: 'ALIAS', useExisting: Shared }] })
    class A {}
    @Module({ providers: [Shared] })
    class B {}
    const ignore = () => undefined;
    const logger = { log: ignore, error: ignore, warn: (text: string) => void warnings.push(text) };
    const { bus, probe, app } = await startApp({ imports: [A, B] as never[], logger });

    await bus.publish(Placed, event);

    await probe.consumed(Placed);
    expect(handled).toEqual([app.select(A).get(Shared)]);
    expect(warnings).toEqual([expect.stringContaining('Shared is provided more than once')]);
  });
});
