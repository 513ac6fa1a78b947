import { defineEvent, LooseCouplingModule } from 'nestjs-loose-coupling';
import {
  Apply,
  DamagedDataKeyError,
  EventSourcedAggregateRoot,
  EventType,
  orElse,
  PersonalData,
  type DataSubjects,
  type Forgettable,
  type KeyEncryption,
} from 'nestjs-loose-coupling/event-sourcing';
import { z } from 'zod';

class CustomerRegistered {
  constructor(
    readonly customerId: string,
    readonly name: string,
  ) {}
}
declare const secret: string;
declare const subjects: DataSubjects;
declare const kms: {
  encrypt(input: object): Promise<{ CiphertextBlob: Uint8Array }>;
  decrypt(input: object): Promise<{ Plaintext: Uint8Array }>;
};
