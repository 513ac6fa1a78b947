import { Injectable } from '@nestjs/common';
import { MessageTransport, type Topology } from './core/message-transport.js';
import { MessageHandlerRegistry } from './message-handler.registry.js';

/** Makes sure that queues and topics are there before anything is sent to them. */
@Injectable()
export class TopologyProvisioner {
  private own: Promise<void> | undefined;
  private readonly others = new Map<string, Promise<void>>();

  constructor(
    private readonly transport: MessageTransport,
    private readonly registry: MessageHandlerRegistry,
  ) {}

  /**
   * Resolves when what the application's handlers need is there. A publisher may ask for it before start-up is
   * through, so that nothing published early misses a queue of the application itself.
   */
  ready(): Promise<void> {
    return (this.own ??= this.provisionOwn());
  }

  /** The same with what has been made since. Called once all modules are initialised. */
  refresh(): Promise<void> {
    this.own = undefined;
    return this.ready();
  }

  /** Makes what one message needs, the first time it is asked for `name`. */
  ensure(name: string, topology: () => Topology): Promise<void> {
    const known = this.others.get(name);
    if (known) return known;
    const made = this.ready().then(() => this.transport.provision(topology()));
    this.others.set(name, made);
    made.catch(() => this.others.delete(name));
    return made;
  }

  private async provisionOwn(): Promise<void> {
    try {
      this.registry.load();
      await this.transport.provision(this.registry.topology);
    } catch (error) {
      this.own = undefined;
      throw error;
    }
  }
}
