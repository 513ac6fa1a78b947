import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { shopStore, shopTransport } from '@shop/contracts';
import { HealthController } from '@shop/http';
import { OrderingModule } from './ordering/ordering.module.js';
import { inventoryPolicy } from './quoting/inventory.policy.js';
import { inventoryService } from './quoting/inventory.service-options.js';
import { QuotingModule } from './quoting/quoting.module.js';
import { ShippingModule } from './shipping/shipping.module.js';

/** The order service: its own database; the transport is all it shares with others. */
@Module({
  imports: [
    LooseCouplingModule.forRoot({
      service: 'order',
      transport: shopTransport(),
      store: shopStore('order'),
      // Handlers take milliseconds and are kept alive by heartbeats; after a crash, their messages come back this soon.
      consumer: { visibilityTimeout: 5_000 },
      resilience: { policies: { inventory: inventoryPolicy } },
      services: [inventoryService],
    }),
    CqrsModule.forRoot(),
    OrderingModule,
    QuotingModule,
    ShippingModule,
  ],
  controllers: [HealthController],
})
export class AppModule {}
