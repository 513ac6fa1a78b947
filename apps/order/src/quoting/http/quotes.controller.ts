import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { PlainTextPipe, ProblemDetails } from '@shop/http';
import { GetQuote } from '../get-quote.handler.js';
import { GetQuoteDto } from './get-quote.dto.js';
import { QuoteView } from './quote.view.js';

@ApiTags('quotes')
@Controller('quotes')
export class QuotesController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':sku')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What some pieces would cost; from what is last known while inventory does not answer' })
  @ApiOkResponse({ type: QuoteView })
  @ApiBadRequestResponse({ type: ProblemDetails })
  @ApiNotFoundResponse({ type: ProblemDetails })
  @ApiServiceUnavailableResponse({
    type: ProblemDetails,
    description: 'Inventory does not answer, and nothing is known of the product.',
    headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } },
  })
  async get(@Param('sku', new PlainTextPipe()) sku: string, @Query() { quantity }: GetQuoteDto): Promise<QuoteView> {
    return QuoteView.of(await this.queries.execute(new GetQuote(sku, quantity)));
  }
}
