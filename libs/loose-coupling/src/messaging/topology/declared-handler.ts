import type { HandlerMetadata } from '../decorators/handler-metadata.js';
import type { HandlerInvoker } from '../dispatch/message-handler.js';

/** One decorator on one method of one provider or controller. */
export interface DeclaredHandler {
  readonly className: string;
  readonly methodName: string;
  /** What tells classes of one name apart: for the program, and for who reads of a fault. */
  readonly prototype: object;
  readonly moduleName: string;
  readonly metadata: HandlerMetadata;
  readonly invoke: HandlerInvoker;
}

export const handlerName = ({ className, methodName }: DeclaredHandler): string => `${className}.${methodName}`;
