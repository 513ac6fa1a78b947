import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { HealthController } from '@shop/http';
import { OrderingModule } from './ordering/ordering.module.js';

/** The order service: its own database file; the broker file is all it shares with others. */
@Module({
  imports: [
    LooseCouplingModule.forRoot({
      service: 'order',
      transport: { type: 'local', file: 'broker.db' },
      store: { type: 'sqlite', file: 'order.db' },
    }),
    CqrsModule.forRoot(),
    OrderingModule,
  ],
  controllers: [HealthController],
})
export class AppModule {}
