import { Inject, Injectable, type Type } from '@nestjs/common';
import { isLooseCouplingError } from '../../kernel/index.js';
import {
  compilePattern,
  DeadLetter,
  InjectEventBus,
  InjectSnsTopic,
  InjectSqsQueue,
  MessageBus,
  OnCommand,
  OnEvent,
  type MessageContext,
  type MessageContract,
} from '../../messaging/index.js';
import { InjectServiceClient } from '../nest/inject-service-client.decorator.js';
import { checkRoutes } from './check-routes.js';
import type { Route, RoutesDefinition, RouteTarget } from './route.js';
import { sendTo, type Resource } from './send-to.js';

/** Faults of data and of functions: the next attempt would fail in the same way. */
const PERMANENT = ['LC_TRANSLATION', 'LC_INVALID_MESSAGE_DATA', 'LC_UNSERIALIZABLE_DATA', 'LC_MESSAGE_TOO_LARGE'];

const SAYS_HOW = ['LC_RETRY_LATER', 'LC_DEAD_LETTER', 'LC_DISCARD'];

/**
 * Content-based routing as data: each message of `from` goes to the routes whose pattern matches, as what their `transform` makes of it.
 * Gives a class to list among the providers of a module; on the local transport and on AWS alike.
 *
 * A message is acknowledged when all its targets have accepted what is theirs. When one does not, the message comes again, and those
 * before may get theirs twice, under the same id. What cannot be transformed, or does not fit its target's contract, goes to the
 * dead-letter queue; what a transformer throws as `RetryLater`, `Discard` or `DeadLetter` is taken at its word.
 *
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineRoutes<From extends MessageContract>(definition: RoutesDefinition<From>): Type {
  checkRoutes(definition as unknown as RoutesDefinition);
  const { name, from, handler = {}, match = 'all', unmatched = 'discard' } = definition;
  const routes = (definition.routes as readonly Route[]).map((each, index) => ({
    ...each,
    key: each.name ?? String(index),
    matches: each.pattern === undefined ? () => true : compilePattern(each.pattern, `${name}.routes[${index}]`),
  }));

  @Injectable()
  class Router {
    async route(data: unknown, context: MessageContext): Promise<void> {
      const matching = routes.filter(({ matches }) => matches(data));
      if (matching.length === 0 && unmatched === 'dead-letter') {
        throw new DeadLetter(`No route of "${name}" matches it. Add one, or let it be discarded.`);
      }
      for (const each of match === 'first' ? matching.slice(0, 1) : matching) {
        await giveUpWhatCannotSucceed(async () => {
          const made = await transformed(each, data, context);
          const resource = (this as unknown as Record<string, Resource>)[resourceName(each.key)] as Resource;
          await sendTo(each.to, resource, made, `${context.id}/${name}/${each.key}`, context);
        });
      }
    }
  }
  Object.defineProperty(Router, 'name', { value: name });
  for (const { key, to } of routes) injectorOf(to)(Router.prototype, resourceName(key));
  const decorator = from.kind === 'command' ? OnCommand(from, handler) : OnEvent<MessageContract>(from, handler);
  const method = Object.getOwnPropertyDescriptor(Router.prototype, 'route') as PropertyDescriptor;
  decorator(Router.prototype, 'route', method as never);
  return Router;
}

const resourceName = (key: string): string => `route:${key}`;

function injectorOf(to: RouteTarget): PropertyDecorator {
  if ('queue' in to) return InjectSqsQueue(to.queue);
  if ('topic' in to) return InjectSnsTopic(to.topic);
  if ('bus' in to) return InjectEventBus(to.bus);
  return 'service' in to ? InjectServiceClient(to.service) : Inject(MessageBus);
}

async function transformed({ transform }: Route, data: unknown, context: MessageContext): Promise<unknown> {
  if (transform === undefined) return data;
  if (typeof transform !== 'function') return transform.translate(data);
  try {
    return await transform(data, context);
  } catch (error) {
    // It has said itself what becomes of the message.
    if (SAYS_HOW.some((code) => isLooseCouplingError(error, code))) throw error;
    throw new DeadLetter('its transformer failed', { cause: error });
  }
}

async function giveUpWhatCannotSucceed(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isLooseCouplingError(error) || !PERMANENT.includes(error.code)) throw error;
    throw new DeadLetter(error.message, { cause: error });
  }
}
