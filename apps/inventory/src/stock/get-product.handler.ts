import { NotFoundException } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { AggregateRepository, InjectAggregateRepository } from 'nestjs-loose-coupling/event-sourcing';
import { Product } from './product.js';

export class GetProduct extends Query<Product> {
  constructor(readonly sku: string) {
    super();
  }
}

@QueryHandler(GetProduct)
export class GetProductHandler implements IQueryHandler<GetProduct> {
  constructor(@InjectAggregateRepository(Product) private readonly products: AggregateRepository<Product>) {}

  async execute({ sku }: GetProduct): Promise<Product> {
    const product = await this.products.find(sku);
    if (!product) throw new NotFoundException(`There is no product ${sku}.`);
    return product;
  }
}
