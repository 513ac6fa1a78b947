import type { MessageBus, MessageContext } from '../../messaging/index.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { ResponseInbox } from './response-inbox.js';

type Receive = (data: unknown, context: MessageContext) => void;

async function open() {
  let receive: Receive = () => undefined;
  const bus = { subscribe: async (_: string, handler: Receive) => void (receive = handler) } as unknown as MessageBus;
  const inbox = new ResponseInbox('answered', () => bus, new FakeClock());
  await inbox.open();
  const answer = (data: unknown, correlationId: string, causationId?: string) =>
    receive(data, { correlationId, causationId, envelope: {} } as unknown as MessageContext);
  const wait = (id: string) =>
    inbox.wait({
      id,
      type: 't',
      queue: 'q',
      correlationId: 'c',
      signal: new AbortController().signal,
      timeout: 1_000,
    });
  return { answer, wait };
}

describe('ResponseInbox', () => {
  it('takes the answer to a request of another instance, or to one that was given up, for no other of the same correlation', async () => {
    const { answer, wait } = await open();
    const mine = wait('mine');
    answer('theirs', 'c', 'a request that does not wait here');
    answer('mine', 'c', 'mine');
    await expect(mine.answer).resolves.toBe('mine');
  });

  it('takes one that says nothing but the correlation, where that is enough to know whose it is', async () => {
    const { answer, wait } = await open();
    const [one, other] = [wait('1'), wait('2')];
    answer('whose?', 'c');
    answer('first', 'c', '1');
    answer('second', 'c');
    await expect(one.answer).resolves.toBe('first');
    await expect(other.answer).resolves.toBe('second');
  });
});
