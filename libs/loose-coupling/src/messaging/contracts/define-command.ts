import type { StandardSchemaV1 } from '@standard-schema/spec';
import { FaultList } from '../../kernel/index.js';
import { deadLetterQueueName } from '../core/dead-letter.js';
import { checkContract } from './check-contract.js';
import type { MessageContract, MessageSchema, SchemaInput, SchemaOutput } from './message-contract.js';
import type { PersonalDataRule } from './personal-data-rule.js';

const KNOWN_OPTIONS = ['version', 'schema', 'reply', 'key', 'ordered', 'queue', 'personalData'] as const;
const MAX_QUEUE_NAME_LENGTH = 80;
const FIFO_SUFFIX = '.fifo';

interface CommonCommandOptions<Input> {
  /** Version of the shape of the data. Default 1. */
  readonly version?: number;
  /** What must stay in order, or belongs together; computed from the data as it is sent. */
  readonly key?: (data: Input) => string;
  /** Handle commands of one key one after another, in the order they were sent. Needs `key`. Default false. */
  readonly ordered?: boolean;
  /**
   * The queue commands are sent to; several contracts may share one.
   * Default: the name with dots as dashes, with `.fifo` appended when ordered.
   */
  readonly queue?: string;
  /** Fields that travel encrypted, under keys of the persons they are about; see docs/personal-data.md. */
  readonly personalData?: PersonalDataRule;
}

export interface CommandOptions<
  Schema extends MessageSchema = MessageSchema,
  Reply extends MessageSchema = MessageSchema,
> extends CommonCommandOptions<SchemaInput<Schema>> {
  /** Checked on sending and on receiving. Default: any JSON is accepted. */
  readonly schema?: Schema;
  /** Of the answer, for commands that are sent with `request`. Default: any JSON is accepted. */
  readonly reply?: Reply;
}

/** For a contract whose types are given by hand and checked by nobody. */
export interface UncheckedCommandOptions<Data> extends CommonCommandOptions<Data> {
  readonly schema?: undefined;
  readonly reply?: undefined;
}

/**
 * Declares a command: work asked of exactly one service, perhaps with an answer.
 * Of the schema's input and output see `defineEvent`.
 *
 * @example
 * export const ReserveStock = defineCommand('inventory.stock.reserve', { schema: reservation, reply: outcome });
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineCommand<
  Schema extends MessageSchema = StandardSchemaV1<unknown, unknown>,
  Reply extends MessageSchema = StandardSchemaV1<unknown, unknown>,
>(
  name: string,
  options?: CommandOptions<Schema, Reply>,
): MessageContract<SchemaOutput<Schema>, SchemaOutput<Reply>, SchemaInput<Schema>>;
export function defineCommand<Data, Reply = unknown>(
  name: string,
  options?: UncheckedCommandOptions<Data>,
): MessageContract<Data, Reply>;
export function defineCommand(name: string, options: CommandOptions = {}): MessageContract {
  const { version = 1, schema, reply, key, ordered = false, personalData } = options;
  const queue = options.queue ?? defaultQueueName(String(name), ordered);
  const faults = new FaultList(`defineCommand(${JSON.stringify(name)})`);
  faults.unknownKeys('', options, KNOWN_OPTIONS);
  checkContract(faults, { name, version, schema, reply, key, ordered, personalData });
  // A queue derived from a bad name is not worth a second fault.
  if (options.queue !== undefined || faults.faults.length === 0) checkQueueName(faults, queue, ordered);
  faults.throwIfAny();
  return Object.freeze({
    kind: 'command',
    name,
    version,
    ...(schema && { schema }),
    ...(reply && { reply }),
    ...(key && { key }),
    ordered,
    ...(personalData && { personalData }),
    queue,
  });
}

const defaultQueueName = (name: string, ordered: boolean): string =>
  name.replaceAll('.', '-') + (ordered ? FIFO_SUFFIX : '');

function checkQueueName(faults: FaultList, queue: unknown, ordered: boolean): void {
  const fifo = typeof queue === 'string' && queue.endsWith(FIFO_SUFFIX);
  const stem = fifo ? queue.slice(0, -FIFO_SUFFIX.length) : queue;
  if (typeof queue !== 'string' || !/^[A-Za-z0-9_-]+$/.test(String(stem))) {
    faults.add('queue', 'letters, digits, "-" and "_", as SQS wants them', queue);
  } else if (deadLetterQueueName(queue).length > MAX_QUEUE_NAME_LENGTH) {
    const longest = MAX_QUEUE_NAME_LENGTH - (deadLetterQueueName(queue).length - queue.length);
    faults.add('queue', `at most ${longest} characters, so that its dead-letter queue can be named after it`, queue);
  }
  if (fifo !== ordered) {
    faults.add(
      'queue',
      ordered ? 'a name ending in ".fifo", as `ordered` is set' : 'no ".fifo" without `ordered`',
      queue,
    );
  }
}
