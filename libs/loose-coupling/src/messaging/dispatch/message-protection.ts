import { isLooseCouplingError } from '../../kernel/index.js';
import type { MessageContract } from '../contracts/message-contract.js';
import type { MessageEnvelope } from '../envelope/message-envelope.js';
import { UnprotectedPersonalDataError } from '../errors/unprotected-personal-data.error.js';

/** Hides the personal data of messages from everyone on their way. */
export interface MessageProtection {
  seal(contract: MessageContract, envelope: MessageEnvelope): Promise<MessageEnvelope>;
  /** @throws {TamperedDataError} for what `seal` has not made, with code LC_TAMPERED_DATA */
  open(envelope: MessageEnvelope): Promise<MessageEnvelope>;
}

/** @throws {UnprotectedPersonalDataError} when the contract names personal data and nothing is there to protect it */
export async function sealMessage(
  protection: MessageProtection | undefined,
  contract: MessageContract,
  envelope: MessageEnvelope,
): Promise<MessageEnvelope> {
  if (!contract.personalData) return envelope;
  if (!protection) throw new UnprotectedPersonalDataError(`The message ${contract.name}`);
  return protection.seal(contract, envelope);
}

/** @throws {UnprotectedPersonalDataError} */
export async function openMessage(
  protection: MessageProtection | undefined,
  contract: MessageContract | undefined,
  envelope: MessageEnvelope,
): Promise<MessageEnvelope> {
  if (!contract?.personalData) return envelope;
  if (!protection) throw new UnprotectedPersonalDataError(`The message ${contract.name}`);
  return protection.open(envelope);
}

/** Of a message that nobody knows the contract of any more. What cannot be opened stays as it came. */
export async function openDeadLetter(
  protection: MessageProtection | undefined,
  envelope: MessageEnvelope,
): Promise<MessageEnvelope> {
  try {
    return protection ? await protection.open(envelope) : envelope;
  } catch (error) {
    if (isLooseCouplingError(error, 'LC_TAMPERED_DATA')) return envelope;
    throw error;
  }
}
