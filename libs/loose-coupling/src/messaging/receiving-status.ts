/** How receiving from one queue goes. */
export interface QueueReceiving {
  readonly queue: string;
  /** Messages in hand: waiting, running, or on their way back. */
  readonly inFlight: number;
  /** Epoch milliseconds of the last receive that answered, empty or not; none before the first. */
  readonly lastSuccessfulPoll?: number;
  /** Epoch milliseconds since when every receive has failed, or was not answered in time; none while they succeed. */
  readonly failingSince?: number;
  /**
   * Milliseconds since the last receive that answered, or since a handler has been free for what the next one brings; none while all
   * handlers are busy.
   */
  readonly pollAge?: number;
}

/** The queues that the application receives from. Injectable. */
export abstract class ReceivingStatus {
  /** One entry for each consumer. */
  abstract queues(): readonly QueueReceiving[];
}
