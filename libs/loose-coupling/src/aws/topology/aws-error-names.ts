/** The same error has other names in other protocols of one service, and in emulators. */
const nameOf = (error: unknown): string =>
  String((error as { name?: unknown } | null)?.name ?? '')
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/Exception$/, '');

const hasName =
  (...names: string[]) =>
  (error: unknown): boolean =>
    names.includes(nameOf(error));

export const isQueueMissing = hasName('QueueDoesNotExist', 'NonExistentQueue');
export const isQueueThere = hasName('QueueNameExists', 'QueueAlreadyExists');
/** A name is free again a minute after its queue was deleted. */
export const isQueueDeletedRecently = hasName('QueueDeletedRecently');
export const isNotFound = hasName('NotFound', 'ResourceNotFound');
/** Of IAM. */
export const isNoSuchEntity = hasName('NoSuchEntity');
export const isThere = hasName('ResourceAlreadyExists');
/** SNS: something of that name is there, with other attributes. */
export const isInvalidParameter = hasName('InvalidParameter', 'InvalidParameterValue');
/** Lambda: the role was made a moment ago, and is not known everywhere. */
export const isRoleNotReady = (error: unknown): boolean =>
  isInvalidParameter(error) && /cannot be assumed|not authorized to perform/i.test((error as Error).message);
