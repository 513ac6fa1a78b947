/** Identifies one time that a message was handed out. */
export interface Receipt {
  readonly sequence: number;
  readonly messageId: string;
  readonly receiveCount: number;
}

export const formatReceipt = (sequence: number, messageId: string, receiveCount: number): string =>
  `${sequence}.${receiveCount}.${messageId}`;

const RECEIPT = /^(\d{1,15})\.(\d{1,15})\.(.+)$/s;

/** Undefined for a text that no queue ever gave out. */
export function parseReceipt(handle: string): Receipt | undefined {
  const [, sequence, receiveCount, messageId] = RECEIPT.exec(handle) ?? [];
  return messageId === undefined
    ? undefined
    : { sequence: Number(sequence), receiveCount: Number(receiveCount), messageId };
}
