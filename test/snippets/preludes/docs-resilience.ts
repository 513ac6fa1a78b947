import { Controller, Get, Injectable } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import {
  Bulkhead,
  CircuitBreaker,
  currentAttempt,
  detached,
  Fallback,
  LooseCouplingModule,
  ResilienceHealthIndicator,
  ResiliencePipeline,
  Retry,
  Timeout,
  type ResilienceRegistry,
} from 'nestjs-loose-coupling';

interface Order {
  readonly id: string;
}
interface Quote {
  readonly total: number;
}
interface Payments {
  charge(order: Order): Promise<void>;
  refund(order: Order): Promise<void>;
}
declare const registry: ResilienceRegistry;
declare const url: string;
declare const request: { readonly signal: AbortSignal };
