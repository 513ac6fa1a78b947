import type { BaseRpcContext, Transport } from '@nestjs/microservices';

type TransportId = Transport | symbol;

export interface ProcessingHooks {
  readonly transportId: TransportId;
  readonly start: (transportId: TransportId, context: BaseRpcContext, done: () => Promise<unknown>) => unknown;
  readonly end: ((transportId: TransportId, context: BaseRpcContext) => void) | undefined;
}

/**
 * Runs `work` between the hooks of Nest's `Server`, and settles as it does. What the start hook returns does not
 * count: one that drops the promise of `done()` must not make a failure look like a success.
 */
export function withProcessingHooks<Result>(
  { transportId, start, end }: ProcessingHooks,
  context: BaseRpcContext,
  work: () => Promise<Result>,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const done = (): Promise<Result> => {
      const result = work().finally(() => end?.(transportId, context));
      result.then(resolve, reject);
      return result;
    };
    Promise.resolve(start(transportId, context, done)).catch(reject);
  });
}
