/** Names in braces, in their order. */
export const pathParameters = (template: string): string[] =>
  Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
