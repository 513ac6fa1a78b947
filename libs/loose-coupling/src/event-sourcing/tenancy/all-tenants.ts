import { currentCorrelation, uuidv7, withCorrelation, type Correlation } from '../../kernel/index.js';

const KEY = Symbol.for('nestjs-loose-coupling:all-tenants');
type Holder = { [KEY]?: WeakSet<Correlation> };

/**
 * The contexts that are for all tenants, each as long as its work lasts. Whatever has a context of its own within, as every handler
 * has, is in none of them. One set per process, as there is one storage of contexts.
 */
const contexts = ((globalThis as Holder)[KEY] ??= new WeakSet<Correlation>());

/**
 * Runs `work` for all tenants that share a store (`tenancy: { type: 'prefix' }`): feeds, streams by their stored names (`acme#order-1`)
 * and open processes are those of all, also where there is a tenant at work. Appending still needs a tenant. It ends when `work` has
 * returned, or its promise has settled; handlers, and `withTenant` within, work for their one tenant.
 *
 * @example
 * for await (const event of withAllTenants(() => store.readAll())) count(event.metadata.tenantId);
 */
export function withAllTenants<Result>(work: () => Result): Result {
  const { tenantId: _one, ...context } = currentCorrelation() ?? { correlationId: uuidv7() };
  const end = () => void contexts.delete(context);
  contexts.add(context);
  let result: Result;
  try {
    result = withCorrelation(context, work);
  } catch (error) {
    end();
    throw error;
  }
  if (isThenable(result)) return Promise.resolve(result).finally(end) as Result;
  end();
  return result;
}

/** Whether the work in progress said that it is for all tenants. */
export function isForAllTenants(): boolean {
  const context = currentCorrelation();
  return context !== undefined && contexts.has(context);
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
