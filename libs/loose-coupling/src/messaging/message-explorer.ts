import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { injectedTokens } from './adapters/injected-tokens.js';
import { handlerMetadataOf } from './decorators/handler-metadata.js';
import type { HandlerHost } from './dispatch/handler-host.js';
import { HandlerInvokerFactory } from './dispatch/handler-invoker.factory.js';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options.js';
import type { DeclaredHandler } from './topology/declared-handler.js';

/**
 * Finds the decorated methods of all providers and controllers. A class that several modules provide handles each
 * message once, with the instance of the module that was imported first.
 */
@Injectable()
export class MessageExplorer {
  private readonly warned = new Set<object>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly invokers: HandlerInvokerFactory,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  explore(): DeclaredHandler[] {
    const handlers: DeclaredHandler[] = [];
    const seen = new Map<object, HandlerHost>();
    for (const host of this.hosts()) {
      const prototype = Object.getPrototypeOf(host.wrapper.instance) as Record<string, object> | null;
      const found = prototype ? this.exploreClass(host, prototype) : [];
      if (!prototype || found.length === 0) continue;
      if (seen.has(prototype)) {
        this.warnOnce(prototype, found);
        continue;
      }
      seen.set(prototype, host);
      handlers.push(...found);
    }
    return handlers;
  }

  /** What classes and factories of the application ask for by `@Inject`. */
  injected(): Set<unknown> {
    return injectedTokens([...this.discovery.getProviders(), ...this.discovery.getControllers()]);
  }

  /** Providers and controllers that there is an instance of. */
  *hosts(): Iterable<HandlerHost> {
    for (const isController of [false, true]) {
      const wrappers = isController ? this.discovery.getControllers() : this.discovery.getProviders();
      for (const wrapper of wrappers) {
        const { instance } = wrapper as { instance: unknown };
        if (!wrapper.isAlias && typeof instance === 'object' && instance !== null) yield { wrapper, isController };
      }
    }
  }

  private exploreClass(host: HandlerHost, prototype: Record<string, object>): DeclaredHandler[] {
    const className = (prototype['constructor'] as { name?: string } | undefined)?.name ?? 'anonymous';
    const moduleName = host.wrapper.host?.name ?? 'a module';
    return this.scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const declared = handlerMetadataOf(prototype[methodName] as object);
      if (declared.length === 0) return [];
      const invoke = this.invokers.create(host, methodName);
      return declared.map((metadata) => ({ className, methodName, prototype, moduleName, metadata, invoke }));
    });
  }

  private warnOnce(prototype: object, found: readonly DeclaredHandler[]): void {
    if (this.warned.has(prototype)) return;
    this.warned.add(prototype);
    this.options.logger.warn(
      `${found[0]?.className} is provided more than once; only its first instance handles messages. ` +
        'Provide it in one module, and export it where it is needed.',
    );
  }
}
