import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when an aggregate meets an event that it does not know, stored or new. */
export class UnknownEventTypeError extends LooseCouplingError {
  readonly code = 'LC_UNKNOWN_EVENT_TYPE';

  private constructor(
    readonly aggregate: string,
    readonly eventType: string,
    message: string,
  ) {
    super(message);
  }

  static stored(aggregate: string, streamName: string, type: string, version: number, known: Iterable<string>) {
    return new UnknownEventTypeError(
      aggregate,
      type,
      `Stream "${streamName}" holds an event ${type}@${version}, which ${aggregate} does not know. It knows ` +
        `${[...known].join(', ') || 'none'}. Add a class with @EventType('${type}', { version: ${version} }) and name ` +
        `it in @Apply or in @Aggregate({ events }); or, for a version of old, @Upcaster('${type}', { from: ${version} }).`,
    );
  }

  static applied(aggregate: string, eventClass: string) {
    return new UnknownEventTypeError(
      aggregate,
      eventClass,
      `${aggregate} applied a ${eventClass}, which it could not load again. Give the class @EventType, and name it in ` +
        '@Apply of the method that takes it, or in @Aggregate({ events }).',
    );
  }

  static decided(decider: string, type: string, known: readonly string[]) {
    return new UnknownEventTypeError(
      decider,
      type,
      `The decider ${decider} made an event ${type}, which it could not load again. It knows ${known.join(', ')}. Add it to ` +
        '`events` with its version.',
    );
  }
}
