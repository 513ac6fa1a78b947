import { ApiProperty } from '@nestjs/swagger';
import type { Quote } from '../quote.js';

const SOURCES: QuoteView['source'][] = ['inventory', 'last-known'];

export class QuoteView {
  @ApiProperty({ example: 'NW-001' })
  sku!: string;

  @ApiProperty({ example: 'Chai' })
  name!: string;

  @ApiProperty({ example: 3 })
  quantity!: number;

  @ApiProperty({ example: 18 })
  unitPrice!: number;

  @ApiProperty({ example: 54 })
  total!: number;

  @ApiProperty({ description: 'Whether there are that many. Nothing is reserved.' })
  inStock!: boolean;

  @ApiProperty({ enum: SOURCES, description: 'Who says so: inventory, or what it last said while it does not answer.' })
  source!: 'inventory' | 'last-known';

  @ApiProperty({ format: 'date-time', description: 'When inventory said so.' })
  asOf!: string;

  static of({ product, quantity, total, inStock }: Quote): QuoteView {
    const { sku, name, unitPrice, source, asOf } = product;
    return { sku, name, quantity, unitPrice, total, inStock, source, asOf: new Date(asOf).toISOString() };
  }
}
