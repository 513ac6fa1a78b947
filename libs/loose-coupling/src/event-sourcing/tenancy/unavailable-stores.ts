import { InvalidOptionsError } from '../../kernel/index.js';
import type { OutboxStorage } from '../outbox/outbox-storage.js';
import { CheckpointStore, type Checkpoint } from '../subscriptions/checkpoint-store.js';
import type { DocumentStore } from '../subscriptions/document-store.js';

export const noWholeFeed = (what: string): InvalidOptionsError =>
  new InvalidOptionsError(what, [
    "tenancy: with 'store' there is no feed of all tenants; use 'prefix', or subscribe to the feed of each tenant",
  ]);

/** Each tenant's outbox lies in its own store. */
export function unavailableOutbox(): OutboxStorage {
  const refuse = (): never => {
    throw noWholeFeed('The outbox of all tenants');
  };
  return new Proxy({} as OutboxStorage, { get: () => refuse });
}

/** Readers of a feed of all tenants have nowhere to be. */
export class UnavailableCheckpoints extends CheckpointStore {
  override get documents(): DocumentStore {
    throw noWholeFeed('A read model of all tenants');
  }

  override read(): Promise<Checkpoint | undefined> {
    return this.refuse();
  }

  override acquire(): Promise<Checkpoint> {
    return this.refuse();
  }

  override renew(): Promise<Checkpoint> {
    return this.refuse();
  }

  override release(): Promise<void> {
    return this.refuse();
  }

  override move(): Promise<Checkpoint> {
    return this.refuse();
  }

  override fits(): boolean {
    throw noWholeFeed('A subscription to all tenants');
  }

  override parked(): Promise<never[]> {
    return this.refuse();
  }

  override countParked(): Promise<number> {
    return this.refuse();
  }

  override replayParked(): Promise<number> {
    return this.refuse();
  }

  override delete(): Promise<void> {
    return this.refuse();
  }

  private async refuse(): Promise<never> {
    throw noWholeFeed('A subscription to all tenants');
  }
}
