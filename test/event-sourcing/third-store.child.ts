import { describe, it } from 'node:test';
import { describeEventStoreContract } from 'nestjs-loose-coupling/testing';
import { AUDITED_PARTS, openAudited } from './audited-event-store.js';

describeEventStoreContract('a third store', openAudited, { framework: { describe, it }, parts: AUDITED_PARTS });

describeEventStoreContract(
  'a store that forgets',
  async () => {
    const opened = await openAudited();
    opened.store.readStream = async function* readNothing() {};
    return opened;
  },
  { framework: { describe, it }, parts: ['reading'] },
);
