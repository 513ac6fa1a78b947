import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { WorkflowResult } from 'nestjs-loose-coupling/workflow';

/** Of the workflow, in the words of shipping. */
const STATUS = {
  running: 'preparing',
  completed: 'handed-over',
  compensating: 'taking-back',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<WorkflowResult['status'], string>;
export type ShipmentStatus = (typeof STATUS)[WorkflowResult['status']];

export class ShipmentStepView {
  @ApiProperty({ example: 'print-label' })
  name!: string;

  @ApiProperty({ description: 'False when it failed.' })
  done!: boolean;

  @ApiPropertyOptional({
    description: 'Whether it was undone after a later step had failed, or the order was cancelled.',
  })
  undone?: boolean;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class ShipmentView {
  @ApiProperty()
  orderId!: string;

  @ApiProperty({ enum: Object.values(STATUS) })
  status!: ShipmentStatus;

  @ApiPropertyOptional({ example: 'slot-5f70bf18a086', description: 'Once it is handed over.' })
  slot?: string;

  @ApiPropertyOptional({ type: [String], description: 'One for each line of the order, once it is handed over.' })
  labels?: string[];

  @ApiPropertyOptional({ description: 'Why it failed.' })
  reason?: string;

  @ApiProperty({ type: [ShipmentStepView] })
  steps!: ShipmentStepView[];

  static of(orderId: string, { status, output, error, steps }: WorkflowResult): ShipmentView {
    return {
      orderId,
      status: STATUS[status],
      ...(output as { slot: string; labels: string[] } | undefined),
      ...(error !== undefined && { reason: error }),
      steps: steps.map(({ step_name: name, success, compensation, completed_at: at }) => ({
        name,
        done: success,
        ...(compensation && { undone: compensation === 'done' }),
        at,
      })),
    };
  }
}
