import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { PlainTextPipe, ProblemDetails } from '@shop/http';
import { CancelOrder } from '../cancel-order.handler.js';
import { GetOrder } from '../get-order.handler.js';
import { ListOrders } from '../list-orders.handler.js';
import { PayOrder } from '../pay-order.handler.js';
import { PlaceOrder } from '../place-order.handler.js';
import { parseIdempotencyKey } from './idempotency-key.js';
import { ListOrdersDto, OrderPageView } from './list-orders.dto.js';
import { OrderAcceptedView, OrderView } from './order.view.js';
import { PlaceOrderDto } from './place-order.dto.js';

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Place an order; it is confirmed or rejected once inventory has decided' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Repeats with the same key place no second order.',
  })
  @ApiAcceptedResponse({ type: OrderAcceptedView })
  @ApiBadRequestResponse({ type: ProblemDetails })
  @ApiUnprocessableEntityResponse({ type: ProblemDetails })
  async place(
    @Body() body: PlaceOrderDto,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OrderAcceptedView> {
    const lines = body.lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice }));
    const orderId = await this.commands.execute(
      new PlaceOrder(body.customerId, lines, parseIdempotencyKey(idempotencyKey)),
    );
    response.location(`/orders/${orderId}`);
    return { orderId, status: 'pending' };
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Page through the orders, in the order they were placed' })
  @ApiOkResponse({ type: OrderPageView })
  @ApiBadRequestResponse({ type: ProblemDetails })
  list(@Query() { status, limit, cursor }: ListOrdersDto): Promise<OrderPageView> {
    return this.queries.execute(new ListOrders(limit, status, cursor));
  }

  @Get(':orderId')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'One order, with its history' })
  @ApiOkResponse({ type: OrderView })
  @ApiNotFoundResponse({ type: ProblemDetails })
  async get(@Param('orderId', new PlainTextPipe()) orderId: string): Promise<OrderView> {
    return OrderView.of(await this.queries.execute(new GetOrder(orderId)));
  }

  @Post(':orderId/payments')
  @HttpCode(202)
  @ApiOperation({ summary: 'Note that an order is paid; where a payment deadline is set, that confirms it' })
  @ApiAcceptedResponse({ type: OrderView })
  @ApiNotFoundResponse({ type: ProblemDetails })
  @ApiConflictResponse({ type: ProblemDetails })
  async pay(@Param('orderId', new PlainTextPipe()) orderId: string): Promise<OrderView> {
    await this.commands.execute(new PayOrder(orderId));
    return OrderView.of(await this.queries.execute(new GetOrder(orderId)));
  }

  @Post(':orderId/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Cancel a pending or confirmed order; its stock is released' })
  @ApiAcceptedResponse({ type: OrderView })
  @ApiNotFoundResponse({ type: ProblemDetails })
  @ApiConflictResponse({ type: ProblemDetails })
  async cancel(@Param('orderId', new PlainTextPipe()) orderId: string): Promise<OrderView> {
    await this.commands.execute(new CancelOrder(orderId));
    return OrderView.of(await this.queries.execute(new GetOrder(orderId)));
  }
}
