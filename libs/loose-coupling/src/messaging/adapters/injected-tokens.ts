import 'reflect-metadata';

/** What Nest's container knows of a provider or controller. */
interface Wrapper {
  readonly metatype?: unknown;
  readonly inject?: readonly unknown[] | null | undefined;
}

/** Where `@Inject` keeps the tokens of parameters and of properties. */
const PARAMETERS = 'self:paramtypes';
const PROPERTIES = 'self:properties_metadata';

/** The tokens that classes and factories ask for by `@Inject`. */
export function injectedTokens(wrappers: Iterable<Wrapper>): Set<unknown> {
  const tokens = new Set<unknown>();
  for (const { metatype, inject } of wrappers) {
    for (const token of inject ?? []) tokens.add(isOptional(token) ? token.token : token);
    if (typeof metatype !== 'function') continue;
    const parameters = Reflect.getMetadata(PARAMETERS, metatype) as readonly { param: unknown }[] | undefined;
    const properties = Reflect.getMetadata(PROPERTIES, metatype) as readonly { type: unknown }[] | undefined;
    for (const { param } of parameters ?? []) tokens.add(param);
    for (const { type } of properties ?? []) tokens.add(type);
  }
  return tokens;
}

const isOptional = (token: unknown): token is { token: unknown } =>
  typeof token === 'object' && token !== null && 'token' in token;
