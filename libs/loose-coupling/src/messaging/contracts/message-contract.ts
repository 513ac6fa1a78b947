import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A class whose properties carry class-validator decorators. */
export type ValidatedClass<T extends object = object> = new () => T;

/** What may describe the data of a message: any Standard Schema (zod, valibot, arktype …) or a class-validator class. */
export type MessageSchema<Data = unknown> =
  StandardSchemaV1<unknown, Data> | (Data extends object ? ValidatedClass<Data> : never);

/** An event (many receivers), or a command (one receiver, perhaps answered). Made by `defineEvent` and `defineCommand`. */
export interface MessageContract<Data = unknown, Reply = unknown> {
  readonly kind: 'event' | 'command';
  /** Dotted lower-case name, unique in the system. */
  readonly name: string;
  readonly version: number;
  /** Absent: any JSON is accepted. */
  readonly schema?: MessageSchema<Data>;
  /** Of the answer, when the command is a request. */
  readonly reply?: MessageSchema<Reply>;
  /** Partition key of a message: what must stay in order, or belongs together. */
  readonly key?: (data: Data) => string;
  /** Messages with the same key are handled one after another, in the order they were sent (FIFO). Needs `key`. */
  readonly ordered: boolean;
  /** Commands: the queue they are sent to. */
  readonly queue: string;
  /** Phantom: carries the type, never set. */
  readonly __data?: Data;
  readonly __reply?: Reply;
}

/** The data type of a contract: `EventOf<typeof OrderPlaced>`. */
export type EventOf<Contract> = Contract extends { readonly __data?: infer Data } ? Data : never;
/** The data type of a command contract. */
export type CommandOf<Contract> = EventOf<Contract>;
/** The reply type of a command contract. */
export type ReplyOf<Contract> = Contract extends { readonly __reply?: infer Reply } ? Reply : never;
