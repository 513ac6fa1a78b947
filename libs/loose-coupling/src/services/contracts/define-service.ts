import { FaultList } from '../../kernel/index.js';
import { defineCommand } from '../../messaging/index.js';
import { checkOperations } from './check-operations.js';
import type {
  HttpRoute,
  OperationDefinition,
  OperationDefinitions,
  ServiceContract,
  ServiceOperation,
} from './service-contract.js';

export interface ServiceDefinition<Definitions extends OperationDefinitions> {
  readonly operations: Definitions;
  /** Where the service takes requests as messages. Default `<name>-requests`. */
  readonly queue?: string;
}

/** RFC 9110, 9.2.2. */
const IDEMPOTENT_METHODS: readonly string[] = ['GET', 'PUT', 'DELETE'];
const SERVICE_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Declares what a service offers. Callers depend on this, and the configuration says how the service is reached.
 *
 * @example
 * ```ts
 * export const Inventory = defineService('inventory', {
 *   operations: { product: { input: sku, output: product, http: { method: 'GET', path: '/products/{sku}' } } },
 * });
 * ```
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineService<const Definitions extends OperationDefinitions>(
  name: string,
  definition: ServiceDefinition<Definitions>,
): ServiceContract<Definitions> {
  const faults = new FaultList(`defineService(${JSON.stringify(name)})`);
  if (typeof name !== 'string' || !SERVICE_NAME.test(name)) {
    faults.add('name', 'lower-case letters, digits and "-", at most 40 characters, a letter first', name);
  }
  faults.unknownKeys('', definition, ['operations', 'queue']);
  checkOperations(faults, definition.operations);
  faults.throwIfAny();
  const queue = definition.queue ?? `${name}-requests`;
  const operations = Object.entries(definition.operations).map(([operation, given]) => [
    operation,
    createOperation(name, queue, operation, given),
  ]);
  return Object.freeze({
    name,
    queue,
    operations: Object.freeze(Object.fromEntries(operations)),
  }) as ServiceContract<Definitions>;
}

function createOperation(
  service: string,
  queue: string,
  name: string,
  { input, output, http, idempotent }: OperationDefinition,
): ServiceOperation {
  const route: HttpRoute = http ?? { method: 'POST', path: `/${name}` };
  return Object.freeze({
    name,
    ...(input && { input }),
    ...(output && { output }),
    http: route,
    idempotent: idempotent ?? IDEMPOTENT_METHODS.includes(route.method),
    message: defineCommand(`${service}.${inKebabCase(name)}`, {
      queue,
      ...(input && { schema: input }),
      ...(output && { reply: output }),
    }),
  });
}

const inKebabCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
