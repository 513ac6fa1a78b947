import { Controller, Get, Injectable } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import {
  Bulkhead,
  CircuitBreaker,
  currentAttempt,
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
declare const registry: ResilienceRegistry;
declare const url: string;
declare const request: { readonly signal: AbortSignal };
