import { Module } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { CancelOrderHandler } from './cancel-order.handler.js';
import { GetOrderHandler } from './get-order.handler.js';
import { OrdersController } from './http/orders.controller.js';
import { ListOrdersHandler } from './list-orders.handler.js';
import { OrderList } from './order-list.projection.js';
import { Order } from './order.js';
import { PlaceOrderHandler } from './place-order.handler.js';
import { StockReactions } from './stock-reactions.js';

/** Orders: placing, following and cancelling them. */
@Module({
  imports: [LooseCouplingModule.forFeature({ aggregates: [Order], projections: [OrderList] })],
  controllers: [OrdersController],
  providers: [PlaceOrderHandler, CancelOrderHandler, GetOrderHandler, ListOrdersHandler, StockReactions],
})
export class OrderingModule {}
