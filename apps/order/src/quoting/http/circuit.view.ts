import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { CircuitDescription, CircuitState } from 'nestjs-loose-coupling/resilience';

const STATES: CircuitState[] = ['closed', 'open', 'half-open', 'forced-open', 'disabled', 'metrics-only'];

export class CircuitTotalsView {
  @ApiProperty()
  succeeded!: number;

  @ApiProperty()
  failed!: number;

  @ApiProperty({ description: 'Calls that were not made.' })
  refused!: number;
}

export class CircuitView {
  @ApiProperty({ example: 'inventory' })
  name!: string;

  @ApiProperty({ enum: STATES })
  state!: CircuitState;

  @ApiPropertyOptional({ description: 'Milliseconds until a call is let through.' })
  retryAfterMs?: number;

  @ApiProperty({ type: CircuitTotalsView, description: 'Since the start of the service.' })
  totals!: CircuitTotalsView;

  static of({ name, state, retryAfterMs, totals }: CircuitDescription): CircuitView {
    const { succeeded, failed, refused } = totals;
    return {
      name,
      state,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      totals: { succeeded, failed, refused },
    };
  }
}
