import { Injectable } from '@nestjs/common';
import { Outbox, ProcessManagers, Projections } from 'nestjs-loose-coupling/event-sourcing';

declare const outbox: Outbox;
declare const projections: Projections;
