import type { Clock } from '../../kernel/index.js';
import {
  createEnvelope,
  sealMessage,
  validateData,
  type MessageContract,
  type MessageProtection,
} from '../../messaging/index.js';
import type { OutgoingMessage } from '../core/event-store.js';

export interface OutgoingMessageOptions {
  /** Milliseconds from the commit until it can be received. Default 0. Not for ordered contracts. */
  readonly delay?: number;
  /** The stream whose order it keeps. Default: all streams of the commit. */
  readonly streamName?: string;
}

/** Makes messages for `EventStore.commit`. Aggregates need it not: they `emit`. Injectable. */
export class OutgoingMessageFactory {
  constructor(
    private readonly service: string,
    private readonly clock: Clock,
    private readonly protection?: MessageProtection,
  ) {}

  /** @throws {InvalidMessageDataError} when the data fails the contract's schema */
  async create<Input>(
    contract: MessageContract<unknown, unknown, Input>,
    data: NoInfer<Input>,
    options: OutgoingMessageOptions = {},
  ): Promise<OutgoingMessage> {
    // What travels is the data as given: each receiver's own schema makes of it what its handlers get.
    await validateData(contract.schema, data, `data of ${contract.name}`);
    const envelope = createEnvelope({ contract, data, source: this.service, now: this.clock.now() });
    return {
      kind: contract.kind,
      destination: contract.kind === 'event' ? contract.name : contract.queue,
      fifo: contract.ordered,
      envelope: await sealMessage(this.protection, contract as MessageContract, envelope),
      ...options,
    };
  }
}
