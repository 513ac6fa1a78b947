import type { ServiceOperation } from '../contracts/service-contract.js';
import { pathParameters } from '../contracts/path-parameters.js';

export interface HttpParts {
  /** With the query. */
  readonly path: string;
  readonly body: string | undefined;
}

/** Puts the input where the route wants it: in the path, the query or the body. */
export function buildRequest({ http: { method, path } }: ServiceOperation, input: unknown): HttpParts {
  const names = pathParameters(path);
  const hasQuery = method === 'GET' || method === 'DELETE';
  if (names.length === 0 && !hasQuery) return { path, body: input === undefined ? undefined : JSON.stringify(input) };
  const fields = new Map(Object.entries((input ?? {}) as Record<string, unknown>));
  let filled = path;
  for (const name of names) {
    filled = filled.replace(`{${name}}`, () => segment(name, fields.get(name)));
    fields.delete(name);
  }
  if (hasQuery) return { path: filled + queryOf(fields), body: undefined };
  return { path: filled, body: JSON.stringify(Object.fromEntries(fields)) };
}

function segment(name: string, value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
  // Dots alone would be taken for a way up the path by every URL parser.
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`"${name}" is part of the path, and cannot be empty or dots`);
  return encodeURIComponent(text);
}

function queryOf(fields: ReadonlyMap<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of fields) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const each of values) {
      if (each === undefined || each === null) continue;
      query.append(name, typeof each === 'object' ? JSON.stringify(each) : String(each as string));
    }
  }
  return query.size === 0 ? '' : `?${query}`;
}
