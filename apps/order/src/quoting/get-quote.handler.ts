import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { InventoryClient } from './inventory.client.js';
import { quoteFor, type Quote } from './quote.js';

export class GetQuote extends Query<Quote> {
  constructor(
    readonly sku: string,
    readonly quantity: number,
  ) {
    super();
  }
}

@QueryHandler(GetQuote)
export class GetQuoteHandler implements IQueryHandler<GetQuote> {
  constructor(private readonly inventory: InventoryClient) {}

  async execute({ sku, quantity }: GetQuote): Promise<Quote> {
    return quoteFor(await this.inventory.product(sku), quantity);
  }
}
