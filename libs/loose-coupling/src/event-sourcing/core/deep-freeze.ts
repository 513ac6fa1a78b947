/** Freezes JSON, and gives it back. What is frozen already is so to its end, as nothing else is ever half frozen here. */
export function deepFreeze<Json>(value: Json): Json {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
