import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FaultList } from '../../kernel/index.js';
import { checkContract } from './check-contract.js';
import type { MessageContract, MessageSchema, SchemaInput, SchemaOutput } from './message-contract.js';
import type { PersonalDataRule } from './personal-data-rule.js';

const KNOWN_OPTIONS = ['version', 'schema', 'key', 'ordered', 'personalData'] as const;

interface CommonEventOptions<Input> {
  /** Version of the shape of the data. Default 1. */
  readonly version?: number;
  /** What must stay in order, or belongs together; computed from the data as it is sent. */
  readonly key?: (data: Input) => string;
  /** Deliver events of one key in the order they were published. Needs `key`. Default false. */
  readonly ordered?: boolean;
  /** Fields that travel encrypted, under keys of the persons they are about; see docs/personal-data.md. */
  readonly personalData?: PersonalDataRule;
}

export interface EventOptions<Schema extends MessageSchema = MessageSchema> extends CommonEventOptions<
  SchemaInput<Schema>
> {
  /** Checked on publishing and on receiving. Default: any JSON is accepted. */
  readonly schema?: Schema;
}

/** For a contract whose type is given by hand and checked by nobody. */
export interface UncheckedEventOptions<Data> extends CommonEventOptions<Data> {
  readonly schema?: undefined;
}

/**
 * Declares an event: a fact that any number of services may react to.
 *
 * The schema's *input* is what publishers give and what travels; handlers receive the schema's *output*, so a
 * transformation runs once for each receiver, and with the receiver's own version of the schema.
 *
 * @example
 * export const OrderPlaced = defineEvent('shop.order.placed', {
 *   schema: z.object({ orderId: z.string(), total: z.number() }),
 *   key: (order) => order.orderId,
 * });
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineEvent<Schema extends MessageSchema = StandardSchemaV1<unknown, unknown>>(
  name: string,
  options?: EventOptions<Schema>,
): MessageContract<SchemaOutput<Schema>, unknown, SchemaInput<Schema>>;
export function defineEvent<Data>(name: string, options?: UncheckedEventOptions<Data>): MessageContract<Data>;
export function defineEvent(name: string, options: EventOptions = {}): MessageContract {
  const { version = 1, schema, key, ordered = false, personalData } = options;
  const faults = new FaultList(`defineEvent(${JSON.stringify(name)})`);
  faults.unknownKeys('', options, KNOWN_OPTIONS);
  checkContract(faults, { name, version, schema, key, ordered, personalData });
  faults.throwIfAny();
  return Object.freeze({
    kind: 'event',
    name,
    version,
    ...(schema && { schema }),
    ...(key && { key }),
    ordered,
    ...(personalData && { personalData }),
    queue: '',
  });
}
