import { Module } from '@nestjs/common';
import { LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  EventSourcedAggregateRoot,
  EventType,
  Upcaster,
  type EventUpcaster,
  type RawEvent,
} from 'nestjs-loose-coupling/event-sourcing';

class Order extends EventSourcedAggregateRoot {}
