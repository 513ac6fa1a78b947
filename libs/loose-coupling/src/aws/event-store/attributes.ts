import type { AttributeValue, Item } from './dynamodb-api.js';

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });

export const textOf = (item: Item | undefined, name: string): string | undefined => item?.[name]?.S;

export const numberOf = (item: Item | undefined, name: string): number | undefined => {
  const value = item?.[name]?.N;
  return value === undefined ? undefined : Number(value);
};
