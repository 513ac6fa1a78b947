import type { MessageTransport } from '../messaging/index.js';
import type { TransportSource } from './sqs-server.options.js';

/** Makes the transport when it is first used, where it is ours to make, and then closes it as well. */
export class TransportHolder {
  private opened: Promise<MessageTransport> | undefined;
  private made: MessageTransport | undefined;

  constructor(private readonly source: TransportSource) {}

  /** @throws {Error} when it has yet to be made */
  current(): MessageTransport {
    const transport = typeof this.source === 'function' ? this.made : this.source;
    if (!transport) throw new Error('The transport is made by listen() or connect(): ask for it afterwards.');
    return transport;
  }

  open(): Promise<MessageTransport> {
    if (!this.opened) {
      this.opened = this.make();
      this.opened.catch(() => (this.opened = undefined));
    }
    return this.opened;
  }

  async close(): Promise<void> {
    const { opened, source } = this;
    this.opened = undefined;
    if (typeof source !== 'function' || !opened) return;
    this.made = undefined;
    await (await opened.catch(() => undefined))?.close();
  }

  private async make(): Promise<MessageTransport> {
    return (this.made = typeof this.source === 'function' ? await this.source() : this.source);
  }
}
