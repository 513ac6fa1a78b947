import type { Message } from '@aws-sdk/client-sqs';
import type { SsutPackage } from './ssut-package.loader.cjs';

/** Without a listener, each of these would end the process. */
const ERRORS = ['error', 'processing_error', 'timeout_error'];

export interface SsutHandlers {
  take(messages: readonly Message[]): void;
  failed(): void;
}

/**
 * What @ssut/nestjs-sqs is to discover: functions, decorated as the methods of a user's class would be. It is handed to its
 * service in the place of golevelup's discovery, which would look through the whole application, for each consumer again.
 */
export function ssutHandlers(
  { SqsMessageHandler, SqsConsumerEventHandler }: SsutPackage,
  consumer: string,
  handlers: SsutHandlers,
): { providerMethodsWithMetaAtKey(key: symbol): Promise<object[]> } {
  const takeAll = async (messages: readonly Message[]): Promise<readonly Message[]> => {
    handlers.take(messages);
    // The messages that are to be deleted.
    return [];
  };
  const found = [
    decorated(takeAll, SqsMessageHandler(consumer, true)),
    ...ERRORS.map((event) => decorated(() => handlers.failed(), SqsConsumerEventHandler(consumer, event))),
  ];
  return {
    providerMethodsWithMetaAtKey: async (key) =>
      found
        .map((handler) => ({ handler, meta: Reflect.getMetadata(key, handler) as unknown }))
        .filter(({ meta }) => meta !== undefined)
        .map(({ handler, meta }) => ({ meta, discoveredMethod: { handler, parentClass: { instance: handlers } } })),
  };
}

function decorated<Handler extends (...args: never[]) => unknown>(
  handler: Handler,
  decorate: MethodDecorator,
): Handler {
  decorate({}, 'handler', { value: handler });
  return handler;
}
