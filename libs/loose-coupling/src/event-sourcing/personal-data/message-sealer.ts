import { parseUntrustedJson } from '../../kernel/index.js';
import {
  encodeEnvelope,
  type MessageContract,
  type MessageEnvelope,
  type MessageProtection,
} from '../../messaging/index.js';
import { MissingTenantError } from '../errors/missing-tenant.error.js';
import type { DataKeys } from './data-keys.js';
import { SEALED } from './event-sealer.js';
import type { KnownKey } from './key-cache.js';
import { openFields, readParts, sealFields, subjectsOf, type SealingPlace } from './sealed-fields.js';

/** Encrypts the personal data of messages: it lies in no outbox, broker or dead-letter queue as it is. */
export class MessageSealer implements MessageProtection {
  constructor(
    private readonly keys: DataKeys,
    /** Whether each tenant has subjects of its own. */
    private readonly tenanted: boolean,
  ) {}

  async seal({ personalData }: MessageContract, envelope: MessageEnvelope): Promise<MessageEnvelope> {
    if (!personalData) return envelope;
    // Under nobody's key it would stay readable whoever is forgotten.
    if (this.tenanted && envelope.tenantid === undefined)
      throw new MissingTenantError(`A message "${envelope.type}" with personal data`);
    // As it would travel: class instances and dates are not what they were.
    const asSent = (parseUntrustedJson(encodeEnvelope(envelope)) as MessageEnvelope).data;
    const { data, parts } = await sealFields(this.keys, this.placeOf(envelope), asSent, [personalData]);
    return parts.length === 0 ? envelope : { ...envelope, data: { ...(data as object), [SEALED]: parts } };
  }

  async open(envelope: MessageEnvelope): Promise<MessageEnvelope> {
    const { data } = envelope;
    if (typeof data !== 'object' || data === null || !Object.hasOwn(data, SEALED)) return envelope;
    const { [SEALED]: value, ...rest } = data as Record<string, unknown>;
    const place = this.placeOf(envelope);
    const parts = readParts(value, place);
    const known = new Map<string, KnownKey>();
    for (const subject of subjectsOf(parts)) {
      known.set(subject, await this.keys.forOpening({ tenant: place.tenant, subject }));
    }
    const opened = openFields({ data: rest, parts }, place, (subject) => known.get(subject) ?? { forgotten: true });
    return { ...envelope, data: opened };
  }

  private placeOf({ source, type, id, tenantid }: MessageEnvelope): SealingPlace {
    return { tenant: this.tenanted ? tenantid : undefined, name: [source, type, id] };
  }
}
