import type { FunctionCode } from '../function/function-code.js';

/** In the order they are made. */
export const RESOURCE_KINDS = [
  'queue',
  'topic',
  'subscription',
  'bus',
  'rule',
  'table',
  'role',
  'function',
  'alarm',
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Settings by AWS's own names, as texts. `{{queue:shop-orders-dev}}` stands for the ARN of that resource. */
export type ResourceProperties = Readonly<Record<string, string>>;

/** Something that shall be there. */
export interface DesiredResource {
  readonly kind: ResourceKind;
  /** Name on AWS. */
  readonly name: string;
  /** Name in the file. */
  readonly of: string;
  readonly properties: ResourceProperties;
  /** What belongs to it, by kind: the topic and the queue of a subscription, the bus of a rule. */
  readonly parents?: Readonly<Partial<Record<ResourceKind, string>>>;
  /** Of a function. */
  readonly code?: FunctionCode;
}

/** Something that is there. */
export interface SeenResource {
  readonly arn: string;
  /** Of a queue. */
  readonly url?: string;
  readonly properties: ResourceProperties;
}

export const arnOf = (kind: ResourceKind, name: string): string => `{{${kind}:${name}}}`;
/** Account and region are known from the first resource that was read or made. */
export const arnIn = (service: string): string => `arn:{{aws:partition}}:${service}:{{aws:region}}:{{aws:account}}`;
const TOKEN = /\{\{([a-z]+:[^{}]+)\}\}/g;

/** Puts the ARNs in; undefined while one of them is not known yet. */
export function resolveArns(text: string, arns: ReadonlyMap<string, string>): string | undefined {
  let known = true;
  const resolved = text.replace(TOKEN, (_, key: string) => {
    const arn = arns.get(key);
    known &&= arn !== undefined;
    return arn ?? '';
  });
  return known ? resolved : undefined;
}

export const labelOf = ({ kind, name }: Pick<DesiredResource, 'kind' | 'name'>): string => `${kind} ${name}`;
