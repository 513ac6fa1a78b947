import { createHash } from 'node:crypto';
import { readFunctionSource } from './function-source.loader.cjs';
import { zipFile } from './zip-file.js';

/** What a Lambda function runs. */
export interface FunctionCode {
  /** One file of JavaScript, `index.js`. */
  readonly source: string;
  readonly zip: Uint8Array;
  /** As Lambda has it: SHA-256 of the archive, in base64. */
  readonly sha256: string;
}

export function functionCode(source: string): FunctionCode {
  const zip = zipFile('index.js', source);
  return { source, zip, sha256: createHash('sha256').update(zip).digest('base64') };
}

/** The circuit breaker, as it was bundled when this package was built. */
export const circuitBreakerCode = (): FunctionCode => functionCode(readFunctionSource());
