import { Injectable, type NestMiddleware } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  withAllTenants,
  withTenant,
  type AggregateRepository,
  type EventSourcedAggregateRoot,
  type EventStore,
  type ProcessManagers,
} from 'nestjs-loose-coupling/event-sourcing';

declare const orders: AggregateRepository<
  EventSourcedAggregateRoot & { place(customerId: string, total: number): void }
>;
declare const store: EventStore;
declare const processes: ProcessManagers;
