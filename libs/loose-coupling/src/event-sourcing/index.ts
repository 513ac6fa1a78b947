/** Event sourcing, with aggregates on @nestjs/cqrs. */
export * from './runtime.js';

export { Aggregate, type AggregateOptions } from './aggregate/aggregate.decorator.js';
export { Apply } from './aggregate/apply.decorator.js';
export { AggregateRepository, type ExecuteOptions } from './aggregate/aggregate-repository.js';
export { getAggregateRepositoryToken, InjectAggregateRepository } from './aggregate/aggregate-repository.token.js';
export { AggregateSession } from './aggregate/aggregate-session.js';
export type { SaveOptions } from './aggregate/aggregate-store.js';
export type { AggregateUnit } from './aggregate/aggregate-unit.js';
export type { AggregateClass } from './aggregate/event-sourced.js';
export { EventSourcedAggregateRoot, type EmitOptions } from './aggregate/event-sourced-aggregate-root.js';
