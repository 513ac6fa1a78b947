import { currentCorrelation, uuidv7, type Correlation } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { MessageContract } from '../contracts/message-contract.js';
import { toEventContract } from '../contracts/to-event-contract.js';
import { validateData } from '../contracts/validate-data.js';
import { sealMessage, type MessageProtection } from '../dispatch/message-protection.js';
import { createEnvelope } from '../envelope/create-envelope.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import type { PublishOptions } from './message-bus.js';

/** What a request adds to a message. */
export interface ReplyAddress {
  readonly replyTo: string;
  /** Epoch milliseconds after which nobody waits for the reply. */
  readonly expiry: number;
}

/** Makes envelopes of validated data, in the correlation of the work in progress. */
export class MessageFactory {
  constructor(
    private readonly service: string,
    private readonly clock: Clock,
    private readonly protection: () => MessageProtection | undefined = () => undefined,
  ) {}

  /** @throws {InvalidMessageDataError} when the data fails the contract's schema */
  async create(
    message: MessageContract | string,
    data: unknown,
    options: PublishOptions = {},
    reply?: ReplyAddress,
  ): Promise<MessageEnvelope> {
    const contract = toEventContract(message);
    const now = this.clock.now();
    const id = options.id ?? uuidv7(now);
    const correlation = correlationOf(id, options);
    // What travels is the data as given: each receiver's own schema makes of it what its handlers get.
    await validateData(contract.schema, data, `data of ${contract.name}`);
    const envelope = createEnvelope({
      contract,
      data,
      source: this.service,
      now,
      id,
      correlation,
      ...(options.key !== undefined && { partitionKey: options.key }),
      ...(options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey }),
      ...reply,
    });
    return sealMessage(this.protection(), contract, envelope);
  }
}

function correlationOf(id: string, { correlationId, tenantId }: PublishOptions): Correlation {
  const current = currentCorrelation() ?? { correlationId: id };
  return {
    ...current,
    ...(correlationId !== undefined && { correlationId }),
    ...(tenantId !== undefined && { tenantId }),
  };
}
