/** What a filter policy looks at. */
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** A message, as far as filter policies read it. */
export interface FilterableMessage {
  /** The parsed JSON body, for policies on the body. */
  readonly body?: unknown;
  readonly attributes?: Readonly<Record<string, string>>;
  /** SNS data types of the attributes: String (the default), Number, String.Array or Binary. */
  readonly attributeTypes?: Readonly<Record<string, string>>;
}
