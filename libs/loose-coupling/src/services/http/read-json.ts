import { parseUntrustedJson } from '../../kernel/index.js';

/** Thrown within this folder: why an answer could not be read. */
export class UnreadableAnswer extends Error {}

/**
 * The body as JSON, undefined when there is none. Reads no further than `maxBytes`.
 * @throws {UnreadableAnswer} when it is longer, or no JSON
 */
export async function readJson(response: Response, maxBytes: number): Promise<unknown> {
  const text = await readText(response, maxBytes);
  if (text === '') return undefined;
  const type = response.headers.get('content-type') ?? '';
  // A service that says nothing of the type is taken at its word by the parser.
  if (type !== '' && !/^application\/(?:[\w.+-]+\+)?json\b/i.test(type))
    throw new UnreadableAnswer(`is "${type}" and not JSON`);
  try {
    return parseUntrustedJson(text);
  } catch (error) {
    throw new UnreadableAnswer('says that it is JSON and is not', { cause: error });
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const tooLong = () => new UnreadableAnswer(`is longer than ${maxBytes} bytes (\`maxResponseBytes\`)`);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await discard(response);
    throw tooLong();
  }
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop by an error cancels the body, which gives the connection up.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLong();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** A body that nobody reads would keep its connection. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
