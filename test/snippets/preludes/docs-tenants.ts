import { Injectable, type NestMiddleware } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  withTenant,
  type AggregateRepository,
  type EventSourcedAggregateRoot,
} from 'nestjs-loose-coupling/event-sourcing';

declare const orders: AggregateRepository<
  EventSourcedAggregateRoot & { place(customerId: string, total: number): void }
>;
