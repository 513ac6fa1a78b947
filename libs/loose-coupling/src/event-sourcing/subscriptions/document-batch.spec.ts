import { DocumentBatch } from './document-batch.js';
import type { StoredDocument } from './document-store.js';

interface Till {
  total: number;
  readonly paid: { amount: number }[];
}

/** As a store of JSON gives it: fresh, and of the reader. */
const stored = (): StoredDocument<Till> => ({
  key: 'till',
  value: { total: 5, paid: [{ amount: 5 }] },
  revision: 1,
  lists: {},
});

const newBatch = () =>
  new DocumentBatch({ getAll: async () => new Map([['till', stored()]]) }, { collection: 'tills' });

describe('a batch of documents', () => {
  it('does not let a change of what was read pass unnoticed, which would be lost', async () => {
    const batch = newBatch();
    batch.editor(0).update('till', (current) => {
      const till = current as Till;
      till.total += 1;
      return till;
    });
    const { failure } = await batch.changes(1, () => true);
    expect(failure?.error).toBeInstanceOf(TypeError);
  });

  it('does not let it pass further inside either, or put back', async () => {
    const editor = newBatch().editor(0);
    const till = (await editor.get('till')) as Till;
    expect(() => till.paid.push({ amount: 1 })).toThrow(TypeError);
    expect(() => (till.paid[0] as { amount: number }).amount++).toThrow(TypeError);
  });

  it('makes a change of a copy', async () => {
    const batch = newBatch();
    batch.editor(0).update('till', (current) => ({ ...(current as Till), total: 6 }));
    const { documents } = await batch.changes(1, () => true);
    expect(documents).toMatchObject([{ key: 'till', value: { total: 6, paid: [{ amount: 5 }] } }]);
  });
});
