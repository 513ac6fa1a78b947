type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path; undefined when there is none. */
export function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const name of path.split('.')) {
    if (!isFields(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A copy without what is at a path. */
export function without(data: unknown, path: string): unknown {
  const [name = '', ...rest] = path.split('.');
  if (!isFields(data) || !Object.hasOwn(data, name)) return data;
  if (rest.length > 0) return { ...data, [name]: without(data[name], rest.join('.')) };
  const { [name]: _taken, ...left } = data;
  return left;
}

/** A copy with a value at a path. Data that has no place for it stays as it is. */
export function withValue(data: unknown, path: string, value: unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  if (!isFields(data)) return data;
  if (rest.length === 0) return { ...data, [name]: value };
  return Object.hasOwn(data, name) ? { ...data, [name]: withValue(data[name], rest.join('.'), value) } : data;
}
