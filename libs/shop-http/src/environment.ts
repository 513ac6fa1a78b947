/** Where a sample service listens; read from the environment. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * `HOST` (default 127.0.0.1) and the port variable of the service.
 * @throws {RangeError} when the port is not one
 */
export function listenAddress(
  portVariable: string,
  defaultPort: number,
  env: NodeJS.ProcessEnv = process.env,
): ListenAddress {
  const port = Number(env[portVariable] ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`${portVariable} must be a port number from 0 to 65535, got "${env[portVariable]}"`);
  }
  return { host: env['HOST'] ?? '127.0.0.1', port };
}

/**
 * Where another service listens, without a slash at the end.
 * @throws {TypeError} when the variable holds no http(s) address
 */
export function serviceUrl(variable: string, defaultUrl: string, env: NodeJS.ProcessEnv = process.env): string {
  const given = env[variable] ?? defaultUrl;
  if (!/^https?:/.test(given) || !URL.canParse(given)) {
    throw new TypeError(`${variable} must be an address such as ${defaultUrl}, got "${given}"`);
  }
  return given.replace(/\/+$/, '');
}
