import { ApiProperty } from '@nestjs/swagger';
import type { Product } from '../product.js';

export class ProductView {
  @ApiProperty({ example: 'NW-001' })
  sku!: string;

  @ApiProperty({ example: 'Chai' })
  name!: string;

  @ApiProperty({ example: 18 })
  unitPrice!: number;

  @ApiProperty({ description: 'Pieces in the warehouse.' })
  onHand!: number;

  @ApiProperty({ description: 'Of these, promised to orders.' })
  reserved!: number;

  @ApiProperty({ description: 'Of these, free.' })
  available!: number;

  static of({ id, name, unitPrice, onHand, reserved, available }: Product): ProductView {
    return { sku: id, name, unitPrice, onHand, reserved, available };
  }
}
