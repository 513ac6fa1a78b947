import { FaultList } from '../../kernel/index.js';
import {
  isMessageSchema,
  validateData,
  type MessageSchema,
  type SchemaInput,
  type SchemaOutput,
} from '../../messaging/index.js';
import { TranslationError } from '../errors/translation.error.js';

export interface TranslationDefinition<From extends MessageSchema, To extends MessageSchema> {
  /** Names it in errors. */
  readonly name: string;
  /** What the others send. Any Standard Schema, or a class with class-validator decorators. */
  readonly from: From;
  /** What we have. */
  readonly to: To;
  /** Makes the one of the other. A function of what it is given: it may be called again. */
  readonly translate: (theirs: SchemaOutput<From>) => SchemaInput<To> | Promise<SchemaInput<To>>;
}

/** Takes data across the border between two models, and lets nothing across that fits neither. */
export interface Translation<Output = unknown> {
  readonly name: string;
  /** @throws {TranslationError} */
  translate(data: unknown): Promise<Output>;
}

/**
 * An anti-corruption layer in one place: what another model calls its own is checked, translated, and checked against ours, so that neither's
 * changes get further than here. For the way back, define another one.
 *
 * @example
 * ```ts
 * const fromErp = defineTranslation({ name: 'erp order', from: erpOrder, to: ourOrder, translate: ({ ORDNR }) => ({ orderId: ORDNR }) });
 * ```
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function defineTranslation<From extends MessageSchema, To extends MessageSchema>(
  definition: TranslationDefinition<From, To>,
): Translation<SchemaOutput<To>> {
  const { name, from, to, translate } = definition;
  const faults = new FaultList('defineTranslation()');
  if (typeof name !== 'string' || name === '') faults.add('name', 'a text', name);
  if (!isMessageSchema(from)) faults.add('from', 'a schema', from);
  if (!isMessageSchema(to)) faults.add('to', 'a schema', to);
  if (typeof translate !== 'function') faults.add('translate', 'a function', translate);
  faults.throwIfAny();
  const step = async <Result>(
    side: TranslationError['side'],
    work: () => Result | Promise<Result>,
  ): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw new TranslationError(name, side, error);
    }
  };
  return {
    name,
    async translate(data) {
      const theirs = await step('from', () => validateData(from, data, 'what came'));
      const ours = await step('translate', () => translate(theirs as SchemaOutput<From>));
      return (await step('to', () => validateData(to, ours, 'what was made'))) as SchemaOutput<To>;
    },
  };
}
