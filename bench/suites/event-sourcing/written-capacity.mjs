const KILOBYTE = 1024;

/**
 * A client of DynamoDB that counts what its requests cost in write capacity units, by AWS's published rules: a unit for each begun
 * kilobyte of an item, twice that in a transaction, and a unit for each change of an index that holds keys only.
 */
export function countingWrites(api, index) {
  const items = new Map();
  const counted = { table: 0, index: 0 };
  const keyOf = ({ pk, sk }) => `${pk.S} ${sk.N}`;
  const put = (item, factor = 1) => {
    counted.table += factor * Math.ceil(sizeOf(item) / KILOBYTE);
    if (index in item) counted.index += 1;
    items.set(keyOf(item), item);
  };
  const update = ({ Key, UpdateExpression }) => {
    const item = items.get(keyOf(Key)) ?? Key;
    const removed = index in item && UpdateExpression.includes(`REMOVE ${index}`);
    counted.table += Math.ceil(sizeOf(item) / KILOBYTE);
    if (!removed) return;
    counted.index += 1;
    items.set(keyOf(Key), Object.fromEntries(Object.entries(item).filter(([name]) => name !== index)));
  };
  const counting = {
    async putItem(input) {
      put(input.Item);
      return api.putItem(input);
    },
    async updateItem(input) {
      update(input);
      return api.updateItem(input);
    },
    async transactWriteItems(input) {
      for (const { Put, Update } of input.TransactItems) {
        if (Put) put(Put.Item, 2);
        if (Update) update(Update);
      }
      return api.transactWriteItems(input);
    },
  };
  const client = new Proxy(api, {
    get: (target, name) =>
      counting[name] ?? (typeof target[name] === 'function' ? target[name].bind(target) : target[name]),
  });
  return { client, counted };
}

const sizeOf = (item) =>
  Object.entries(item).reduce((size, [name, value]) => size + Buffer.byteLength(name) + bytesOf(value), 0);

const bytesOf = ({ S, N, B }) =>
  S === undefined ? (B ? B.byteLength : Math.ceil(N.length / 2) + 1) : Buffer.byteLength(S);
