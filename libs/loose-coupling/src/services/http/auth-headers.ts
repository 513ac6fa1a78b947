import type { Secret, ServiceAuth } from '../options/service.options.js';

/** @param renew the last one was not accepted */
export async function authHeaders(auth: ServiceAuth | undefined, renew: boolean): Promise<Record<string, string>> {
  if (auth === undefined) return {};
  if ('bearer' in auth) return { authorization: `Bearer ${await read(auth.bearer, renew)}` };
  if ('header' in auth) return { [auth.header]: await read(auth.value, renew) };
  const { username, password } = auth.basic;
  const pair = Buffer.from(`${username}:${await read(password, renew)}`);
  return { authorization: `Basic ${pair.toString('base64')}` };
}

const read = async (secret: Secret, renew: boolean): Promise<string> =>
  typeof secret === 'function' ? secret(renew) : secret;

/** Whether asking again can give another secret. */
export function isRenewable(auth: ServiceAuth | undefined): boolean {
  if (auth === undefined) return false;
  const secret = 'bearer' in auth ? auth.bearer : 'header' in auth ? auth.value : auth.basic.password;
  return typeof secret === 'function';
}
