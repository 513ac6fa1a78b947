import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';

export class Health {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** Answers once the service takes requests. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  @Get()
  @ApiOperation({ summary: 'Whether the service is up' })
  @ApiOkResponse({ type: Health })
  health(): Health {
    return { status: 'ok' };
  }
}
