import type { MessageContract, MessageSchema, SchemaInput, SchemaOutput } from '../../messaging/index.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How an operation is asked for over HTTP. */
export interface HttpRoute {
  readonly method: HttpMethod;
  /**
   * `/products/{sku}`: names in braces are taken from the input. What is left of it is the query of a GET or DELETE, and the JSON body of the
   * others.
   */
  readonly path: string;
}

/** One thing that a service can be asked. */
export interface OperationDefinition {
  /** Checked before anything is sent. Default: any JSON. */
  readonly input?: MessageSchema;
  /** Checked when the answer comes. Default: any JSON. */
  readonly output?: MessageSchema;
  /** Default: `POST /<operation>`. */
  readonly http?: HttpRoute;
  /**
   * Whether it may be carried out twice, so that a call that failed half-way is tried again. Default: what HTTP says of the method (GET, PUT
   * and DELETE may), and false where no route is given.
   */
  readonly idempotent?: boolean;
}

export type OperationDefinitions = Readonly<Record<string, OperationDefinition>>;

/** An operation with its defaults filled in. */
export interface ServiceOperation<Definition extends OperationDefinition = OperationDefinition> {
  readonly name: string;
  readonly input?: MessageSchema;
  readonly output?: MessageSchema;
  readonly http: HttpRoute;
  readonly idempotent: boolean;
  /** The same as a command, for the service that answers from a queue: `@OnRequest(Inventory.operations.quote.message)`. */
  readonly message: MessageContract<
    SchemaOutput<Definition['input']>,
    SchemaOutput<Definition['output']>,
    SchemaInput<Definition['input']>
  >;
}

/** What a service offers, whichever way it is reached. Made by `defineService`. */
export interface ServiceContract<Definitions extends OperationDefinitions = OperationDefinitions> {
  readonly name: string;
  /** The queue its operations are asked for on, unless the configuration names another. */
  readonly queue: string;
  readonly operations: { readonly [Name in keyof Definitions]: ServiceOperation<Definitions[Name]> };
  /** Phantom: carries the type, never set. */
  readonly __definitions?: Definitions;
}

type DefinitionsOf<Contract> = Contract extends { readonly __definitions?: infer Definitions } ? Definitions : never;
type DefinitionOf<Contract, Name> = Name extends keyof DefinitionsOf<Contract> ? DefinitionsOf<Contract>[Name] : never;
type SchemaOf<Definition, Side extends 'input' | 'output'> =
  Definition extends Readonly<Record<Side, infer Schema>> ? Schema : undefined;

export type OperationName<Contract> = keyof DefinitionsOf<Contract> & string;
/** What a caller gives. */
export type OperationInput<Contract, Name> = SchemaInput<SchemaOf<DefinitionOf<Contract, Name>, 'input'>>;
/** What a caller gets. */
export type OperationOutput<Contract, Name> = SchemaOutput<SchemaOf<DefinitionOf<Contract, Name>, 'output'>>;
