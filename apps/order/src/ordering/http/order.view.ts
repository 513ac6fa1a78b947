import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Order, OrderStatus } from '../order.js';
import { OrderLineDto } from './place-order.dto.js';

const STATUSES: OrderStatus[] = ['pending', 'confirmed', 'rejected', 'cancelled'];

export class OrderStepView {
  @ApiProperty({ enum: STATUSES })
  status!: OrderStatus;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class OrderView {
  @ApiProperty()
  orderId!: string;

  @ApiProperty()
  customerId!: string;

  @ApiProperty({ enum: STATUSES })
  status!: OrderStatus;

  @ApiPropertyOptional({ description: 'Why the order was rejected, or cancelled by the shop.' })
  reason?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  paidAt?: string;

  @ApiProperty({ type: [OrderLineDto] })
  lines!: OrderLineDto[];

  @ApiProperty({ type: [OrderStepView] })
  history!: OrderStepView[];

  static of(order: Order): OrderView {
    return {
      orderId: order.id,
      customerId: order.customerId,
      status: order.status,
      ...(order.reason === undefined ? {} : { reason: order.reason }),
      ...(order.paidAt === undefined ? {} : { paidAt: new Date(order.paidAt).toISOString() }),
      lines: order.lines.map((line) => ({ ...line })),
      history: order.history.map(({ status, at }) => ({ status, at: new Date(at).toISOString() })),
    };
  }
}

export class OrderAcceptedView {
  @ApiProperty()
  orderId!: string;

  @ApiProperty({ enum: ['pending'] })
  status!: 'pending';
}
