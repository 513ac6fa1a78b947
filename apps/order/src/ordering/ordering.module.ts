import { Module } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { CancelOrderHandler } from './cancel-order.handler.js';
import { OrderDecisions } from './fulfilment/order-decisions.js';
import { OrderFulfilment } from './fulfilment/order-fulfilment.js';
import { PaymentTermsModule } from './fulfilment/payment-terms.js';
import { GetOrderHandler } from './get-order.handler.js';
import { OrdersController } from './http/orders.controller.js';
import { ListOrdersHandler } from './list-orders.handler.js';
import { OrderList } from './order-list.projection.js';
import { Order } from './order.js';
import { PlaceOrderHandler } from './place-order.handler.js';
import { PayOrderHandler } from './pay-order.handler.js';

/** Orders: placing, following, paying and cancelling them. */
@Module({
  imports: [
    LooseCouplingModule.forFeature({
      imports: [PaymentTermsModule],
      aggregates: [Order],
      projections: [OrderList],
      processManagers: [OrderFulfilment],
    }),
  ],
  controllers: [OrdersController],
  providers: [
    PlaceOrderHandler,
    CancelOrderHandler,
    PayOrderHandler,
    GetOrderHandler,
    ListOrdersHandler,
    OrderDecisions,
  ],
})
export class OrderingModule {}
