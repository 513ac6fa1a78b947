/** What messages go over, in the words of OpenTelemetry's semantic conventions where they have one. */
export interface MessagingSystems {
  /** Events of contracts. */
  readonly events: string;
  readonly queues: string;
  /** What `SnsAdapter` publishes to. */
  readonly topics: string;
  /** What `EventBridgeAdapter` puts on. */
  readonly buses: string;
}

const LOCAL = 'loose_coupling';

export const EMBEDDED_SYSTEMS: MessagingSystems = { events: LOCAL, queues: LOCAL, topics: LOCAL, buses: LOCAL };
