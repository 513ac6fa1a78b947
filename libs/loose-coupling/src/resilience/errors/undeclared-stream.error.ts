import { LooseCouplingError } from '../../kernel/index.js';

/**
 * Thrown when a method behind resilience decorators returned an Observable or an async iterable and nothing said so before.
 * The wrapper has to know before it calls the method, since it hands a stream to its caller at once.
 */
export class UndeclaredStreamError extends LooseCouplingError {
  readonly code = 'LC_UNDECLARED_STREAM';

  constructor(
    readonly method: string,
    readonly returned: 'observable' | 'asyncIterable',
  ) {
    super(
      `${method} has resilience decorators and returned ${returned === 'observable' ? 'an Observable' : 'an async iterable'}, ` +
        `which its declaration does not say. Add @Resilient({ returns: '${returned}' })` +
        (returned === 'observable'
          ? ', or declare the return type Observable, imported as a value and not with `import type`.'
          : ', or make it an async generator.'),
    );
  }
}
