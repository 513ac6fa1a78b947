import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ContextIdFactory, ExternalContextCreator, ModuleRef, type ContextId } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { uuidv7 } from '../../kernel/index.js';
import { MESSAGE_PARAMETERS, messageParametersFactory } from '../decorators/message-parameters.js';
import type { HandlerHost } from './handler-host.js';
import type { HandlerInvoker } from './message-handler.js';

type Instance = Record<string, (...args: unknown[]) => unknown>;
type Wrapper = HandlerHost['wrapper'];

/** Where Nest keeps the filters that `@UseFilters` sets. */
const FILTERS = '__exceptionFilters__';
/** On our own global filter, which leaves message handlers alone. */
const EDGE_FILTER = Symbol.for('nestjs-loose-coupling:edge-filter');
/** Nest caches what it knows of a method under this property of the class, or under the class's mere name. */
const CLASS_ID = 'CONTROLLER_ID';

/**
 * Makes functions that run a decorated method as Nest runs the handlers of a microservice: with the guards, pipes,
 * interceptors and filters of the method, its class and the application, in the RPC context `(data, MessageContext)`.
 */
@Injectable()
export class HandlerInvokerFactory {
  constructor(
    private readonly contextCreator: ExternalContextCreator,
    private readonly config: ApplicationConfig,
  ) {}

  create(host: HandlerHost, methodName: string): HandlerInvoker {
    const { wrapper } = host;
    if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) return this.createScoped(host, methodName);
    return completed(this.wire(host, wrapper.instance as Instance, methodName));
  }

  /** Each message gets its own instance, with the `MessageContext` as `REQUEST`. */
  private createScoped(host: HandlerHost, methodName: string): HandlerInvoker {
    const { wrapper } = host;
    return async (data, context) => {
      const contextId = ContextIdFactory.getByRequest(context as never);
      const moduleRef = moduleRefOf(wrapper);
      const durable = wrapper.isDependencyTreeDurable();
      moduleRef.registerRequestByContextId(durable ? contextId.payload : context, contextId);
      const instance = await moduleRef.resolve<Instance>(wrapper.token as never, contextId, { strict: true });
      return completed(this.wire(host, instance, methodName, contextId))(data, context);
    };
  }

  private wire(host: HandlerHost, instance: Instance, methodName: string, contextId?: ContextId): HandlerInvoker {
    const method = instance[methodName] as Instance[string];
    identify(instance.constructor);
    return withController(host, () =>
      this.contextCreator.create(
        instance as never,
        method,
        methodName,
        MESSAGE_PARAMETERS,
        messageParametersFactory as never,
        contextId,
        contextId && host.wrapper.id,
        // Nest's own default filter would log every failure a second time.
        { guards: true, interceptors: true, filters: this.hasFilters(instance, method) },
        'rpc',
      ),
    ) as HandlerInvoker;
  }

  private hasFilters(instance: Instance, method: object): boolean {
    return (
      this.config.getGlobalFilters().some((filter) => !(EDGE_FILTER in filter)) ||
      this.config.getGlobalRequestFilters().length > 0 ||
      Reflect.hasMetadata(FILTERS, instance.constructor) ||
      Reflect.hasMetadata(FILTERS, method)
    );
  }
}

/** A filter may answer with an observable, which nobody has subscribed to yet. */
const completed =
  (invoke: HandlerInvoker): HandlerInvoker =>
  async (data, context) => {
    const result = await invoke(data, context);
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  };

/** Two classes of one name must not share what Nest caches of their methods' parameters. */
function identify(constructor: object): void {
  if (Object.hasOwn(constructor, CLASS_ID)) return;
  Object.defineProperty(constructor, CLASS_ID, { value: uuidv7(), configurable: true });
}

/**
 * `ExternalContextCreator` looks for the module of an instance among providers only, and without the module it would
 * silently leave out guards given as classes. So a controller is listed as a provider while it is being wired, which
 * is synchronous.
 */
function withController<T>({ wrapper, isController }: HandlerHost, wire: () => T): T {
  const providers = wrapper.host?.providers;
  if (!isController || !providers || providers.has(wrapper.token)) return wire();
  providers.set(wrapper.token, wrapper as never);
  try {
    return wire();
  } finally {
    providers.delete(wrapper.token);
  }
}

function moduleRefOf(wrapper: Wrapper): ModuleRef {
  return wrapper.host?.getProviderByKey<ModuleRef>(ModuleRef)?.instance as ModuleRef;
}
