import { Controller, Get, Header, NotFoundException, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlainTextPipe, ProblemDetails } from '@shop/http';
import { Shipments } from '../shipments.js';
import { ShipmentView } from './shipment.view.js';

@ApiTags('shipments')
@Controller('orders')
export class ShipmentsController {
  constructor(private readonly shipments: Shipments) {}

  @Get(':orderId/shipment')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How far the shipment of a confirmed order is' })
  @ApiOkResponse({ type: ShipmentView })
  @ApiNotFoundResponse({ type: ProblemDetails })
  async get(@Param('orderId', new PlainTextPipe()) orderId: string): Promise<ShipmentView> {
    const shipment = await this.shipments.find(orderId);
    if (!shipment) throw new NotFoundException(`There is no shipment of order ${orderId}: nothing of it is confirmed.`);
    return ShipmentView.of(orderId, shipment);
  }
}
