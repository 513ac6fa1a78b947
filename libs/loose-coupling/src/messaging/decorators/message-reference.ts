import type { EventOf } from '../contracts/message-contract.js';

/** Data of an event reference. A bare name says nothing about the data, so its handler may declare any type. */
export type DataOf<Reference> = [Extract<Reference, string | symbol>] extends [never] ? EventOf<Reference> : never;
