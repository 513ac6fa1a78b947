import type { PlayedMessage } from '../../event-sourcing/runtime.js';
import type { MessageContract } from '../../messaging/index.js';

/** A contract and its data, with the delay where there is one. */
export type ExpectedMessage = readonly [
  contract: MessageContract,
  data: unknown,
  options?: { readonly delay?: number },
];

/** By the contract's name, as contracts are long to print. */
export const comparable = (contract: { readonly name: string }, data: unknown, delay: number | undefined) => ({
  message: contract.name,
  data,
  ...(delay !== undefined && { delay }),
});

export const comparableMessages = (messages: readonly PlayedMessage[]) =>
  messages.map(({ contract, data, delay }) => comparable(contract, data, delay));

export const comparableExpectations = (messages: readonly ExpectedMessage[]) =>
  messages.map(([contract, data, options]) => comparable(contract, data, options?.delay));
