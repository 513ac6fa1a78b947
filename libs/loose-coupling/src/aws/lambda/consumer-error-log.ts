import type { LoggerService } from '@nestjs/common';
import type { ConsumerErrorListener } from '../../messaging/index.js';

/** Failures of handlers are logged by the dispatcher; this is for what goes wrong around them. */
export const consumerErrorLog =
  (logger: LoggerService): ConsumerErrorListener =>
  (error, { queue, activity, messageId }) => {
    logger.error(
      `Queue ${queue}, ${activity}${messageId === undefined ? '' : ` of message ${messageId}`}: ${String(error)}`,
    );
  };
