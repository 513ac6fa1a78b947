import { Module } from '@nestjs/common';
import { CircuitLog } from './circuit-log.js';
import { GetQuoteHandler } from './get-quote.handler.js';
import { CircuitsController } from './http/circuits.controller.js';
import { QuotesController } from './http/quotes.controller.js';
import { InventoryClient } from './inventory.client.js';
import { LastKnownProducts } from './last-known-products.js';

/** Quotes: the one thing for which order asks another service, and how it lives without an answer. */
@Module({
  controllers: [QuotesController, CircuitsController],
  providers: [LastKnownProducts, InventoryClient, GetQuoteHandler, CircuitLog],
})
export class QuotingModule {}
