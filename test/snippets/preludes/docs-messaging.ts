import { Injectable } from '@nestjs/common';
import {
  defineCommand,
  defineEvent,
  OnBatch,
  OnEvent,
  OnRequest,
  type BatchContext,
  type BatchFailure,
  type CommandOf,
  type EventOf,
  type MessageBus,
  type MessageContext,
} from 'nestjs-loose-coupling';
import { z } from 'zod';

const OrderPlaced = defineEvent('shop.order.placed', {
  version: 1,
  schema: z.object({ orderId: z.string(), total: z.number() }),
});
const ReserveStock = defineCommand('inventory.stock.reserve', {
  schema: z.object({ sku: z.string(), quantity: z.int().positive() }),
  reply: z.object({ reserved: z.boolean() }),
});

abstract class StockService {
  abstract reserve(orderId: string, options: { signal: AbortSignal }): Promise<void>;
  abstract tryReserve(sku: string, quantity: number): Promise<boolean>;
}
abstract class Warehouse {
  abstract insert(orders: readonly object[]): Promise<{ index: number; reason: string }[]>;
}
declare const bus: MessageBus;
