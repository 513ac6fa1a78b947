import { MessageTooLargeError } from '../../messaging/index.js';

const WHAT = 'The data of the message';

/** Reads a body to its end as UTF-8, unless it turns out to be larger than it may be. @throws {MessageTooLargeError} */
export async function readAll(body: unknown, maxBytes: number, announced = 0): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop by an error destroys the stream, and its connection.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (Math.max(bytes, announced) > maxBytes) {
      throw new MessageTooLargeError(WHAT, Math.max(bytes, announced), maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
