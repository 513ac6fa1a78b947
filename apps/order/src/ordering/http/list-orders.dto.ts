import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { OrderStatus } from '../order.js';

const STATUSES: OrderStatus[] = ['pending', 'confirmed', 'rejected', 'cancelled'];

export class ListOrdersDto {
  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: OrderStatus;

  @ApiPropertyOptional({ default: 50, minimum: 1, maximum: 500 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 50;

  @ApiPropertyOptional({ description: 'The nextCursor of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  cursor?: string;
}

export class OrderSummaryView {
  @ApiProperty()
  orderId!: string;

  @ApiProperty()
  customerId!: string;

  @ApiProperty({ enum: STATUSES })
  status!: OrderStatus;

  @ApiProperty({ format: 'date-time' })
  placedAt!: string;
}

export class OrderPageView {
  @ApiProperty({ type: [OrderSummaryView], description: 'In the order they were placed.' })
  items!: OrderSummaryView[];

  @ApiPropertyOptional({ description: 'Cursor of the next page; absent on the last one.' })
  nextCursor?: string;
}
