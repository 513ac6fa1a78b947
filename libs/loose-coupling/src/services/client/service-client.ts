import type { OperationInput, OperationName, OperationOutput, ServiceContract } from '../contracts/service-contract.js';

export interface CallOptions {
  /** Gives the call up; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Ties the call to others in logs and messages. Default: that of the message being handled, else a new one. */
  readonly correlationId?: string;
  /**
   * Sent as `Idempotency-Key`, over a queue with the message, whose handler has it as `context.idempotencyKey`; of a `call` it is the id of the
   * message too. The service recognises a repetition by it.
   */
  readonly idempotencyKey?: string;
}

/** How a call ended: with an answer, or with the promise of one. */
export type CallResult<Output> =
  | { readonly status: 'completed'; readonly correlationId: string; readonly output: Output }
  | {
      readonly status: 'accepted';
      readonly correlationId: string;
      /** Id of the message; undefined where the service accepted over HTTP. */
      readonly messageId: string | undefined;
    };

/**
 * A service as its callers see it: by its contract. The configuration says whether it is reached over HTTP or a queue. Policies (timeout,
 * retry, circuit breaker, bulkhead) are around every call.
 *
 * @example
 * ```ts
 * constructor(@InjectServiceClient(Inventory) private readonly inventory: ServiceClient<typeof Inventory>) {}
 * ```
 */
export abstract class ServiceClient<Contract extends ServiceContract = ServiceContract> {
  abstract readonly name: string;

  /**
   * Hands the work over: complete with the answer over HTTP (unless the service says 202), accepted at once over a queue.
   * @throws as `request`
   */
  abstract call<Name extends OperationName<Contract>>(
    operation: Name,
    input: OperationInput<Contract, Name>,
    options?: CallOptions,
  ): Promise<CallResult<OperationOutput<Contract, Name>>>;

  /**
   * Asks and waits for the answer, over a queue too.
   * @throws {InvalidMessageDataError} the input does not fit the contract; nothing was sent
   * @throws {ServiceUnavailableError} nobody answered
   * @throws {ServiceResponseError} the service refused or failed
   * @throws {InvalidServiceResponseError} it answered with something that is not in the contract
   * @throws {RejectionError} a policy did not make the call: an open circuit, a full bulkhead
   */
  abstract request<Name extends OperationName<Contract>>(
    operation: Name,
    input: OperationInput<Contract, Name>,
    options?: CallOptions,
  ): Promise<OperationOutput<Contract, Name>>;

  /** Whether the service can be reached now: its `/health` answers 2xx, or its queue is there. Never rejects, and passes no policy. */
  abstract healthCheck(options?: Pick<CallOptions, 'signal'>): Promise<boolean>;
}
