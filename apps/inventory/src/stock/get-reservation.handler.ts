import { NotFoundException } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { Reservation } from './reservation.js';

export class GetReservation extends Query<Reservation> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(GetReservation)
export class GetReservationHandler implements IQueryHandler<GetReservation> {
  constructor(
    @InjectAggregateRepository(Reservation) private readonly reservations: AggregateRepository<Reservation>,
  ) {}

  async execute({ orderId }: GetReservation): Promise<Reservation> {
    const reservation = await this.reservations.find(orderId);
    if (!reservation) throw new NotFoundException(`There is no reservation for order ${orderId}.`);
    return reservation;
  }
}
