import { Injectable } from '@nestjs/common';
import {
  defineEvent,
  EventBridgeAdapter,
  InjectEventBus,
  InjectSnsTopic,
  InjectSqsQueue,
  LooseCouplingModule,
  SnsAdapter,
  SqsAdapter,
  type EventBridgeBus,
  type MessageBus,
  type SnsTopic,
  type SqsQueue,
} from 'nestjs-loose-coupling';
import { z } from 'zod';

const OrderPlaced = defineEvent('shop.order.placed', {
  schema: z.object({ orderId: z.string(), total: z.number() }),
});

declare const bus: MessageBus;
declare const sqs: SqsAdapter;
