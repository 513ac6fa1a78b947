import { withCorrelation } from '../../kernel/index.js';
import { createEnvelope, defineEvent } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { newProtection } from '../testing/personal-data.contract.js';
import { codeOf } from '../testing/event-store-under-test.js';
import { MessageSealer } from './message-sealer.js';

const rule = { personalData: { subject: 'member', fields: ['name'] } };
const Joined = defineEvent<{ member: string; name: string }>('member.joined', rule);
const Counted = defineEvent<{ member: string; name: string }>('member.counted');
const data = { member: 'm-1', name: 'Ada' };

const envelopeOf = (contract: typeof Joined, tenantId?: string) =>
  withCorrelation({ correlationId: 'c', ...(tenantId !== undefined && { tenantId }) }, () =>
    createEnvelope({ contract, data, source: 'test', now: 0 }),
  );

describe('the personal data of messages', () => {
  const sealer = (tenanted: boolean) => new MessageSealer(newProtection(new FakeClock()).keys, tenanted);

  it('is sealed for the person of the tenant that the message names', async () => {
    const messages = sealer(true);
    const sealed = await messages.seal(Joined, envelopeOf(Joined, 'acme'));
    expect(JSON.stringify(sealed)).not.toContain('Ada');
    expect((await messages.open(sealed)).data).toEqual(data);
    expect(await codeOf(messages.open({ ...sealed, tenantid: 'zeta' }))).toBe('LC_DATA_KEY_UNAVAILABLE');
  });

  it('is sealed for nobody who forgot the tenant, where there are any', async () => {
    expect(await codeOf(sealer(true).seal(Joined, envelopeOf(Joined)))).toBe('LC_MISSING_TENANT');
    expect((await sealer(true).seal(Counted, envelopeOf(Counted))).data).toEqual(data);
    const alone = sealer(false);
    expect((await alone.open(await alone.seal(Joined, envelopeOf(Joined)))).data).toEqual(data);
  });
});
