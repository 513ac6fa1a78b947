import { LooseCouplingError } from '../../kernel/index.js';

/** What travels of an error that a request ended with. */
export interface RemoteFailure {
  /** Class name of the error on the other side. */
  readonly errorType: string;
  readonly message: string;
  /** Stable code, when the error had one. */
  readonly errorCode?: string;
}

/** Thrown by `MessageBus.request` when the handler on the other side failed. */
export class RemoteError extends LooseCouplingError {
  readonly code = 'LC_REMOTE_ERROR';
  readonly errorType: string;
  readonly errorCode: string | undefined;
  readonly remoteMessage: string;

  constructor(
    readonly type: string,
    failure: RemoteFailure,
  ) {
    super(`The handler of "${type}" failed with ${failure.errorType}: ${failure.message}`);
    this.errorType = failure.errorType;
    this.errorCode = failure.errorCode;
    this.remoteMessage = failure.message;
  }
}
