import { Controller, Get, Header, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlainTextPipe, ProblemDetails } from '@shop/http';
import { GetReservation } from '../get-reservation.handler.js';
import { ReservationView } from './reservation.view.js';

@ApiTags('reservations')
@Controller('reservations')
export class ReservationsController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':orderId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What is reserved for an order' })
  @ApiOkResponse({ type: ReservationView })
  @ApiNotFoundResponse({ type: ProblemDetails })
  async get(@Param('orderId', new PlainTextPipe()) orderId: string): Promise<ReservationView> {
    return ReservationView.of(await this.queries.execute(new GetReservation(orderId)));
  }
}
