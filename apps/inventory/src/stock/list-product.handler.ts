import { ConflictException } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { Product } from './product.js';
import { StockBelowReservedError } from './stock-below-reserved.error.js';

/** Makes a product known, or changes its name, price or stock. Repeating it changes nothing. */
export class ListProduct extends Command<void> {
  constructor(
    readonly sku: string,
    readonly name: string,
    readonly unitPrice: number,
    readonly stock: number,
  ) {
    super();
  }
}

@CommandHandler(ListProduct)
export class ListProductHandler implements ICommandHandler<ListProduct> {
  constructor(@InjectAggregateRepository(Product) private readonly products: AggregateRepository<Product>) {}

  async execute({ sku, name, unitPrice, stock }: ListProduct): Promise<void> {
    try {
      await this.products.execute(sku, (product) => product.list(name, unitPrice, stock), { create: true });
    } catch (error) {
      if (error instanceof StockBelowReservedError) throw new ConflictException(error.message);
      throw error;
    }
  }
}
