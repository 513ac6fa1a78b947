import { Injectable, type OnModuleInit } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { PersistentSubscriptions, type EventEnvelope } from 'nestjs-loose-coupling/event-sourcing';
import { UnknownWorkflowError, WorkflowOrchestrator, type WorkflowResult } from 'nestjs-loose-coupling/workflow';
import { GetOrder } from '../ordering/get-order.handler.js';
import type { ShipmentInput } from './shipment.workflow.js';

const STREAM = 'order-';
const idOf = (orderId: string): string => `shipment-${orderId}`;

/** Ships what is confirmed. It follows the orders; what becomes of a shipment changes no order. */
@Injectable()
export class Shipments implements OnModuleInit {
  constructor(
    private readonly subscriptions: PersistentSubscriptions,
    private readonly workflows: WorkflowOrchestrator,
    private readonly queries: QueryBus,
  ) {}

  onModuleInit(): void {
    const types = ['order.confirmed', 'order.cancelled'];
    // An order that cannot be shipped yet is not passed over.
    const retry = { maxAttempts: Infinity };
    this.subscriptions.subscribe({ name: 'shipments', types, retry }, (event) => this.follow(event));
  }

  /** Nothing while the order is not confirmed. */
  async find(orderId: string): Promise<WorkflowResult | undefined> {
    return await this.ifThereIsOne(() => this.workflows.query(idOf(orderId)));
  }

  /** Comes at least once for each event; a shipment is begun once, as it has its order's name. */
  private async follow({ streamName, type }: EventEnvelope): Promise<void> {
    const orderId = streamName.slice(STREAM.length);
    if (type === 'order.confirmed') return await this.begin(orderId);
    await this.ifThereIsOne(() => this.workflows.cancel(idOf(orderId), 'the order was cancelled'));
  }

  private async begin(orderId: string): Promise<void> {
    const order = await this.queries.execute(new GetOrder(orderId));
    if (order.status !== 'confirmed') return;
    const parcels = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
    const input: ShipmentInput = { orderId, parcels };
    await this.workflows.start('ship-order', input, { workflowId: idOf(orderId) });
  }

  private async ifThereIsOne<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UnknownWorkflowError) return undefined;
      throw error;
    }
  }
}
