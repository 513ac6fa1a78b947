import { Injectable } from '@nestjs/common';
import {
  Outbox,
  ProcessManagers,
  Projections,
  type EventEnvelope,
  type EventStore,
} from 'nestjs-loose-coupling/event-sourcing';

declare const outbox: Outbox;
declare const projections: Projections;
declare const store: EventStore;
