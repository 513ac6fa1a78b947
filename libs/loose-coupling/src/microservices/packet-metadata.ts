import { parseUntrustedJson } from '../kernel/index.js';

/** Attribute with what a client's dispatch hook has attached to a packet, as JSON. */
const ATTRIBUTE = 'lc-metadata';

export type PacketMetadata = Readonly<Record<string, string>>;

export const metadataAttributes = (metadata: PacketMetadata | undefined): Record<string, string> =>
  metadata && Object.keys(metadata).length > 0 ? { [ATTRIBUTE]: JSON.stringify(metadata) } : {};

/** From an untrusted message: what is no text is left out. */
export function readMetadata(attributes: Readonly<Record<string, string>>): PacketMetadata | undefined {
  const text = attributes[ATTRIBUTE];
  if (text === undefined) return undefined;
  try {
    const entries = Object.entries(parseUntrustedJson(text) ?? {});
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return undefined;
  }
}
