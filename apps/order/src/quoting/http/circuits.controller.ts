import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ResilienceRegistry } from 'nestjs-loose-coupling/resilience';
import { CircuitView } from './circuit.view.js';

@ApiTags('health')
@Controller('circuits')
export class CircuitsController {
  constructor(private readonly resilience: ResilienceRegistry) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'The circuit breakers in front of other services' })
  @ApiOkResponse({ type: [CircuitView] })
  list(): CircuitView[] {
    return this.resilience.circuits().map((circuit) => CircuitView.of(circuit));
  }
}
