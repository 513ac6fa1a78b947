import type { EventEmitter } from 'node:events';
import { MissingPackageError } from '../../../kernel/index.js';
import { chooseReceiver } from './choose-receiver.js';
import { SdkReceiver } from './sdk-receiver.js';
import { ssutHandlers } from './ssut-handlers.js';
import { loadSsutPackage, type SsutPackage, type SsutService } from './ssut-package.loader.cjs';
import { SsutReceiver } from './ssut-receiver.js';
import { ScriptedSqs, turn } from './testing/scripted-sqs.js';

const URL = 'http://127.0.0.1:4566/000000000000/work';
const OPTIONS = { max: 10, wait: 20_000 };

interface Polling extends EventEmitter {
  poll(): void;
  status: { readonly isRunning: boolean; readonly isPolling: boolean };
}

/** The package, with what it registers in view. */
function observed() {
  const services: SsutService[] = [];
  const ssut = loadSsutPackage();
  const SqsService = class extends ssut.SqsService {
    constructor(...what: ConstructorParameters<SsutPackage['SqsService']>) {
      super(...what);
      services.push(this);
    }
  };
  const consumers = () =>
    services.flatMap((service) =>
      [...(service as unknown as { consumers: Map<string, { instance: Polling }> }).consumers.values()].map(
        ({ instance }) => instance,
      ),
    );
  return { ssut: { ...ssut, SqsService } as SsutPackage, services, consumers };
}

function start() {
  const { ssut, services, consumers } = observed();
  const sqs = new ScriptedSqs();
  const receiver = new SsutReceiver(ssut, sqs, false);
  const receive = async (answer: string[]) => {
    const receiving = receiver.receive(URL, OPTIONS);
    await sqs.answer(answer);
    return (await receiving).map(({ MessageId }) => MessageId);
  };
  return { sqs, receiver, services, consumers, receive };
}

describe('receiving by @ssut/nestjs-sqs', () => {
  it('registers a consumer for each receive under way at once, and no other', async () => {
    const { receiver, sqs, services, receive } = start();
    for (let round = 0; round < 20; round += 1) await receive([`m${round}`]);
    expect(services).toHaveLength(1);
    const three = Array.from({ length: 3 }, () => receiver.receive(URL, OPTIONS));
    await sqs.until(() => sqs.underWay === 3);
    expect(services).toHaveLength(3);
    await receiver.close();
    await Promise.all(three);
  });

  it('answers it with an empty list, so that it deletes nothing', async () => {
    const taken: unknown[] = [];
    const ssut = loadSsutPackage();
    const handlers = { take: (messages: unknown) => void taken.push(messages), failed: () => undefined };
    const found = await ssutHandlers(ssut, 'any', handlers).providerMethodsWithMetaAtKey(
      Symbol.for('SQS_CONSUMER_METHOD'),
    );
    const [{ meta, discoveredMethod }] = found as [
      { meta: object; discoveredMethod: { handler: (messages: object[]) => Promise<object[]> } },
    ];
    expect(meta).toEqual({ name: 'any', batch: true });
    expect(await discoveredMethod.handler([{ MessageId: '1' }])).toEqual([]);
    expect(taken).toEqual([[{ MessageId: '1' }]]);
  });

  it('loses no message to what else listens and throws', async () => {
    const { receiver, consumers, receive } = start();
    await receive(['1']);
    consumers()[0]?.on('message_received', () => {
      throw new Error('of somebody else');
    });
    expect(await receive(['2'])).toEqual(['2']);
    expect(await receive(['3'])).toEqual(['3']);
    await receiver.close();
  });

  it('replaces a consumer that does not poll any more', async () => {
    const { receiver, sqs, services, consumers, receive } = start();
    await receive(['1']);
    const [stuck] = consumers();
    if (stuck) stuck.poll = () => undefined;
    const abort = new AbortController();
    const vain = receiver.receive(URL, { ...OPTIONS, signal: abort.signal });
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(sqs.underWay).toBe(0);
    abort.abort();
    expect(await vain).toEqual([]);
    expect(await receive(['2'])).toEqual(['2']);
    expect(services).toHaveLength(2);
    expect(stuck?.status.isRunning).toBe(false);
    await receiver.close();
  });

  it('is over when close is: each consumer has stopped', async () => {
    const { receiver, sqs, consumers } = start();
    const receiving = [receiver.receive(URL, OPTIONS), receiver.receive(URL, OPTIONS)];
    await sqs.until(() => sqs.underWay === 2);
    await receiver.close();
    expect(await Promise.all(receiving)).toEqual([[], []]);
    expect(consumers().map(({ status }) => status.isRunning)).toEqual([false, false]);
  });

  it('tells the engine when it cannot be registered, each time', async () => {
    const { ssut } = observed();
    const SqsService = class extends ssut.SqsService {
      override async onModuleInit(): Promise<void> {
        throw new Error('no metadata');
      }
    };
    const receiver = new SsutReceiver({ ...ssut, SqsService }, new ScriptedSqs(), false);
    await expect(receiver.receive(URL, OPTIONS)).rejects.toThrow('no metadata');
    await expect(receiver.receive(URL, OPTIONS)).rejects.toThrow('no metadata');
    await receiver.close();
  });
});

describe('the choice of a receiver', () => {
  const missing = () => {
    throw Object.assign(new Error("Cannot find module '@ssut/nestjs-sqs'"), { code: 'MODULE_NOT_FOUND' });
  };

  it('is the package where it is installed, loaded with the first queue that is received from', () => {
    let loaded = 0;
    const open = chooseReceiver('auto', () => {
      loaded += 1;
      return loadSsutPackage();
    });
    expect(loaded).toBe(0);
    expect(open(new ScriptedSqs(), false)).toBeInstanceOf(SsutReceiver);
    open(new ScriptedSqs(), false);
    expect(loaded).toBe(1);
  });

  it('is the SDK where the package is not installed, or is another than is known', () => {
    expect(chooseReceiver('auto', missing)(new ScriptedSqs(), false)).toBeInstanceOf(SdkReceiver);
    expect(chooseReceiver('auto', () => ({}) as SsutPackage)(new ScriptedSqs(), false)).toBeInstanceOf(SdkReceiver);
    expect(chooseReceiver('sdk')(new ScriptedSqs(), false)).toBeInstanceOf(SdkReceiver);
  });

  it('fails at start where the package is asked for and missing', () => {
    expect(() => chooseReceiver('ssut', missing)).toThrow(MissingPackageError);
  });
});
