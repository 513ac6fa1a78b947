import { InvalidOptionsError, SystemClock, type Clock } from '../../kernel/index.js';
import type { AwsConnectionOptions } from '../aws-client-options.js';
import { AwsClients } from '../clients/aws-clients.js';

export interface SecretsManagerSecretOptions {
  /** Of a secret that is a JSON object: the field to take. Default: the whole text. */
  readonly field?: string;
  /** Milliseconds that a secret is used before it is read again. Default 300,000. */
  readonly ttl?: number;
  readonly aws?: AwsConnectionOptions;
  readonly clock?: Clock;
}

const DEFAULT_TTL_MS = 300_000;
/** Many calls find at once that a secret was rotated; and a service may refuse a secret that is right. */
const SHORTEST_RENEWAL_MS = 1_000;

/**
 * A secret of Secrets Manager, for `auth` of a service: read on first use, again after `ttl`, and at once when the service does not
 * accept it any more. While Secrets Manager is away, the last one serves. Needs `@aws-sdk/client-secrets-manager`.
 */
export function secretsManagerSecret(
  secretId: string,
  { field, ttl = DEFAULT_TTL_MS, aws, clock = new SystemClock() }: SecretsManagerSecretOptions = {},
): (renew: boolean) => Promise<string> {
  const clients = new AwsClients(aws);
  let known: { readonly text: string; readonly readAt: number } | undefined;
  let reading: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    try {
      const { SecretString } = await clients.secretsManager().getSecretValue({ SecretId: secretId });
      known = { text: textOf(secretId, SecretString, field), readAt: clock.monotonic() };
    } catch (error) {
      if (!known) throw error;
      known = { ...known, readAt: clock.monotonic() };
    }
    return known.text;
  };

  return async (renew) => {
    const goodFor = renew ? SHORTEST_RENEWAL_MS : ttl;
    if (known && clock.monotonic() - known.readAt < goodFor) return known.text;
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  };
}

function textOf(secretId: string, secret: string | undefined, field: string | undefined): string {
  if (field === undefined && secret !== undefined) return secret;
  const value = field === undefined ? undefined : fieldOf(secret, field);
  if (typeof value === 'string') return value;
  const wanted = field === undefined ? 'text' : `a JSON object with the text "${field}"`;
  throw new InvalidOptionsError(`The secret ${secretId}`, [`expected ${wanted}, and it is not`]);
}

function fieldOf(secret: string | undefined, field: string): unknown {
  try {
    return (JSON.parse(secret ?? '') as Record<string, unknown>)[field];
  } catch {
    return undefined;
  }
}
