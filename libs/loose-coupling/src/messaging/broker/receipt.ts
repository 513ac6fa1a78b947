/** Identifies one time that a message was handed out. */
export interface Receipt {
  readonly sequence: number;
  readonly messageId: string;
  /** How often the message was handed out, this time included. */
  readonly handOuts: number;
  /** How many of the times before do not count as receives. */
  readonly unhandled: number;
}

export const formatReceipt = ({ sequence, messageId, handOuts, unhandled }: Receipt): string =>
  `${sequence}.${handOuts}.${unhandled}.${messageId}`;

const RECEIPT = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(.+)$/s;

/** Undefined for a text that no queue ever gave out. */
export function parseReceipt(handle: string): Receipt | undefined {
  const [, sequence, handOuts, unhandled, messageId] = RECEIPT.exec(handle) ?? [];
  return messageId === undefined
    ? undefined
    : { sequence: Number(sequence), messageId, handOuts: Number(handOuts), unhandled: Number(unhandled) };
}
