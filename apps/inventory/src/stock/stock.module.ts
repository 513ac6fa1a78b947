import { Module } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import { GetProductHandler } from './get-product.handler.js';
import { GetReservationHandler } from './get-reservation.handler.js';
import { ProductsController } from './http/products.controller.js';
import { ReservationsController } from './http/reservations.controller.js';
import { ListProductHandler } from './list-product.handler.js';
import { OrderReactions } from './order-reactions.js';
import { Product } from './product.js';
import { Reservation } from './reservation.js';
import { ReservationsService } from './reservations.service.js';

/** Products, their stock, and what is reserved for orders. */
@Module({
  imports: [LooseCouplingModule.forFeature({ aggregates: [Product, Reservation] })],
  controllers: [ProductsController, ReservationsController],
  providers: [ListProductHandler, GetProductHandler, GetReservationHandler, ReservationsService, OrderReactions],
})
export class StockModule {}
