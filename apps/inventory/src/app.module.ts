import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { shopStore, shopTransport } from '@shop/contracts';
import { HealthController } from '@shop/http';
import { StockModule } from './stock/stock.module.js';

/** The inventory service: its own database; the transport is all it shares with others. */
@Module({
  imports: [
    LooseCouplingModule.forRoot({
      service: 'inventory',
      transport: shopTransport(),
      store: shopStore('inventory'),
      // Handlers take milliseconds and are kept alive by heartbeats; after a crash, their messages come back this soon.
      consumer: { visibilityTimeout: 5_000 },
    }),
    CqrsModule.forRoot(),
    StockModule,
  ],
  controllers: [HealthController],
})
export class AppModule {}
