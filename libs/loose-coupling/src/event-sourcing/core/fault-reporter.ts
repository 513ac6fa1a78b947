/** Told of faults that are retried or set aside, and so reach no caller. Must not throw. */
export type FaultReporter = (message: string, error: unknown) => void;

export const ignoreFaults: FaultReporter = () => undefined;
