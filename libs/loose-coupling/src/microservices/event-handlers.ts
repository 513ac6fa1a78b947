import type { MessageHandler } from '@nestjs/microservices';
import { compilePattern, type CompiledPattern, type EventPattern } from '../messaging/index.js';
import type { SqsEventExtras } from './sqs-server.options.js';

interface EventHandler {
  readonly run: MessageHandler;
  readonly filter: EventPattern | undefined;
  readonly matches: CompiledPattern | undefined;
}

/** The event handlers of a server by pattern; each of a pattern's handlers gets every event, unless it filters. */
export class EventHandlers {
  private readonly byPattern = new Map<string, EventHandler[]>();

  /** @throws {InvalidEventPatternError} when the filter is none */
  add(pattern: string, run: MessageHandler, { filter }: SqsEventExtras): void {
    const matches = filter && compilePattern(filter, `filter of @EventPattern('${pattern}')`);
    const handlers = this.byPattern.get(pattern) ?? [];
    handlers.push({ run, filter, matches });
    this.byPattern.set(pattern, handlers);
  }

  has(pattern: string): boolean {
    return this.byPattern.has(pattern);
  }

  get patterns(): readonly string[] {
    return [...this.byPattern.keys()];
  }

  /** Those that want an event with this data. */
  wanting(pattern: string, data: unknown): readonly MessageHandler[] {
    const handlers = this.byPattern.get(pattern) ?? [];
    return handlers.filter(({ matches }) => matches?.(data) ?? true).map(({ run }) => run);
  }

  /** What the queue may leave out: nothing when one handler takes everything. */
  filterOf(pattern: string): EventPattern | undefined {
    const handlers = this.byPattern.get(pattern) ?? [];
    return handlers.length === 1 ? handlers[0]?.filter : undefined;
  }
}
