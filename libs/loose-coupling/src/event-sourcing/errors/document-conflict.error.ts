import { LooseCouplingError } from '../../kernel/index.js';

/** Thrown when a document of a read model was changed since it was read. The subscription reads it again by itself. */
export class DocumentConflictError extends LooseCouplingError {
  readonly code = 'LC_DOCUMENT_CONFLICT';

  constructor(collection: string, key: string) {
    super(
      `The document "${key}" of "${collection}" was changed by somebody else since it was read. Nothing was written; ` +
        'read it again and repeat the change.',
    );
  }
}
