import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Reservation, ReservationStatus } from '../reservation.js';

export class ReservedLineView {
  @ApiProperty()
  sku!: string;

  @ApiProperty()
  quantity!: number;
}

export class ReservationView {
  @ApiProperty()
  orderId!: string;

  @ApiProperty({ enum: ['reserved', 'rejected', 'released'] })
  status!: ReservationStatus;

  @ApiPropertyOptional({ description: 'Why nothing was reserved.' })
  reason?: string;

  @ApiProperty({ type: [ReservedLineView], description: 'What was asked for, one line a product.' })
  lines!: ReservedLineView[];

  static of(reservation: Reservation): ReservationView {
    const { id, status = 'released', reason, lines } = reservation;
    return {
      orderId: id,
      status,
      ...(reason === undefined ? {} : { reason }),
      lines: lines.map((line) => ({ ...line })),
    };
  }
}
