import type { DiscoveryService } from '@nestjs/core';

/** A provider or controller as Nest's container holds it. */
export interface HandlerHost {
  readonly wrapper: ReturnType<DiscoveryService['getProviders']>[number];
  readonly isController: boolean;
}
