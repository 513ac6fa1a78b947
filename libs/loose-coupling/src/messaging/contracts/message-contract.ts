import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { PersonalDataRule } from './personal-data-rule.js';

/** A class whose properties carry class-validator decorators. */
export type ValidatedClass<T = unknown> = new () => T;

/** What may describe the data of a message: any Standard Schema (zod, valibot, arktype …) or a class-validator class. */
export type MessageSchema<Data = unknown> = StandardSchemaV1<unknown, Data> | ValidatedClass<Data>;

/** What a schema makes of the data it accepts: what handlers receive. */
export type SchemaOutput<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : Schema extends ValidatedClass<infer Data>
    ? Data
    : unknown;

/** What a schema accepts: what publishers give, and what travels. */
export type SchemaInput<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Schema>
  : SchemaOutput<Schema>;

/** An event (many receivers), or a command (one receiver, perhaps answered). Made by `defineEvent` and `defineCommand`. */
export interface MessageContract<Data = unknown, Reply = unknown, Input = Data> {
  readonly kind: 'event' | 'command';
  /** Dotted lower-case name, unique in the system. */
  readonly name: string;
  readonly version: number;
  /** Absent: any JSON is accepted. */
  readonly schema?: MessageSchema<Data>;
  /** Of the answer, when the command is a request. */
  readonly reply?: MessageSchema<Reply>;
  /**
   * Partition key of a message: what must stay in order, or belongs together. Computed from the data as it is sent.
   * A method, so that a contract of some data is also a contract of unknown data.
   */
  key?(data: Input): string;
  /** Messages with the same key are handled one after another, in the order they were sent (FIFO). Needs `key`. */
  readonly ordered: boolean;
  /** Fields that travel encrypted, under keys of the persons they are about. */
  readonly personalData?: PersonalDataRule;
  /** Commands: the queue they are sent to. Empty for events. */
  readonly queue: string;
  /** Phantom: carries the type, never set. */
  readonly __data?: Data;
  readonly __reply?: Reply;
  readonly __input?: Input;
}

/** The data type of a contract, as handlers receive it: `EventOf<typeof OrderPlaced>`. */
export type EventOf<Contract> = Contract extends { readonly __data?: infer Data } ? Data : never;
/** The data type of a command contract, as handlers receive it. */
export type CommandOf<Contract> = EventOf<Contract>;
/** The reply type of a command contract. */
export type ReplyOf<Contract> = Contract extends { readonly __reply?: infer Reply } ? Reply : never;
/** What a publisher gives: the same as `EventOf`, unless the schema transforms. */
export type InputOf<Contract> = Contract extends { readonly __input?: infer Input } ? Input : never;
