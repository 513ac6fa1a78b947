import { Aggregate, Apply, EventSourcedAggregateRoot } from 'nestjs-loose-coupling/event-sourcing';
import { ProductWasListed, ProductWasReleased, ProductWasReserved, type ProductEvent } from './stock.events.js';
import { StockBelowReservedError } from './stock-below-reserved.error.js';

/** A product and how many pieces of it there are. Its id is the sku. */
@Aggregate({ category: 'product' })
export class Product extends EventSourcedAggregateRoot<ProductEvent> {
  /** Whether the warehouse has ever had it. */
  listed = false;
  name = '';
  unitPrice = 0;
  onHand = 0;
  reserved = 0;

  get available(): number {
    return this.onHand - this.reserved;
  }

  /** @throws {StockBelowReservedError} when fewer pieces would be on hand than are reserved */
  list(name: string, unitPrice: number, stock: number): void {
    if (stock < this.reserved) throw new StockBelowReservedError(this.id, stock, this.reserved);
    const unchanged = this.listed && name === this.name && unitPrice === this.unitPrice && stock === this.onHand;
    if (!unchanged) this.apply(new ProductWasListed(name, unitPrice, stock));
  }

  canReserve(quantity: number): boolean {
    return quantity <= this.available;
  }

  reserve(orderId: string, quantity: number): void {
    this.apply(new ProductWasReserved(orderId, quantity));
  }

  release(orderId: string, quantity: number): void {
    this.apply(new ProductWasReleased(orderId, quantity));
  }

  @Apply(ProductWasListed)
  protected whenListed(event: ProductWasListed): void {
    this.listed = true;
    this.name = event.name;
    this.unitPrice = event.unitPrice;
    this.onHand = event.onHand;
  }

  @Apply(ProductWasReserved)
  protected whenReserved(event: ProductWasReserved): void {
    this.reserved += event.quantity;
  }

  @Apply(ProductWasReleased)
  protected whenReleased(event: ProductWasReleased): void {
    this.reserved -= event.quantity;
  }
}
