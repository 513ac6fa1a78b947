import { parseUntrustedJson } from '../../../kernel/index.js';
import type { FilterableMessage } from '../../patterns/filterable-message.js';
import type { TopicEntry } from '../local-broker.js';

/** A message on its way through filters. Its body is parsed only when a filter looks into it. */
export class RoutedMessage implements FilterableMessage {
  private parsed: { readonly body: unknown } | undefined;

  constructor(private readonly entry: TopicEntry) {}

  get attributes(): Readonly<Record<string, string>> {
    return this.entry.attributes ?? {};
  }

  get attributeTypes(): Readonly<Record<string, string>> {
    return this.entry.attributeTypes ?? {};
  }

  /** Undefined when it is not JSON: no filter on the body matches it. */
  get body(): unknown {
    this.parsed ??= { body: parseOrUndefined(this.entry.body) };
    return this.parsed.body;
  }

  get data(): unknown {
    const { body } = this;
    return typeof body === 'object' && body !== null ? (body as { data?: unknown }).data : undefined;
  }
}

function parseOrUndefined(text: string): unknown {
  try {
    return parseUntrustedJson(text);
  } catch {
    return undefined;
  }
}
