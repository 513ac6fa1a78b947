/**
 * Transport id of `SqsServer`, for handlers of an application that has several transports:
 * `@EventPattern('shop.order.placed', SQS_TRANSPORT)`.
 */
export const SQS_TRANSPORT = Symbol.for('nestjs-loose-coupling:sqs');
