/** Of one instance, for the replies to its requests. */
export const isReplyQueue = (name: string): boolean => /-replies-[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/.test(name);
