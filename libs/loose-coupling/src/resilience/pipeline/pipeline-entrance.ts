import type { PolicyKind } from '../options/policy-options.js';
import type { Work } from './attempt.port.js';
import { attemptInProgress } from './current-attempt.js';
import type { Layer, Method } from './layer.js';
import type { CompiledPipeline } from './policy-set.port.js';
import { KeyedWork, WITH_CONTEXT } from './work-arguments.js';

/** The way in: a call made within an attempt, of whatever pipeline, has that attempt for its caller. */
export abstract class PipelineEntrance implements CompiledPipeline {
  abstract readonly order: readonly PolicyKind[];
  protected abstract readonly outermost: Layer;

  call<T>(
    method: (...args: never[]) => PromiseLike<T> | T,
    self: unknown,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<T> {
    return this.outermost.run(method, self, args, signal, attemptInProgress()) as Promise<T>;
  }

  execute<T>(work: Work<T>, signal?: AbortSignal, key?: string): Promise<T> {
    const args = key === undefined ? WITH_CONTEXT : new KeyedWork(key);
    return this.outermost.run(work as Method, undefined, args, signal, attemptInProgress()) as Promise<T>;
  }
}
