/** Limits of Amazon SQS that the embedded broker shares, so that what works here works there. Times are milliseconds. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** What a message may have beyond that for the reason why it was given up, so that none is too full to be. */
export const DEAD_LETTER_ROOM = 8_192;
export const MAX_ATTRIBUTES = 10;
export const MAX_VISIBILITY = 12 * 3_600_000;
/** How long a FIFO queue remembers deduplication ids. */
export const DEDUPLICATION_WINDOW = 5 * 60_000;
export const RETENTION = 4 * 86_400_000;
export const DEAD_LETTER_RETENTION = 14 * 86_400_000;
export const DEFAULT_VISIBILITY = 30_000;

export const QUEUE_NAME = /^(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?$/;
export const FIFO_SUFFIX = '.fifo';
/** Of a group or a deduplication id. */
export const MAX_ID_LENGTH = 128;
